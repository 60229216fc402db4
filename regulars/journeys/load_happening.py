"""How is a happening read? `start`, `goal`, `leave` and `wait_for`, written one way everywhere.

Where a value is wrong something stands in for it: with a mistake no book is made, and the reading goes on to find more.
"""

from __future__ import annotations

from regulars.journeys import values
from regulars.journeys.events import kind_of
from regulars.journeys.fields import Fields
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.model import Goal, Happening, Start
from regulars.journeys.names import Scope, at_happening, at_start
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.span import Span
from regulars.journeys.yaml_source import Node, SequenceNode

LATER = ("enters", "leaves", "date", "minus", "plus", "at", "schedule", "broadcast", "to")
ANY_SPAN = Span(1, "day")
NO_START = Start("")


def read_start(node: Node, reading: Reading, place: Place) -> Start:
    """What lets a customer in. `place` is blamed for what is missing."""
    words = ("event", "where", "key", "settle", "again")
    fields = Fields(node, reading.findings, "start", words, later=LATER, place=place)
    event = fields.require("event", reading.event) or ""
    key = fields.read("key", reading.property_of(event))
    settle = fields.read("settle", values.span)
    again = fields.read("again", values.again)
    if settle and "key" not in fields:
        fields.blame(
            "settle", "settle needs 'key': which property must have been quiet that long, as event.checkout_id"
        )
    if event and not kind_of(event).once and "key" not in fields and "again" not in fields:
        how = "say 'again: never', 'always' or 'after 7 days', or 'key: event.<property>' for one run each"
        fields.blame("event", f"{event} can happen again to the same customer: {how}")
    where = fields.read("where", reading.condition(at_start(event)))
    return Start(event, where, key, settle, again or "always")


def read_goal(node: Node, reading: Reading, scope: Scope, place: Place) -> Goal:
    """What success is."""
    fields = Fields(node, reading.findings, "goal", ("event", "within", "where", "stay"), later=LATER, place=place)
    event = fields.require("event", reading.event) or ""
    within = fields.require("within", values.span) or ANY_SPAN
    where = fields.read("where", reading.condition(at_happening(scope, event)))
    return Goal(event, within, where, stay=fields.read("stay", values.boolean) or False)


def read_leave(node: Node, reading: Reading, scope: Scope) -> tuple[Happening, ...]:
    """What takes a customer out: one happening or a list. `scope` knows every message of the journey."""
    many = node.items if isinstance(node, SequenceNode) else (node,)
    if not many:
        reading.findings.add(node, "leave: expected a happening like {event: Order Cancelled}, found an empty list")
    words = ("event", "where", "of")
    return tuple(
        _happening(
            Fields(item, reading.findings, "leave", words, later=LATER), reading, scope, "message of this journey"
        )
        for item in many
    )


def read_wait_for(node: Node, reading: Reading, scope: Scope) -> tuple[Happening, Span]:
    """What is waited for, and how long at most."""
    words = ("event", "of", "where", "within")
    fields = Fields(node, reading.findings, "wait_for", words, later=LATER)
    within = fields.require("within", values.span) or ANY_SPAN
    return _happening(fields, reading, scope, "earlier message"), within


def _happening(fields: Fields, reading: Reading, scope: Scope, which: str) -> Happening:
    event = fields.require("event", reading.event) or ""

    def message(node: Node, findings: Findings) -> str | None:
        step = values.text(node, findings)
        about = kind_of(event).about
        if step is None or not event:
            return step
        if about is None:
            findings.add(node, f"{event} is not about a message, so it has no 'of'")
        elif step not in scope.sent:
            sent = ", ".join(scope.sent) or "there are none"
            close = nearest(step, scope.sent) or f" ({sent})"
            findings.add(node, f"{step!r} is no {which}{close}")
        elif scope.sent[step] != about:
            findings.add(node, f"{event} is about an {about}, and {step!r} is an {scope.sent[step]}")
        return step

    where = fields.read("where", reading.condition(at_happening(scope, event)))
    return Happening(event, where, fields.read("of", message))
