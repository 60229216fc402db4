"""How is a start read? By what happens to a customer, by a segment, by a date, or for many at once.

Where a value is wrong something stands in for it: with a mistake no book is made, and the reading goes on to find more.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from regulars.journeys import values
from regulars.journeys.events import STANDARD, kind_of
from regulars.journeys.fields import Fields, shown
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule, Start
from regulars.journeys.load_happening import WHAT, read_what
from regulars.journeys.load_wait_until import date_expression
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.names import at_segment, at_start
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode

NO_START = Start("")
DATE_REACHED, SCHEDULE_DUE, BROADCAST_DUE = "Date Reached", "Schedule Due", "Broadcast Due"
_ALWAYS = ("where", "again")
# The words of each kind of start, by the one that makes it that kind.
KINDS = {
    "event": ("event", "key", "settle", "to", *_ALWAYS),
    "enters": ("enters", *_ALWAYS),
    "leaves": ("leaves", *_ALWAYS),
    "date": ("date", "minus", "plus", "at", "every", *_ALWAYS),
    "schedule": ("schedule", "to", *_ALWAYS),
    "broadcast": ("broadcast", "to", *_ALWAYS),
}
WORDS = tuple(dict.fromkeys(word for words in KINDS.values() for word in words))
TO_MANY = ("schedule", "broadcast")  # they need a 'to'
SCHEDULE_WORDS = ("at", "days", "day")
INSTANT = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d"
EVERY = ("year",)
LAST_DAY = 28  # that every month has
_NEEDS_ONE = f"start needs one of {', '.join(KINDS)}: what lets a customer in?"
_ON_A_DATE = "a date of the profile is written 'date: customer.traits.birthday', beside 'every: year' for each year"
_RATHER = {
    **dict.fromkeys(("birthday", "anniversary"), _ON_A_DATE),
    "segment": "who comes into a segment is written 'enters: vip', and whom the shop lets in 'to: vip'",
    "cron": "a time that comes again is written 'schedule: {at: \"10:00\", days: [monday]}'",
}


def read_start(node: Node, reading: Reading, place: Place) -> Start:
    """What lets a customer in. `place` is blamed for what is missing."""
    for key, _ in node.pairs if isinstance(node, MappingNode) else ():
        if key.value in _RATHER:
            message = f"start has no word {key.value!r}: {_RATHER[key.value]}"
            reading.findings.add(key, message, "unknown-word")
    fields = Fields(node, reading.findings, "start", WORDS, reported=_RATHER, place=place)
    kind = next((kind for kind in reversed(KINDS) if kind in fields), "event")
    others = [word for word in WORDS if word in fields and word not in KINDS[kind]]
    for word in others if kind not in WHAT else [word for word in others if word not in WHAT]:
        shifts = kind == "event" and word in KINDS["date"]
        fields.blame(word, f"{word!r} needs 'date'" if shifts else f"{word!r} does not go with {kind!r}")
    match kind:
        case "date":
            start = _by_date(fields, reading)
        case "schedule":
            start = _by_schedule(fields, reading)
        case "broadcast":
            start = _by_broadcast(fields, reading)
        case _:
            start = _by_event(fields, reading)
    where = fields.read("where", reading.condition(at_start(start.event)))
    return replace(start, where=where)


def _by_event(fields: Fields, reading: Reading) -> Start:
    event, about = read_what(fields, reading, _NEEDS_ONE)
    key = fields.read("key", reading.property_of(event))
    settle = fields.read("settle", values.span)
    again = fields.read("again", values.again)
    to = fields.read("to", reading.audience)
    if settle and "key" not in fields:
        fields.blame(
            "settle", "settle needs 'key': which property must have been quiet that long, as event.checkout_id"
        )
    _judge_shops(fields, event)
    if "to" in fields:
        for word in ("key", "settle"):
            if word in fields:
                fields.blame(word, f"{word!r} does not go with 'to', which is for an event of the shop's")
    if event and not kind_of(event).once and "key" not in fields and "again" not in fields:
        said = "enters" if "enters" in fields else "leaves"
        what = f"{event} can happen" if about is None else f"who {said} {about[1] or 'a segment'} can do so"
        how = "say 'again: never', 'always' or 'after 7 days'"
        keyed = ", or 'key: event.<property>' for one run each" if about is None and to is None else ""
        fields.blame("event" if about is None else said, f"{what} again: {how}{keyed}", "start-repeats")
    return Start(event, None, key, settle, again or "always", about, to)


def _judge_shops(fields: Fields, event: str) -> None:
    """Whom does an event of the shop's let in? What happens to one customer says that by itself."""
    known = kind_of(event)
    if "event" in fields and known.shops and "to" not in fields:
        fields.blame("event", f"{event} is the shop's, of no customer: say whom it lets in, as 'to: everyone'")
    if "to" in fields and event in STANDARD and not known.shops and "event" in fields:
        fields.blame("to", f"{event} happens to one customer: 'to' is for an event of the shop's, as Product Released")


def _by_date(fields: Fields, reading: Reading) -> Start:
    """Once for each occurrence, whatever is edited."""
    if "minus" in fields and "plus" in fields:
        fields.blame("plus", "'minus' or 'plus', not both: before the date, or after it")
    on = OnDate(
        "date",
        fields.read("date", date_expression(reading, at_segment())) or "''",
        fields.read("at", values.clock_time),
        fields.read("minus", values.span),
        fields.read("plus", values.span),
        yearly=fields.read("every", values.one_of(EVERY)) is not None,
    )
    about = ("journey", reading.findings.journey or "")
    return Start(DATE_REACHED, None, "occurrence", None, fields.read("again", values.again) or "always", about, on=on)


def _by_schedule(fields: Fields, reading: Reading) -> Start:
    node = fields.node("schedule")
    assert node is not None  # noqa: S101 -- it is what made it a schedule
    inner = Fields(node, fields.findings, "schedule", SCHEDULE_WORDS)
    if "days" in inner and "day" in inner:
        inner.blame("day", "'days' of the week or a 'day' of the month, not both")
    on = OnSchedule(
        "schedule",
        inner.require("at", values.clock_time) or "",
        inner.read("days", values.weekdays) or (),
        inner.read("day", _day_of_month),
    )
    return _to_many(fields, reading, SCHEDULE_DUE, Start("", again="always", on=on))


def _by_broadcast(fields: Fields, reading: Reading) -> Start:
    on = OnBroadcast("broadcast", fields.read("broadcast", _instant) or "")
    return _to_many(fields, reading, BROADCAST_DUE, Start("", again="never", on=on))


def _to_many(fields: Fields, reading: Reading, event: str, start: Start) -> Start:
    kind = start.on.kind if start.on else ""
    if "to" not in fields:
        fields.lack(f"a {kind} needs 'to': a segment, or everyone")
    to, again = fields.read("to", reading.audience), fields.read("again", values.again) or start.again
    return replace(start, event=event, about=("journey", reading.findings.journey or ""), to=to, again=again)


def _instant(node: Node, findings: Findings) -> str | None:
    """A minute of the calendar, as ISO 8601 without an offset: it is the house's clock that shows it."""
    written = node.value.strip() if isinstance(node, ScalarNode) else ""
    if not re.fullmatch(INSTANT, written):
        expected = 'a day and time on the house\'s clock, as "2026-12-01 10:00"'
        findings.add(node, f"expected {expected}, found {shown(node)}")
        return None
    try:
        return datetime.fromisoformat(written).isoformat(timespec="minutes")
    except ValueError:
        findings.add(node, f"there is no day or time {written}")
        return None


def _day_of_month(node: Node, findings: Findings) -> int | None:
    """A day that every month has."""
    written = node.value.strip() if isinstance(node, ScalarNode) else ""
    if re.fullmatch(r"\d{1,2}", written) and 1 <= int(written) <= LAST_DAY:
        return int(written)
    findings.add(node, f"expected a day that every month has, from 1 to {LAST_DAY}, found {shown(node)}")
    return None
