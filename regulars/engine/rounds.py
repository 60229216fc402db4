"""Which round of a `repeat` is it, and what was done in it? A step inside is visited once a round, under its number."""

from __future__ import annotations

from datetime import datetime

from regulars.engine import calendar
from regulars.engine.member import Member
from regulars.journeys.graph import Graph, Node


def is_done(graph: Graph, member: Member, step: str) -> bool:
    """Was the step done before: ever, or inside of a `repeat` in this round? One whose round is over is not done."""
    node = graph.nodes[step]
    if is_over(graph, member, step):
        return False
    visits = member.visits.get(node.key, 0)
    return visits >= visit(graph, member, node) if node.loop else visits > 0


def is_over(graph: Graph, member: Member, step: str) -> bool:
    """Does the member come to the `repeat` from inside of it?"""
    before = graph.nodes.get(member.step or "")
    return before is not None and before.loop == step


def visit(graph: Graph, member: Member, node: Node) -> int:
    """The number of the visit that begins: inside of a `repeat` the round's."""
    if node.loop:
        return member.visits.get(graph.nodes[node.loop].key, 1)
    return member.visits.get(node.key, 0) + 1


def next_due(member: Member, node: Node, now: datetime) -> datetime:
    """When the next round begins: counted from when this one did, or from now where that is over."""
    assert node.span is not None  # noqa: S101 -- a repeat has its `every`
    due = calendar.after(member.began or now, node.span, member.zone)
    return due if due > now else calendar.after(now, node.span, member.zone)
