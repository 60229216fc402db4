"""May it go at this local hour? House quiet hours and the law's, in the customer's zone."""

from __future__ import annotations

from datetime import UTC, datetime, time

from whenever import Date, Time, ZonedDateTime

from regulars.delivery.legal_hours import is_regulated, legal_window
from regulars.engine import calendar
from regulars.journeys.model import Channel, QuietHours

_HORIZON = 8  # days: every weekday once, and today again


class NeverOpen(ValueError):
    """Quiet hours and the legal hours leave no hour of the week."""


def held_until(
    now: datetime,
    zone: str,
    quiet: QuietHours | None,
    channel: Channel,
    country: str | None = None,
    province: str | None = None,
) -> datetime | None:
    """When a message may go that may not at `now`; None when it may. Local times; a window may pass midnight.

    An hour that a clock shows twice is quiet both times. A window's end that a spring change skips becomes the same
    distance later. Raises NeverOpen.
    """
    if quiet is None and not is_regulated(channel, country):
        return None
    moment = calendar.local(now, zone)
    for _ in range(_HORIZON * 4):  # each pass leaves one closed window; both rules can alternate a few times
        opening = _after_quiet(moment, quiet) or _after_law(moment, channel, country, province)
        if opening is None:
            found = moment.to_instant().to_stdlib().astimezone(UTC)
            return found if found > now else None
        moment = opening
    raise NeverOpen(f"no hour of the week is open for {channel} in {zone}: quiet hours and the legal hours leave none")


def _after_quiet(moment: ZonedDateTime, quiet: QuietHours | None) -> ZonedDateTime | None:
    """The end of the quiet window that `moment` is in."""
    if quiet is None:
        return None
    start, end, clock = _time(quiet.start), _time(quiet.end), moment.time()
    if start == end:
        return None
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    day = moment.date() if clock < end else moment.date().add(days=1)
    return _next(moment, day, end)


def _next(moment: ZonedDateTime, day: Date, clock: Time) -> ZonedDateTime:
    """`clock` on `day`; of two such instants the first after `moment`."""
    zone = moment.tz_id or "UTC"
    found = day.at(clock).assume_tz(zone, disambiguation="compatible")
    return found if found > moment else day.at(clock).assume_tz(zone, disambiguation="later")


def _after_law(
    moment: ZonedDateTime, channel: Channel, country: str | None, province: str | None
) -> ZonedDateTime | None:
    """The next legal opening, where `moment` is outside the day's legal window."""
    window = _window(moment, channel, country, province)
    if window is None:
        return None
    opens, closes = window
    clock = moment.time()
    if opens <= clock < closes:
        return None
    day = moment.date()
    if clock < opens:
        return _next(moment, day, opens)
    midnight = _next(moment, day.add(days=1), Time(0, 0))
    following = _window(midnight, channel, country, province)
    if following is None:
        return midnight
    return _next(moment, midnight.date(), following[0])


def _window(
    moment: ZonedDateTime, channel: Channel, country: str | None, province: str | None
) -> tuple[Time, Time] | None:
    window = legal_window(channel, country, province, moment.date().day_of_week().value - 1)
    return (_whenever(window[0]), _whenever(window[1])) if window else None


def _time(text: str) -> Time:
    return Time(int(text[:2]), int(text[3:]))


def _whenever(of: time) -> Time:
    return Time(of.hour, of.minute)
