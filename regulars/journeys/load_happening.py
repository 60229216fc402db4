"""How is a happening read? That of `goal`, `leave` and `wait_for`, and what of it a `start` shares.

Where a value is wrong something stands in for it: with a mistake no book is made, and the reading goes on to find more.
"""

from __future__ import annotations

from regulars.journeys import values
from regulars.journeys.events import kind_of
from regulars.journeys.fields import Fields
from regulars.journeys.happening import Goal, Happening
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.names import Scope, at_happening
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.span import Span
from regulars.journeys.yaml_source import Node, SequenceNode

WHAT = ("event", "enters", "leaves")  # what can happen, in one way everywhere
GOAL_WORDS = (*WHAT, "within", "where", "stay")
LEAVE_WORDS = (*WHAT, "where", "of")
WAIT_FOR_WORDS = (*WHAT, "of", "where", "within")
ENTERED, LEFT = "Segment Entered", "Segment Left"
ANY_SPAN = Span(1, "day")
About = tuple[str, str] | None


def read_goal(node: Node, reading: Reading, scope: Scope, place: Place) -> Goal:
    """What success is."""
    fields = Fields(node, reading.findings, "goal", GOAL_WORDS, place=place)
    event, about = read_what(fields, reading)
    _judge_whose(fields, event)
    within = fields.require("within", values.span) or ANY_SPAN
    where = fields.read("where", reading.condition(at_happening(scope, event)))
    return Goal(event, within, where, fields.read("stay", values.boolean) or False, about)


def read_what(fields: Fields, reading: Reading, missing: str | None = None) -> tuple[str, About]:
    """The event, and what it must be about: who enters or leaves a segment is an event about the segment. `missing`:
    the mistake where none is written."""
    said = [word for word in WHAT if word in fields]
    for word in said[1:]:
        fields.blame(word, f"{said[0]!r} or {word!r}, not both: one thing happens")
    if "enters" in said or "leaves" in said:
        word = "enters" if "enters" in said else "leaves"
        segment = fields.read(word, reading.segment) or ""
        return ENTERED if word == "enters" else LEFT, ("segment", segment)
    if not said:
        fields.lack(missing or f"{fields.owner} needs 'event', 'enters' or 'leaves'")
    return fields.read("event", reading.event) or "", None


def read_leave(node: Node, reading: Reading, scope: Scope) -> tuple[Happening, ...]:
    """What takes a customer out: one happening or a list. `scope` knows every message of the journey."""
    many = node.items if isinstance(node, SequenceNode) else (node,)
    if not many:
        reading.findings.add(node, "leave: expected a happening like {event: Order Cancelled}, found an empty list")
    return tuple(
        _happening(Fields(item, reading.findings, "leave", LEAVE_WORDS), reading, scope, "message of this journey")
        for item in many
    )


def read_wait_for(node: Node, reading: Reading, scope: Scope) -> tuple[Happening, Span]:
    """What is waited for, and how long at most."""
    fields = Fields(node, reading.findings, "wait_for", WAIT_FOR_WORDS)
    within = fields.require("within", values.span) or ANY_SPAN
    return _happening(fields, reading, scope, "earlier message"), within


def _judge_whose(fields: Fields, event: str) -> None:
    """Who is inside hears what happens to them."""
    if kind_of(event).shops:
        said = f"{event} is the shop's, of no customer"
        fields.blame("event", f"{said}: it may start a journey, and nobody inside hears it", "never-heard")


def _happening(fields: Fields, reading: Reading, scope: Scope, which: str) -> Happening:
    event, about = read_what(fields, reading)
    _judge_whose(fields, event)

    def message(node: Node, findings: Findings) -> str | None:
        step = values.text(node, findings)
        about = kind_of(event).about
        if step is None or not event:
            return step
        if about is None:
            findings.add(node, f"{event} is not about a message, so it has no 'of'", "never-heard")
        elif step not in scope.sent:
            sent = ", ".join(scope.sent) or "there are none"
            close = nearest(step, scope.sent) or f" ({sent})"
            findings.add(node, f"{step!r} is no {which}{close}", "never-heard")
        elif scope.sent[step] != about:
            message = f"{event} is told of {about!r} steps, and {step!r} is one of {scope.sent[step]!r}"
            findings.add(node, message, "never-heard")
        return step

    where = fields.read("where", reading.condition(at_happening(scope, event)))
    return Happening(event, where, fields.read("of", message), about)
