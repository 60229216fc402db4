"""How is a `wait_until` read? A time of day, a date of a profile or an event, or the hour at which a customer reads."""

from __future__ import annotations

import re
from datetime import date

from regulars.journeys import values
from regulars.journeys.fields import Fields, Read, shown
from regulars.journeys.jinja import Names
from regulars.journeys.load_plain_steps import Beginning
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import WaitUntil
from regulars.journeys.names import CUSTOMER, Scope, at_condition
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import Node, ScalarNode

WORDS = ("at", "days", "date", "minus", "plus", "best_hour")
BEST_HOURS = ("email",)  # the channels whose reading is known by its hour
_A_DATE = 'a date like customer.traits.birthday, or a day of the calendar like "2026-12-24"'
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_wait_until(fields: Fields, reading: Reading, scope: Scope, begun: Beginning) -> WaitUntil:
    """The step without its `otherwise`."""
    node = fields.node("wait_until")
    assert node is not None  # noqa: S101 -- it is what made it a wait_until
    if isinstance(node, ScalarNode):
        _no_otherwise(fields)
        at = fields.read("wait_until", values.clock_time) or ""
        return WaitUntil("wait_until", begun.id, begun.key, at, (), begun.condition)
    inner = Fields(node, fields.findings, "wait_until", WORDS)
    _judge(inner)
    if "date" not in inner:
        _no_otherwise(fields)
    free = "date" in inner or "best_hour" in inner

    return WaitUntil(
        "wait_until",
        begun.id,
        begun.key,
        inner.read("at", values.clock_time) if free else inner.require("at", values.clock_time),
        inner.read("days", values.weekdays) or (),
        begun.condition,
        inner.read("date", date_expression(reading, at_condition(scope))),
        inner.read("minus", values.span),
        inner.read("plus", values.span),
        inner.read("best_hour", values.one_of(BEST_HOURS)),
    )


def date_expression(reading: Reading, names: Names) -> Read[str]:
    """What tells a date: an expression over `names`, or a day of the calendar."""

    def read(node: Node, findings: Findings) -> str | None:
        written = node.value.strip() if isinstance(node, ScalarNode) and not node.is_nothing else ""
        if isinstance(node, ScalarNode) and _DAY.fullmatch(written):
            return _day(node, findings)
        if not written or written[0].isdigit():  # such as 24.12.2026, or 12/24, which would be a division
            findings.add(node, f"expected {_A_DATE}, found {shown(node)}")
            return None
        if values.ID.fullmatch(written) and written not in names.roots:
            field = written if written in CUSTOMER else f"traits.{written}"
            findings.add(node, f"unknown name {written!r}: a date of the customer's is written customer.{field}")
            return None
        return reading.condition(names)(node, findings)

    return read


def _no_otherwise(fields: Fields) -> None:
    if "otherwise" in fields:
        fields.blame("otherwise", "'otherwise' is for a 'date', which can be missing or past; a time of day comes")


def _judge(inner: Fields) -> None:
    """Which words go together?"""
    if "date" in inner:
        for word in ("days", "best_hour"):
            if word in inner:
                inner.blame(word, f"{word!r} and 'date' do not go together: a date has its own day, and 'at' its hour")
        if "minus" in inner and "plus" in inner:
            inner.blame("plus", "'minus' or 'plus', not both: before the date, or after it")
        return
    for word in ("minus", "plus"):
        if word in inner:
            inner.blame(word, f"{word!r} needs 'date': before or after what?")
    if "best_hour" in inner and "at" not in inner:
        how = "best_hour needs 'at': the hour for customers of whom too little is known"
        inner.blame("best_hour", how)


def _day(node: ScalarNode, findings: Findings) -> str | None:
    """A day of the calendar, the same for everyone, as an expression."""
    written = node.value.strip()
    try:
        date.fromisoformat(written)
    except ValueError:
        findings.add(node, f"there is no day {written}")
        return None
    return f"'{written}'"
