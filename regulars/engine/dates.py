"""Which instants does a date mean? As a profile or an event tells it, shifted, by a customer's clock, once or yearly.

29 February is kept on the 28th in other years, so that it stays in its month; `calendar` has the rule for hours that a
clock skips or repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from regulars.engine import calendar
from regulars.journeys.happening import OnDate, OnSchedule
from regulars.journeys.span import Span

_YEARLESS = re.compile(r"(?:--)?(\d\d)-?(\d\d)")  # as vCard writes a birthday without its year (RFC 6350, 4.3.1)
_DAY = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Told:
    """One occurrence of a date. `name` tells it from the others of the same customer; `day`: the date itself."""

    at: datetime
    name: str
    day: date


def occurrences(on: OnDate, value: Any, zone: str, after: datetime, until: datetime) -> list[Told]:
    """Those of the date `value` (JSON, as a profile has it) with `after` < at <= `until`, earliest first; none of what
    is no date."""
    try:
        found = list(_yearly(on, value, zone, after, until) if on.yearly else _once(on, value, zone))
    except (ValueError, OverflowError):
        return []
    return sorted((one for one in found if after < one.at <= until), key=lambda one: one.at)


def instant_of(value: Any, zone: str) -> datetime | None:
    """What a date or an instant, as JSON tells it, means to a customer: a date alone begins at their midnight, and an
    instant without offset is UTC. None for what is neither."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        return None
    try:
        if len(value) == _DAY:
            return calendar.midnight(date.fromisoformat(value), zone)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def shifted(instant: datetime, minus: Span | None, plus: Span | None, at: str | None, zone: str) -> datetime:
    """So much before or after, at that clock time of the day it then is."""
    if minus:
        instant = calendar.before(instant, minus, zone)
    if plus:
        instant = calendar.after(instant, plus, zone)
    return calendar.at_clock(instant, at, zone) if at else instant


def scheduled(on: OnSchedule, zone: str, after: datetime) -> datetime:
    """The first instant after `after` at which the schedule is due by the clock of `zone`."""
    if on.day is None:
        return calendar.next_at(after, on.at, on.days, zone)
    here = calendar.local(after, zone).date()
    months = (date(here.year + (here.month - 1 + n) // 12, (here.month - 1 + n) % 12 + 1, on.day) for n in range(3))
    due = (calendar.at_clock(calendar.midnight(month, zone), on.at, zone) for month in months)
    return next(instant for instant in due if instant > after)


def announced(at: str, zone: str) -> datetime:
    """The instant at which a clock in `zone` shows `at` ("2026-12-01T10:00")."""
    return calendar.at_clock(calendar.midnight(date.fromisoformat(at[:_DAY]), zone), at[_DAY + 1 :], zone)


def _once(on: OnDate, value: Any, zone: str) -> Iterator[Told]:
    told = instant_of(value, zone)
    if told is not None:
        day = calendar.local(told, zone).date().to_stdlib()
        yield Told(shifted(told, on.minus, on.plus, on.at, zone), day.isoformat(), day)


def _yearly(on: OnDate, value: Any, zone: str, after: datetime, until: datetime) -> Iterator[Told]:
    """A year before and after are looked at too: `minus` and `plus` lead over the turn of the year, and zones do."""
    month_day = _month_day(value, zone)
    if month_day is None:
        return
    for year in range(after.year - 1 - _years(on.plus), until.year + 2 + _years(on.minus)):
        day = _anniversary(year, *month_day)
        instant = shifted(calendar.midnight(day, zone), on.minus, on.plus, on.at, zone)
        yield Told(instant, str(year), day)


def _years(span: Span | None) -> int:
    return (span.days or 0) // 365 if span else 0


def _anniversary(year: int, month: int, day: int) -> date:
    return date(year, month, 28 if (month, day) == (2, 29) and not _is_leap(year) else day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_day(value: Any, zone: str) -> tuple[int, int] | None:
    """The day of the year: of a date with or without its year, or of an instant where the customer is."""
    if isinstance(value, str) and (match := _YEARLESS.fullmatch(value)):
        month, day = int(match[1]), int(match[2])
        date(2000, month, day)  # raises where there is no such day
        return month, day
    if isinstance(value, str) and len(value) == _DAY:
        told = date.fromisoformat(value)
        return told.month, told.day
    instant = instant_of(value, zone)
    here = calendar.local(instant, zone).date() if instant else None
    return (here.month, here.day) if here else None
