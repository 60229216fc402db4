"""Can what a journey listens for ever happen to somebody inside, and will it be told?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from regulars.checks import facts
from regulars.checks.facts import HEARD, Facts
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.checks.table import Code
from regulars.checks.truth import Fact, Said, answers
from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.journeys.events import kind_of
from regulars.journeys.model import Journey, Send, Step, WaitFor, branches, walk_steps

# What is not told of everybody who did it, and what is.
_SURER = {"Email Opened": "Email Clicked", "WhatsApp Read": "WhatsApp Clicked"}


@dataclass(frozen=True, slots=True)
class _Listening:
    """Something that is listened for: `owner` is its word, of several the one with the `number`; `step` of a wait."""

    journey: Journey
    owner: str
    event: str
    where: str | None
    known: Facts
    of: str | None = None
    about: tuple[str, str] | None = None
    number: int = 0
    step: Step | None = None

    def finding(self, looked: Looked, message: str, word: str, code: Code = "never-heard") -> Finding:
        if self.step is not None:
            return looked.in_step(self.journey, self.step, code, message, word, self.owner)
        return looked.in_journey(self.journey, self.owner, code, message, word, self.number)


def found(looked: Looked) -> Iterator[Finding]:
    sent = {send.kind for _, send in looked.uses()}
    for journey in looked.book.journeys.values():
        for one in _all(journey):
            yield from _never(looked, one, sent)
            yield from _hidden(looked, one)
        yield from _hidden(looked, _Listening(journey, "start", journey.start.event, None, ()))
        yield from _of_another_way(looked, journey)


def _all(journey: Journey) -> Iterator[_Listening]:
    """What takes out of the journey, is its goal, or is waited for."""
    inside, goal = facts.at_start(journey), journey.goal
    if goal:
        yield _Listening(journey, "goal", goal.event, goal.where, inside, about=goal.about)
    for number, one in enumerate(journey.leave):
        yield _Listening(journey, "leave", one.event, one.where, inside, one.of, one.about, number)
    known = facts.at_steps(journey)
    for step in walk_steps(journey.steps):
        if isinstance(step, WaitFor):
            heard = step.happening
            yield _Listening(
                journey, "wait_for", heard.event, heard.where, known[step.id], heard.of, heard.about, step=step
            )


def _never(looked: Looked, one: _Listening, sent: set[Channel]) -> Iterator[Finding]:
    kind = kind_of(one.event)
    if kind.once:
        message = f"{one.event!r} happens once, and had happened to everybody who is inside"
        yield one.finding(looked, message, "event")
    elif kind.about and kind.about not in sent:
        message = f"{one.event!r} is never told: no journey sends {TRAITS_OF[kind.about].title} messages"
        yield one.finding(looked, message, "event")
    elif one.where and answers(Said.of(one.where, HEARD), _told(one)) == frozenset({False}):
        yield one.finding(looked, f"no {one.event!r} satisfies this 'where'", "where")


def _told(one: _Listening) -> Facts:
    """What is known, also of the event itself: whose message, or which segment, it is about."""
    carried = {**({"step": one.of} if one.of else {}), **({one.about[0]: one.about[1]} if one.about else {})}
    return one.known + tuple(Fact(Said.of(f"event.{name} == '{value}'", HEARD)) for name, value in carried.items())


def _hidden(looked: Looked, one: _Listening) -> Iterator[Finding]:
    if surer := _SURER.get(one.event):
        why = "by many it is hidden, and machines' do not count"
        message = f"{one.event!r} is not known of everybody ({why}); {surer!r} is surer"
        yield one.finding(looked, message, "event", "hidden-opens")


def _of_another_way(looked: Looked, journey: Journey) -> Iterator[Finding]:
    """Waits for news of a message that stands before them, and was sent to nobody who comes there."""
    for step, sent in _sent_before(journey.steps, frozenset()):
        if isinstance(step, WaitFor) and step.happening.of and step.happening.of not in sent:
            message = f"nobody who waits here was sent {step.happening.of!r}: who was has left before"
            yield looked.in_step(journey, step, "never-heard", message, "of", "wait_for")


def _sent_before(steps: tuple[Step, ...], sent: frozenset[str]) -> Iterator[tuple[Step, frozenset[str]]]:
    """Each step with the messages that whoever comes to it may have been sent."""
    for step in steps:
        yield step, sent
        for branch in branches(step):
            yield from _sent_before(branch, sent)
        sent |= _sends(step)


def _sends(step: Step) -> frozenset[str]:
    """The messages that whoever comes out of the step may have been sent in it."""
    if isinstance(step, Send):
        return frozenset({step.id})
    found: set[str] = set()
    for branch in branches(step):
        if not facts.ends(branch):
            found.update(*(_sends(inner) for inner in branch))
    return frozenset(found)
