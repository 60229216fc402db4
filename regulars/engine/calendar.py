"""When is that, for this customer? Calendar maths across zones, gaps and folds.

Minutes and hours are elapsed time; days and weeks are the customer's calendar days at the same clock time. A local time
that a spring change skips becomes the same distance later (02:30 is 03:30); one that an autumn change repeats is the
first of the two (RFC 5545's rule).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from whenever import Date, Instant, Time, TimeZoneNotFoundError, ZonedDateTime, get_tzpath

from regulars.journeys.happening import Weekday
from regulars.journeys.span import Span

_DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
get_tzpath()  # looked up now and kept: a walk's sandbox may not read the environment, on which it depends
_EVERY_DAY = 8  # the same weekday a week on, when today's hour has passed


def after(start: datetime, span: Span, zone: str) -> datetime:
    """`start` plus `span` for a customer in `zone` (IANA name; an unknown one counts as UTC)."""
    if span.days is None:
        return start + span.elapsed
    return _days(start, span.days, zone)


def before(end: datetime, span: Span, zone: str) -> datetime:
    """`span` before `end`, by the same rule."""
    if span.days is None:
        return end - span.elapsed
    return _days(end, -span.days, zone)


def next_at(start: datetime, at: str, days: tuple[Weekday, ...], zone: str) -> datetime:
    """The first instant after `start` at which a clock in `zone` shows `at` ("HH:MM") on one of `days` (or any)."""
    here, clock_time = local(start, zone), Time(int(at[:2]), int(at[3:]))
    for offset in range(_EVERY_DAY + 1):
        day = here.date().add(days=offset)
        if days and _DAYS[day.day_of_week().value - 1] not in days:
            continue
        found = day.at(clock_time).assume_tz(here.tz_id or "UTC", disambiguation="compatible")
        if found > here:
            return _utc(found)
    raise ValueError(f"no {at} on {days} within {_EVERY_DAY} days of {start}")


def at_clock(instant: datetime, at: str, zone: str) -> datetime:
    """When a clock in `zone` shows `at` ("HH:MM") on the day that it is there at `instant`."""
    here = local(instant, zone)
    clock_time = Time(int(at[:2]), int(at[3:]))
    return _utc(here.date().at(clock_time).assume_tz(here.tz_id or "UTC", disambiguation="compatible"))


def midnight(day: date, zone: str) -> datetime:
    """When that day begins in `zone`; in a gap, as soon as it has."""
    begins = Date(day).at(Time(0, 0))
    try:
        return _utc(begins.assume_tz(zone, disambiguation="compatible"))
    except TimeZoneNotFoundError:
        return _utc(begins.assume_tz("UTC"))


def local(instant: datetime, zone: str) -> ZonedDateTime:
    """The clock and calendar in `zone` at `instant`."""
    moment = Instant(instant)
    try:
        return moment.to_tz(zone)
    except TimeZoneNotFoundError:
        return moment.to_tz("UTC")


def _days(instant: datetime, days: int, zone: str) -> datetime:
    """So many calendar days on, by the clock alone: ZonedDateTime's own sum keeps the offset it came from in a fold."""
    here = local(instant, zone)
    day = here.date().add(days=days)
    return _utc(day.at(here.time()).assume_tz(here.tz_id or "UTC", disambiguation="compatible"))


def _utc(moment: ZonedDateTime) -> datetime:
    return moment.to_instant().to_stdlib().astimezone(UTC)
