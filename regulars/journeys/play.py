"""What does it take to decide in one version of a journey? Its definition with every condition compiled, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.journeys.call import Call
from regulars.journeys.condition import Condition, Judgement
from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Happening, OnDate
from regulars.journeys.model import If, Journey, Repeat, Send, Set, Step, WaitFor, WaitUntil, walk_steps
from regulars.journeys.term import Term

ALWAYS = Judgement(holds=True, seen={}, empty=())


@dataclass(frozen=True)
class Watch:
    """A happening to listen for: an event, what it must be about, and what must hold of it."""

    happening: Happening
    where: Condition | None

    def hears(self, event: str, context: Mapping[str, Any]) -> Judgement | None:
        """None: another event, or about something else. Else whether `where` holds of it."""
        if event != self.happening.event or not is_about(self.happening.about, context["event"]):
            return None
        return self.where.judge(context) if self.where else ALWAYS


class Play:
    """A journey's version, ready to decide. Conditions are judged over the names that customers.context gives."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.graph: Graph = graph_of(journey)
        self.steps: dict[str, Step] = {step.id: step for step in walk_steps(journey.steps)}
        start, goal = journey.start, journey.goal
        purposes = {step.purpose for step in self.steps.values() if isinstance(step, Send)}
        self.sells, self.serves = "marketing" in purposes, "service" in purposes
        self.date = Term.compile(start.on.term) if isinstance(start.on, OnDate) else None
        self.start_where = Condition.compile(start.where) if start.where else None
        self.guard = Condition.compile(journey.while_) if journey.while_ else None
        self.goal = self._watch(Happening(goal.event, goal.where, about=goal.about)) if goal else None
        self.leave = tuple(self._watch(happening) for happening in journey.leave)
        self.waits = {step.id: self._watch(step.happening) for step in self.steps.values() if isinstance(step, WaitFor)}
        self.tests = {
            step.id: Condition.compile(source)
            for step in self.steps.values()
            if (source := step.test if isinstance(step, If) else step.condition)
        }
        self.untils = {
            step.id: Condition.compile(step.until)
            for step in self.steps.values()
            if isinstance(step, Repeat) and step.until
        }
        self.terms = {at: Term.compile(source) for step in self.steps.values() for at, source in _terms(step)}
        self.hears = frozenset(
            watch.happening.event for watch in (*self.leave, *self.waits.values(), *([self.goal] if self.goal else []))
        )

    def send(self, step: str) -> Send:
        """The message of a step. Raises KeyError when the step is none."""
        found = self.steps[step]
        if not isinstance(found, Send):
            raise KeyError(step)
        return found

    def _watch(self, happening: Happening) -> Watch:
        return Watch(happening, Condition.compile(happening.where) if happening.where else None)


def is_about(about: tuple[str, str] | None, properties: Mapping[str, Any]) -> bool:
    """Does an event with such properties tell of that?"""
    return about is None or properties.get(about[0]) == about[1]


def _terms(step: Step) -> Iterator[tuple[tuple[str, str], str]]:
    """What a step looks up, by its id and what it is for."""
    match step:
        case Set():
            yield from (((step.id, change.name), change.term) for change in step.changes if change.term is not None)
        case Call():
            yield from (((step.id, item.name), item.term) for item in step.body if item.term is not None)
        case WaitUntil(date=str(date)):
            yield (step.id, "date"), date
