"""Given where a customer stands and what happened, where do they stand now? The interpreter, pure, for one customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from regulars.engine import calendar, rounds
from regulars.engine.act import Act, ActKind, Answer
from regulars.engine.member import Answered, Ending, Go, Happening, Hint, Leave, Member, Resume, Skip, Time
from regulars.journeys.channels import is_channel
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
            return (
                _due(graph, replace(member, wake=now), cut=True)
                if member.phase == "waiting" and member.step
                else member
            )
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
    while step is not None and rounds.is_done(graph, member, step):
        step = graph.nodes[step].next
    return step


def _enter(graph: Graph, member: Member, step: str | None, at: datetime) -> Member:
    """Begin a visit of `step` at `at`; None is the end."""
    step = _new(graph, member, step)
    if step is None:
        return _end(member, "finished", "")
    node = graph.nodes[step]
    if rounds.is_over(graph, member, step):
        return _round_over(graph, replace(member, step=step), node, at)
    visits = {**member.visits, node.key: rounds.visit(graph, member, node)}
    member = replace(member, step=step, visits=visits, since=at, due=at, wake=None, told=None, act=None, reason="")
    if node.asks and not is_channel(node.kind):
        return _ready(member, node, "branch")
    return _begin(graph, member, node, at)


def _begin(graph: Graph, member: Member, node: Node, at: datetime) -> Member:
    """Do what the step does, its own `if` having held."""
    if is_channel(node.kind):
        return _ready(member, node, "send")
    match node.kind:
        case "if":
            return _ready(member, node, "branch")
        case "wait_for":
            return _ready(member, node, "look")
        case "wait" | "wait_until":
            member = replace(member, since=at)
            return _ready(member, node, "when") if node.until else _rest(member, node)
        case "repeat":
            return _round(graph, replace(member, since=at), node, at)
        case "split":
            return _ready(member, node, "split")
        case "tag" | "untag" | "set" | "journey" | "webhook":
            return _ready(member, node, "call" if node.kind == "webhook" else "change")
        case "leave":
            return _end(member, "left", node.reason)
        case _:
            assert_never(node.kind)


def _ready(member: Member, node: Node, kind: ActKind, *, final: bool = False) -> Member:
    assert member.step is not None  # noqa: S101 -- only a member on a step becomes ready
    act = Act(kind, member.version, member.step, node.key, member.visits[node.key], final)
    return replace(member, phase="ready", act=act, hinted=False)


def _round(graph: Graph, member: Member, node: Node, at: datetime) -> Member:
    """Begin the round that the visit counts, unless what ends it must be judged first."""
    if node.tested:
        return _ready(member, node, "until")
    return _enter(graph, replace(member, began=at), node.then, at)


def _round_over(graph: Graph, member: Member, node: Node, at: datetime) -> Member:
    """Rest until the next round is due; one that took too long is followed by a whole rest. Or that was the last."""
    if member.visits[node.key] >= node.times:
        return _enter(graph, member, node.next, at)
    member = replace(member, since=at, told=rounds.next_due(member, node, at), act=None, reason="")
    return _rest(member, node)


def _next_round(graph: Graph, member: Member, node: Node, at: datetime) -> Member:
    member = replace(member, visits={**member.visits, node.key: member.visits[node.key] + 1}, due=at, since=at)
    if graph.guarded and not node.tested and not _acts(graph, node.then):
        return _ready(member, node, "look", final=True)
    return _round(graph, member, node, at)


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
    if node.until or node.kind == "repeat":
        return member.told or member.since
    if node.at is not None:
        return calendar.next_at(member.since, node.at, node.days, member.zone)
    assert node.span is not None  # noqa: S101 -- a wait has one or the other
    return calendar.after(member.since, node.span, member.zone)


def _due(graph: Graph, member: Member, *, cut: bool = False) -> Member:
    """The wait is over: ask again what was held back, look a last time, or go on. `cut`: ended before its time."""
    assert member.step is not None  # noqa: S101 -- only a waiting member is due
    assert member.wake is not None  # noqa: S101 -- and it waits until its wake
    node, due = graph.nodes[member.step], member.wake
    if member.act is not None:
        return _again(replace(member, due=due))
    if node.kind == "wait_for":
        return _ready(member, node, "look", final=True)
    if node.kind == "repeat":
        return _next_round(graph, member, node, due)
    if node.until == "date" and not cut:
        return _ready(member, node, "when")  # it may have been moved
    following = _new(graph, member, node.next)
    if graph.guarded and not _acts(graph, following):  # `while` is judged at every wake-up: no act will do it at once
        return _ready(member, node, "look", final=True)
    return _enter(graph, member, following, due)


def _acts(graph: Graph, step: str | None) -> bool:
    """Does whoever comes to the step act at once?"""
    node = graph.nodes[step] if step is not None else None
    return node is not None and (node.kind not in ("wait", "wait_until", "leave", "repeat") or bool(node.until))


def _hinted(graph: Graph, member: Member) -> Member:
    """The database changed: whoever waits looks at it; whoever acts will, before resting."""
    if member.phase == "acting":
        return replace(member, hinted=True)
    if member.phase != "waiting" or member.step is None:
        return member
    if member.act is not None:
        return _again(member)
    node = graph.nodes[member.step]
    return _ready(member, node, "when" if node.until else "look")


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
            if act.kind == "send":
                last = f"{act.step}: {answer.result}{f' ({answer.reason})' if answer.reason else ''}"
                member = replace(member, last=last)
            return _enter(graph, member, node.next, answer.at)
        case "way":
            return _enter(graph, member, (node.ways or {}).get(answer.way, node.next), answer.at)
        case "then" if act.kind == "until":
            return _enter(graph, member, node.next, answer.at)
        case "else" if act.kind == "until":
            return _enter(graph, replace(member, began=answer.at), node.then, answer.at)
        case "then" if node.kind != "if":
            return _begin(graph, member, node, answer.at)  # the step's own `if` held
        case "then":
            return _enter(graph, member, node.then, answer.at)
        case "else":
            return _enter(graph, member, node.otherwise if node.kind == "if" else node.next, answer.at)
        case "heard":
            return _enter(graph, member, node.then, answer.at)
        case "silent" if not act.final:
            return _rest(member, node)
        case "silent" if node.kind == "repeat":
            return _round(graph, member, node, answer.at)
        case "silent":
            to = node.otherwise if node.kind == "wait_for" else node.next
            return _enter(graph, member, to, min(deadline(member, node), answer.at))
        case "until":
            return _until(graph, member, node, answer)
        case "missing":
            return _no_date(graph, member, node, answer, answer.reason)
        case "left" | "goal":
            raise AssertionError("an ending is handled before")
        case _:
            assert_never(answer.result)


def _until(graph: Graph, member: Member, node: Node, answer: Answer) -> Member:
    """Rest until the instant told, anew where it was moved. One that passed while it was waited for is reached; one
    that had passed before is not: nothing is sent at once."""
    until = answer.until or answer.at
    if until > answer.at:
        if member.hinted:
            return _ready(member, node, "when")
        return replace(member, phase="waiting", act=None, wake=until, told=until)
    if node.until == "date" and until != member.told:
        return _no_date(graph, member, node, answer, "the date has passed")
    return _enter(graph, member, node.next, until)


def _no_date(graph: Graph, member: Member, node: Node, answer: Answer, reason: str) -> Member:
    if node.otherwise is None:
        return _end(member, "left", reason)
    return _enter(graph, member, node.otherwise, answer.at)


def _later(member: Member, answer: Answer) -> Member:
    """Held back: rest until then and ask the same act again. What changed meanwhile is looked at, once."""
    if member.hinted:
        return _again(member)
    return replace(member, phase="waiting", wake=answer.until or answer.at, reason=answer.reason)


def _end(member: Member, ending: Ending, reason: str) -> Member:
    return replace(member, phase="gone", act=None, wake=None, ending=ending, reason=reason)
