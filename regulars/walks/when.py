"""Until when does a walk wait? A date that a profile or an event tells, or the hour at which a customer reads mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from regulars.engine import calendar
from regulars.engine.act import Answer
from regulars.journeys.model import WaitUntil
from regulars.store.events import Event
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.walks.moment import Moment, Question, answers

Row = dict[str, Any]
_FARTHEST = timedelta(days=3_660)  # a date beyond is a slip of somebody's finger
_HEARD = ("Email Clicked", "Email Opened")
_MEMORY = timedelta(days=180)
_LATEST = 100  # events that are looked at
_ENOUGH = 3  # fewer tell nothing


class Calendar:
    """The set-based answers."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def when(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """until, with the instant, or missing; or the walk is over."""
        return answers(self._shelf, connection, questions, _when)


def _when(moment: Moment) -> Answer:
    step = moment.play.steps[moment.question.act.step]
    if not isinstance(step, WaitUntil):
        return moment.answer("missing", reason="no date")
    found, seen = _date(moment, step) if step.date is not None else _best(moment, step)
    moment.decide("wait_until", f"until {found.isoformat()}" if found else "no date", seen)
    return moment.answer("until", until=found) if found else moment.answer("missing", reason="no date")


def _date(moment: Moment, step: WaitUntil) -> tuple[datetime | None, Row]:
    worth, zone = moment.play.terms[step.id, "date"].of(moment.names), moment.place.zone
    try:
        found = instant_of(worth.value, zone)
        if found is not None and step.minus:
            found = calendar.before(found, step.minus, zone)
        if found is not None and step.plus:
            found = calendar.after(found, step.plus, zone)
        if found is not None and step.at:
            found = calendar.at_clock(found, step.at, zone)
    except (ValueError, OverflowError):
        found = None
    return (None if found and found - moment.question.now > _FARTHEST else found), worth.seen


def instant_of(value: Any, zone: str) -> datetime | None:
    """What a date or an instant, as JSON tells it, means to a customer: a date alone begins at their midnight, and an
    instant without offset is UTC. None for what is neither."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-01-31"):
            return calendar.midnight(date.fromisoformat(value), zone)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _best(moment: Moment, step: WaitUntil) -> tuple[datetime, Row]:
    of, now = table(Event), moment.question.now
    query = (
        select(of.c.occurred_at)
        .where(of.c.customer_id == moment.customer["id"], of.c.name.in_(_HEARD), of.c.occurred_at > now - _MEMORY)
        .order_by(of.c.occurred_at.desc())
        .limit(_LATEST)
    )
    hour = best_hour(moment.connection.execute(query).scalars().all(), moment.place.zone)
    at = step.at if hour is None else f"{hour:02}:00"
    assert at is not None  # noqa: S101 -- the loader asks for it
    return calendar.next_at(moment.question.since, at, step.days, moment.place.zone), {"best_hour": hour}


def best_hour(instants: Iterable[datetime], zone: str) -> int | None:
    """The local hour (0-23) around which most of the instants lie, the earliest of several; None for too few."""
    hours = Counter(calendar.local(instant, zone).hour for instant in instants)
    if hours.total() < _ENOUGH:
        return None
    around = {hour: hours[hour - 1 if hour else 23] + 2 * hours[hour] + hours[(hour + 1) % 24] for hour in range(24)}
    return max(around, key=lambda hour: (around[hour], -hour))
