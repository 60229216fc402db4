"""Which way does a walk go? The control graph: ids, kinds, durations and event names, nothing a customer reads.

It rides in a run's input, so it holds no expression, address or sender: those stay in the journey's versioned row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, assert_never

from pydantic import TypeAdapter

from regulars.journeys.model import If, Journey, Send, Step, Wait, WaitFor, WaitUntil, Weekday, walk_steps
from regulars.journeys.span import Span

NodeKind = Literal["email", "sms", "wait", "wait_until", "wait_for", "if"]


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the graph. Ways out name the step that follows; None is the journey's end.

    `asks`: the step carries an `if` of its own that must be judged before it (a send's is judged by its gate).
    """

    kind: NodeKind
    key: str
    number: int
    title: str
    next: str | None = None
    then: str | None = None
    otherwise: str | None = None
    span: Span | None = None
    at: str | None = None
    days: tuple[Weekday, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A journey's ways. `version` is a hash of the whole definition; `guarded`: it has a `while`."""

    journey: str
    title: str
    version: str
    first: str | None
    nodes: dict[str, Node]
    guarded: bool = False

    def first_rest(self) -> str | None:
        """Where a walk that nothing holds up rests first; the first step where that depends on the customer."""
        step = self.first
        while step is not None and self.nodes[step].kind in ("email", "sms"):
            step = self.nodes[step].next
        rests = step is not None and self.nodes[step].kind != "if" and not self.nodes[step].asks
        return step if rests else self.first


JOURNEY_ADAPTER: TypeAdapter[Journey] = TypeAdapter(Journey)
GRAPH_ADAPTER: TypeAdapter[Graph] = TypeAdapter(Graph)


def version_of(journey: Journey) -> str:
    """Twelve hex digits that change when anything of the definition does."""
    return hashlib.sha256(JOURNEY_ADAPTER.dump_json(journey)).hexdigest()[:12]


def graph_of(journey: Journey) -> Graph:
    """The control graph of a checked journey."""
    nodes: dict[str, Node] = {}
    numbers = {step.id: n for n, step in enumerate(walk_steps(journey.steps), 1)}
    first = _lay(journey.steps, None, nodes, numbers)
    return Graph(journey.id, journey.title, version_of(journey), first, nodes, guarded=journey.while_ is not None)


def _lay(steps: tuple[Step, ...], after: str | None, nodes: dict[str, Node], numbers: dict[str, int]) -> str | None:
    """Lay `steps` so that the last one leads to `after`; the id of the first."""
    for step in reversed(steps):
        nodes[step.id] = _node(step, after, nodes, numbers)
        after = step.id
    return after


def _node(step: Step, after: str | None, nodes: dict[str, Node], numbers: dict[str, int]) -> Node:
    number, asks = numbers[step.id], step.condition is not None
    match step:
        case Send():
            return Node(step.kind, step.key, number, f"{step.kind} {step.id}", next=after)
        case Wait():
            return Node("wait", step.key, number, f"wait {step.span}", next=after, span=step.span, asks=asks)
        case WaitUntil():
            days = f" on {', '.join(step.days)}" if step.days else ""
            title = f"wait until {step.at}{days}"
            return Node("wait_until", step.key, number, title, next=after, at=step.at, days=step.days, asks=asks)
        case WaitFor():
            title = f"wait for {step.happening.event} within {step.within}"
            then = _lay(step.then, after, nodes, numbers)
            otherwise = _lay(step.otherwise, after, nodes, numbers)
            return Node(
                "wait_for",
                step.key,
                number,
                title,
                next=after,
                then=then,
                otherwise=otherwise,
                span=step.within,
                asks=asks,
            )
        case If():
            then = _lay(step.then, after, nodes, numbers)
            otherwise = _lay(step.otherwise, after, nodes, numbers)
            return Node("if", step.key, number, f"if {step.id}", next=after, then=then, otherwise=otherwise)
        case _:
            assert_never(step)
