"""What do a step and a start say where the graph, which rides in runs, says less? Conditions, names, dates."""

from __future__ import annotations

from typing import assert_never

from regulars.journeys.call import Call
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule, Start
from regulars.journeys.model import If, Send
from regulars.journeys.play import Play


def titles(play: Play) -> dict[str, str]:
    """By step id, of steps whose node has no words of theirs; without the name of their kind."""
    found: dict[str, str] = {}
    for step in play.steps.values():
        if isinstance(step, If):
            found[step.id] = step.test
        elif isinstance(step, Send | Call):
            found[step.id] = f"{step.id} if {step.condition}" if step.condition else step.id
        elif step.condition:
            node = play.graph.nodes[step.id]
            found[step.id] = f"{node.title.removeprefix(node.kind).lstrip(': ')} if {step.condition}"
    return found


def title(play: Play, step: str | None) -> str:
    """A step as a sentence goes on with it: "email hello", "if customer.phone", "wait 2 days"."""
    if step is None:
        return "the end"
    node, own = play.graph.nodes.get(step), titles(play)
    if node is None:
        return step
    return f"{node.kind} {own[step]}" if step in own else node.title


def start(of: Start) -> str:
    """What lets in: "Order Completed", "enters dormant", "customer.traits.birthday, each year", "Sale Begun to vip"."""
    match of.on:
        case OnDate():
            shift = f"{of.on.minus} before " if of.on.minus else f"{of.on.plus} after " if of.on.plus else ""
            return f"{shift}{of.on.term}{', each year' if of.on.yearly else ''}{f', {of.on.at}' if of.on.at else ''}"
        case OnSchedule():
            days = f"on day {of.on.day}" if of.on.day else ", ".join(of.on.days) or "daily"
            return f"{days}, {of.on.at}, to {of.to}"
        case OnBroadcast():
            return f"{of.on.at.replace('T', ' ')} to {of.to}"
        case None:
            moves = {"Segment Entered": "enters", "Segment Left": "leaves"}
            if of.about is not None and of.event in moves:
                return f"{moves[of.event]} {of.about[1]}"
            return f"{of.event} to {of.to}" if of.to else of.event
        case _:
            assert_never(of.on)
