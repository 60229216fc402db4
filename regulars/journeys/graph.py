"""Which way does a walk go? The control graph: ids, kinds, durations and event names, nothing a customer reads.

It rides in a run's input, so it holds no expression, address or sender: those stay in the journey's versioned row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from pydantic import TypeAdapter

from regulars.journeys.call import Call
from regulars.journeys.channels import CHANNELS
from regulars.journeys.happening import Weekday
from regulars.journeys.model import (
    Begin,
    If,
    Journey,
    Leave,
    Repeat,
    Send,
    Set,
    Split,
    Step,
    StepKind,
    Tag,
    Wait,
    WaitFor,
    WaitUntil,
    walk_steps,
)
from regulars.journeys.span import Span

# Done, and on to the next.
PASSES: frozenset[StepKind] = frozenset((*CHANNELS, "webhook", "tag", "untag", "set", "journey"))
RESTS: frozenset[StepKind] = frozenset(("wait", "wait_until", "wait_for"))


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the graph. Ways out name the step that follows; None is the journey's end.

    `asks`: the step carries an `if` of its own that must be judged before it (with a send or a call it is).
    `ways`: of a split, by name. `reason`: with which a `leave` ends the walk. `until`: of a `wait_until` that has to
    ask until when; one of a date leaves where it has no `otherwise`. `loop`: the `repeat` that
    it is inside of. `times`: how many rounds that makes; `tested`: it has a condition to end with.
    """

    kind: StepKind
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
    ways: dict[str, str | None] | None = None
    reason: str = ""
    until: Literal["", "date", "best_hour"] = ""
    loop: str | None = None
    times: int = 0
    tested: bool = False


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
        while step is not None and self.nodes[step].kind in PASSES and not self.nodes[step].asks:
            step = self.nodes[step].next
        node = self.nodes[step] if step is not None else None
        rests = node is not None and node.kind in RESTS and not node.asks and node.until != "date"
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
        case WaitUntil() | WaitFor() | If() | Split() | Repeat():
            return _dividing(step, after, nodes, numbers)
        case Send() | Call():
            return Node(step.kind, step.key, number, f"{step.kind} {step.id}", next=after)
        case Wait():
            return Node("wait", step.key, number, f"wait {step.span}", next=after, span=step.span, asks=asks)
        case Leave():
            title = f"leave: {step.reason}"
            return Node("leave", step.key, number, title, next=after, asks=asks, reason=step.reason)
        case Tag():
            return Node(step.kind, step.key, number, f"{step.kind} {', '.join(step.tags)}", next=after, asks=asks)
        case Set():
            title = f"set {', '.join(change.name for change in step.changes)}"
            return Node("set", step.key, number, title, next=after, asks=asks)
        case Begin():
            return Node("journey", step.key, number, f"start {step.journey}", next=after, asks=asks)
        case _:
            assert_never(step)


def _dividing(
    step: WaitUntil | WaitFor | If | Split | Repeat, after: str | None, nodes: dict[str, Node], numbers: dict[str, int]
) -> Node:
    """The node of a step that may have steps inside it, which are laid before."""

    def lay(steps: tuple[Step, ...]) -> str | None:
        return _lay(steps, after, nodes, numbers)

    node = Node(step.kind, step.key, numbers[step.id], "", next=after, asks=step.condition is not None)
    match step:
        case WaitUntil():
            node = replace(node, title=_until(step))
            if step.date is not None:
                return replace(node, until="date", otherwise=lay(step.otherwise) if step.otherwise else None)
            return replace(node, until="best_hour") if step.best_hour else replace(node, at=step.at, days=step.days)
        case WaitFor():
            title = f"wait for {step.happening.event} within {step.within}"
            then, otherwise = lay(step.then), lay(step.otherwise)
            return replace(node, title=title, span=step.within, then=then, otherwise=otherwise)
        case If():
            return replace(node, title=f"if {step.id}", then=lay(step.then), otherwise=lay(step.otherwise))
        case Split():
            parts = {way.name: lay(way.steps) for way in step.ways}
            return replace(node, title=f"split into {', '.join(parts)}", ways=parts)
        case Repeat():
            first = _lay(step.steps, step.id, nodes, numbers)
            nodes |= {inside.id: replace(nodes[inside.id], loop=step.id) for inside in walk_steps(step.steps)}
            title, tested = f"repeat up to {step.times} times, every {step.every}", step.until is not None
            return replace(node, title=title, then=first, span=step.every, times=step.times, tested=tested)
        case _:
            assert_never(step)


def _until(step: WaitUntil) -> str:
    """What is waited for; dates are expressions, and stay out of the graph."""
    days = f" on {', '.join(step.days)}" if step.days else ""
    if step.best_hour:
        return f"wait until the best hour for {step.best_hour}{days}"
    if step.date is None:
        return f"wait until {step.at}{days}"
    shift = f"{step.minus} before " if step.minus else f"{step.plus} after " if step.plus else ""
    return f"wait until {shift}a date{f', {step.at}' if step.at else ''}"
