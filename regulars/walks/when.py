"""Until when does a walk wait? A date that a profile or an event tells, or the hour at which a customer reads mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from regulars.engine import calendar, dates
from regulars.engine.act import Answer
from regulars.journeys.model import WaitUntil
from regulars.store.events import Event
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.walks.moment import Moment, Question, answers

Row = dict[str, Any]
_FARTHEST = timedelta(days=3_660)  # a date beyond is a slip of somebody's finger
READING = ("Email Clicked", "Email Opened")
MEMORY = timedelta(days=180)
LATEST = 100  # events that are looked at
_ENOUGH = 3  # fewer tell nothing
Hours = Callable[[Moment], Sequence[datetime]]
"""When the customer was heard READING within MEMORY, the LATEST of them."""


class Calendar:
    """The set-based answers."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def when(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """until, with the instant, or missing; or the walk is over."""
        return answers(self._shelf, connection, questions, partial(when, partial(_hours, connection)))


def when(hours: Hours, moment: Moment) -> Answer:
    """until, with the instant, or missing."""
    step = moment.play.steps[moment.question.act.step]
    if not isinstance(step, WaitUntil):
        return moment.answer("missing", reason="no date")
    found, seen = _date(moment, step) if step.date is not None else _best(hours, moment, step)
    moment.decide("wait_until", f"until {found.isoformat()}" if found else "no date", seen)
    return moment.answer("until", until=found) if found else moment.answer("missing", reason="no date")


def _date(moment: Moment, step: WaitUntil) -> tuple[datetime | None, Row]:
    worth, zone = moment.play.terms[step.id, "date"].of(moment.names), moment.place.zone
    try:
        told = dates.instant_of(worth.value, zone)
        found = dates.shifted(told, step.minus, step.plus, step.at, zone) if told else None
    except (ValueError, OverflowError):
        found = None
    return (None if found and found - moment.question.now > _FARTHEST else found), worth.seen


def _hours(connection: Connection, moment: Moment) -> Sequence[datetime]:
    of, now = table(Event), moment.question.now
    query = (
        select(of.c.occurred_at)
        .where(of.c.customer_id == moment.customer["id"], of.c.name.in_(READING), of.c.occurred_at > now - MEMORY)
        .order_by(of.c.occurred_at.desc())
        .limit(LATEST)
    )
    return connection.execute(query).scalars().all()


def _best(hours: Hours, moment: Moment, step: WaitUntil) -> tuple[datetime, Row]:
    hour = best_hour(hours(moment), moment.place.zone)
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
