"""Do local hours hold, in every zone there is, across gaps and folds? Judged by the standard library's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from journey_strategies import clocks, instants, spans, weekdays

from regulars.engine import calendar
from regulars.journeys.happening import Weekday
from regulars.journeys.span import Span

ZONES = sorted(available_timezones())
zones = st.sampled_from(ZONES)
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _clock(text: str) -> time:
    return time(int(text[:2]), int(text[3:]))


def _at(day: datetime, clock: time, zone: str) -> datetime:
    """PEP 495 with fold 0: a skipped time is as much later, a repeated one is the first."""
    return datetime.combine(day.date(), clock, ZoneInfo(zone)).astimezone(UTC)


@given(instants, clocks, weekdays, zones)
@settings(max_examples=700, deadline=None)
@example(datetime(2026, 3, 8, 6, 0, tzinfo=UTC), "02:30", (), "America/New_York")
@example(datetime(2026, 11, 1, 5, 45, tzinfo=UTC), "01:30", (), "America/New_York")
@example(datetime(2011, 12, 29, 22, 0, tzinfo=UTC), "10:00", (), "Pacific/Apia")
def test_a_local_hour_is_the_next_one_that_a_clock_there_shows(
    start: datetime, at: str, days: tuple[Weekday, ...], zone: str
) -> None:
    here = start.astimezone(ZoneInfo(zone))
    expected = next(
        moment
        for ahead in range(10)
        if not days or NAMES[(here + timedelta(days=ahead)).weekday()] in days
        if (moment := _at(here + timedelta(days=ahead), _clock(at), zone)) > start
    )
    assert calendar.next_at(start, at, days, zone) == expected


@given(instants, st.integers(1, 400), zones)
@settings(max_examples=700, deadline=None)
@example(datetime(1978, 3, 18, 14, 0, tzinfo=UTC), 350, "Pacific/Auckland")  # from winter time into a fold
@example(datetime(2026, 10, 31, 5, 30, tzinfo=UTC), 1, "America/New_York")
def test_days_are_calendar_days_at_the_same_clock_time(start: datetime, days: int, zone: str) -> None:
    here = start.astimezone(ZoneInfo(zone))
    expected = _at(here + timedelta(days=days), here.timetz().replace(tzinfo=None, fold=0), zone)
    assert calendar.after(start, Span(days, "day"), zone) == expected


@given(instants, st.integers(1, 52), zones)
@settings(max_examples=200, deadline=None)
def test_a_week_is_seven_days(start: datetime, weeks: int, zone: str) -> None:
    assert calendar.after(start, Span(weeks, "week"), zone) == calendar.after(start, Span(7 * weeks, "day"), zone)


@given(instants, st.integers(1, 5000), st.sampled_from(["second", "minute", "hour"]), zones)
@settings(max_examples=300, deadline=None)
def test_hours_are_elapsed_time_wherever_one_is(start: datetime, amount: int, unit: str, zone: str) -> None:
    assert calendar.after(start, Span(amount, unit), zone) - start == amount * timedelta(**{f"{unit}s": 1})  # type: ignore[arg-type]


@given(instants, spans, zones)
@settings(max_examples=300, deadline=None)
def test_a_span_leads_forward_and_before_leads_back(start: datetime, span: Span, zone: str) -> None:
    assert calendar.after(start, span, zone) > start
    assert calendar.before(start, span, zone) < start


@given(instants, spans, clocks, st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_an_unknown_zone_counts_as_utc(start: datetime, span: Span, at: str, zone: str) -> None:
    if zone in ZONES:
        return
    assert calendar.after(start, span, zone) == calendar.after(start, span, "UTC")
    assert calendar.next_at(start, at, (), zone) == calendar.next_at(start, at, (), "UTC")


@pytest.mark.parametrize(
    ("start", "at", "zone", "shows"),
    [
        ("2026-03-07T12:00-05:00", "02:30", "America/New_York", "2026-03-08T03:30-04:00"),
        ("2026-10-31T12:00-04:00", "01:30", "America/New_York", "2026-11-01T01:30-04:00"),
        ("2026-10-03T12:00+10:30", "02:10", "Australia/Lord_Howe", "2026-10-04T02:40+11:00"),
        ("2026-02-28T12:00+01:00", "09:00", "Europe/Berlin", "2026-03-01T09:00+01:00"),
    ],
)
def test_an_hour_that_is_skipped_is_as_much_later_and_one_that_comes_twice_is_the_first(
    start: str, at: str, zone: str, shows: str
) -> None:
    assert calendar.next_at(datetime.fromisoformat(start), at, (), zone) == datetime.fromisoformat(shows)


def test_a_day_across_a_spring_change_has_23_hours_and_24_hours_are_24() -> None:
    noon = datetime.fromisoformat("2026-03-28T12:00+01:00")
    assert calendar.after(noon, Span(1, "day"), "Europe/Berlin") - noon == timedelta(hours=23)
    assert calendar.after(noon, Span(24, "hour"), "Europe/Berlin") - noon == timedelta(hours=24)
