"""Given where a customer stands and what happened, where do they stand now? The interpreter, pure, for one customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from regulars.engine import calendar
from regulars.engine.act import Act, ActKind, Answer
from regulars.engine.member import Answered, Ending, Go, Happening, Hint, Leave, Member, Resume, Skip, Time
from regulars.journeys.graph import Graph, Node

Graphs = Mapping[str, Graph]


def advance(graphs: Graphs, member: Member, happening: Happening, now: datetime) -> Member:
    """The member after `happening` at shop time `now`. Ready means that `act` is wanted; gone that the walk is over.

    What is stale (an answer to an act that is not under way, a wake that moved) changes nothing. A parked member hears
    of Resume and Leave alone. Raises KeyError where the member's version or step is none of `graphs`.
    """
    if member.phase == "gone":
        return member
    if isinstance(happening, Leave):
        return _leave(replace(member, leaving=happening.reason))
    graph = graphs[member.version]
    if member.phase == "parked":
        return _resume(graph, member, now) if isinstance(happening, Resume) else member
    match happening:
        case Go(due):
            return _enter(graph, member, graph.first, min(due or now, now)) if member.step is None else member
        case Time():
            return _due(graph, member) if _is_due(member, now) else member
        case Skip():
            return _due(graph, replace(member, wake=now)) if member.phase == "waiting" and member.step else member
        case Hint():
            return _hinted(graph, member)
        case Answered(act, answer):
            return _answered(graph, member, act, answer)
        case Resume():
            return member
        case _:
            assert_never(happening)


def started(member: Member) -> Member:
    """The member once its act is under way."""
    return replace(member, phase="acting")


def parked(member: Member, reason: str) -> Member:
    """The member that stumbled: it stands where it stood, until a person resumes it or takes it out."""
    return replace(member, phase="parked", reason=reason)


def _leave(member: Member) -> Member:
    """Out, unless a vendor may have its message: what became of that is found out first, and nothing else is sent."""
    if member.phase == "acting":
        return member
    if member.phase == "parked" or member.act is None or member.act.kind != "send":
        return _end(member, "left", member.leaving)
    return _again(replace(member, act=replace(member.act, final=True)))


def _resume(graph: Graph, member: Member, now: datetime) -> Member:
    member = replace(member, reason="")
    if member.step is None:
        return _enter(graph, replace(member, phase="waiting"), graph.first, now)
    if member.act is not None:
        return replace(member, phase="ready")
    return replace(member, phase="waiting", wake=member.wake or now)


def _is_due(member: Member, now: datetime) -> bool:
    return member.phase == "waiting" and member.wake is not None and member.wake <= now


def _new(graph: Graph, member: Member, step: str | None) -> str | None:
    """`step`, or the first after it whose key was not done before: an edit may lead back over what was."""
    while step is not None and member.visits.get(graph.nodes[step].key):
        step = graph.nodes[step].next
    return step


def _enter(graph: Graph, member: Member, step: str | None, at: datetime) -> Member:
    """Begin a visit of `step` at `at`; None is the end."""
    step = _new(graph, member, step)
    if step is None:
        return _end(member, "finished", "")
    node = graph.nodes[step]
    visits = {**member.visits, node.key: member.visits.get(node.key, 0) + 1}
    member = replace(member, step=step, visits=visits, since=at, due=at, wake=None, act=None, reason="")
    if node.asks and node.kind not in ("email", "sms"):
        return _ready(member, node, "branch")
    return _begin(member, node, at)


def _begin(member: Member, node: Node, at: datetime) -> Member:
    """Do what the step does, its own `if` having held."""
    match node.kind:
        case "email" | "sms":
            return _ready(member, node, "send")
        case "if":
            return _ready(member, node, "branch")
        case "wait_for":
            return _ready(member, node, "look")
        case "wait" | "wait_until":
            return _rest(replace(member, since=at), node)
        case _:
            assert_never(node.kind)


def _ready(member: Member, node: Node, kind: ActKind, *, final: bool = False) -> Member:
    assert member.step is not None  # noqa: S101 -- only a member on a step becomes ready
    act = Act(kind, member.version, member.step, node.key, member.visits[node.key], final)
    return replace(member, phase="ready", act=act, hinted=False)


def _again(member: Member) -> Member:
    """Ask the same act of the same visit once more."""
    return replace(member, phase="ready", hinted=False, reason="")


def _rest(member: Member, node: Node) -> Member:
    """Wait out the step's own wait, counted from when its visit began. What changed meanwhile is looked at first."""
    if member.hinted:
        return _ready(member, node, "look")
    return replace(member, phase="waiting", act=None, wake=deadline(member, node))


def deadline(member: Member, node: Node) -> datetime:
    """When the wait at `node`, which began with the member's visit of it, is over."""
    assert member.since is not None  # noqa: S101 -- set on entering the step
    if node.at is not None:
        return calendar.next_at(member.since, node.at, node.days, member.zone)
    assert node.span is not None  # noqa: S101 -- a wait has one or the other
    return calendar.after(member.since, node.span, member.zone)


def _due(graph: Graph, member: Member) -> Member:
    """The wait is over: ask again what was held back, look a last time, or go on."""
    assert member.step is not None  # noqa: S101 -- only a waiting member is due
    assert member.wake is not None  # noqa: S101 -- and it waits until its wake
    node, due = graph.nodes[member.step], member.wake
    if member.act is not None:
        return _again(replace(member, due=due))
    if node.kind == "wait_for":
        return _ready(member, node, "look", final=True)
    following = _new(graph, member, node.next)
    if graph.guarded and (following is None or graph.nodes[following].kind in ("wait", "wait_until")):
        return _ready(
            member, node, "look", final=True
        )  # `while` is judged at every wake-up: no act will follow at once
    return _enter(graph, member, following, due)


def _hinted(graph: Graph, member: Member) -> Member:
    """The database changed: whoever waits looks at it; whoever acts will, before resting."""
    if member.phase == "acting":
        return replace(member, hinted=True)
    if member.phase != "waiting" or member.step is None:
        return member
    return _again(member) if member.act is not None else _ready(member, graph.nodes[member.step], "look")


def _answered(graph: Graph, member: Member, act: Act, answer: Answer) -> Member:
    if member.phase != "acting" or act != member.act:
        return member
    member = replace(member, zone=answer.zone)
    if answer.result in ("left", "goal"):
        return _end(member, "goal" if answer.result == "goal" else "left", answer.reason or member.leaving)
    moved = _outcome(graph, member, graph.nodes[act.step], act, answer)
    if not member.leaving or moved.phase == "gone":  # asked to leave while the act was under way: it decided first
        return moved
    if answer.result != "later":
        return _end(moved, "left", member.leaving)
    return moved if act.final and act.kind == "send" else _leave(moved)


def _outcome(graph: Graph, member: Member, node: Node, act: Act, answer: Answer) -> Member:
    match answer.result:
        case "later":
            return _later(member, answer)
        case "done" | "skipped" | "failed":
            last = f"{act.step}: {answer.result}{f' ({answer.reason})' if answer.reason else ''}"
            return _enter(graph, replace(member, last=last), node.next, answer.at)
        case "then" if node.kind != "if":
            return _begin(member, node, answer.at)  # the step's own `if` held
        case "then":
            return _enter(graph, member, node.then, answer.at)
        case "else":
            return _enter(graph, member, node.otherwise if node.kind == "if" else node.next, answer.at)
        case "heard":
            return _enter(graph, member, node.then, answer.at)
        case "silent" if not act.final:
            return _rest(member, node)
        case "silent":
            to = node.otherwise if node.kind == "wait_for" else node.next
            return _enter(graph, member, to, min(deadline(member, node), answer.at))
        case "left" | "goal":
            raise AssertionError("an ending is handled before")
        case _:
            assert_never(answer.result)


def _later(member: Member, answer: Answer) -> Member:
    """Held back: rest until then and ask the same act again. What changed meanwhile is looked at, once."""
    if member.hinted:
        return _again(member)
    return replace(member, phase="waiting", wake=answer.until or answer.at, reason=answer.reason)


def _end(member: Member, ending: Ending, reason: str) -> Member:
    return replace(member, phase="gone", act=None, wake=None, ending=ending, reason=reason)
