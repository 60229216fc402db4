"""Which instants does a date mean? In every zone, on leap days, over the turn of years; judged by other calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from journey_strategies import clocks, instants

from regulars.engine import dates
from regulars.journeys.happening import OnDate, OnSchedule
from regulars.journeys.span import Span

YEAR = timedelta(days=366)
zones = st.sampled_from(sorted(available_timezones()))
births = st.dates(date(1920, 1, 1), date(2020, 12, 31))


def kept(born: date, year: int) -> date:
    """By the rule, said otherwise: the day before 1 March where there is no 29 February."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1) - timedelta(days=1)


def begins(day: date, at: str, zone: str) -> datetime:
    """PEP 495 with fold 0."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)


@given(births, clocks, zones, st.integers(2012, 2090))
@example(date(2000, 2, 29), "09:00", "Asia/Kathmandu", 2027)
@example(date(2000, 2, 29), "00:00", "Pacific/Apia", 2100)
@settings(max_examples=400, deadline=None)
def test_a_birthday_is_once_in_every_year_at_its_hour(born: date, at: str, zone: str, year: int) -> None:
    on = OnDate("date", "x", at, yearly=True)
    first, next_year = (begins(date(one, 1, 1), "00:00", zone) - timedelta(seconds=1) for one in (year, year + 1))
    (told,) = dates.occurrences(on, born.isoformat(), zone, first, next_year)
    assert told.at == begins(kept(born, year), at, zone)
    assert (told.day, told.name) == (kept(born, year), str(year))


@given(births, clocks, zones, instants, st.integers(0, 500))
@settings(max_examples=300, deadline=None)
def test_two_windows_that_meet_hold_each_occurrence_once(
    born: date, at: str, zone: str, cut: datetime, days: int
) -> None:
    on = OnDate("date", "x", at, yearly=True)
    first, last = cut - timedelta(days=days), cut + timedelta(days=400)
    parts = [dates.occurrences(on, born.isoformat(), zone, *window) for window in ((first, cut), (cut, last))]
    assert parts[0] + parts[1] == dates.occurrences(on, born.isoformat(), zone, first, last)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Kathmandu", "2028-02-29T03:15:00+00:00"),
        ("Australia/Lord_Howe", "2028-02-28T22:00:00+00:00"),
        ("Pacific/Apia", "2028-02-28T20:00:00+00:00"),
        ("No/Where", "2028-02-29T09:00:00+00:00"),
    ],
)
def test_a_leap_day_is_kept_where_the_customer_is(zone: str, expected: str) -> None:
    on, year = OnDate("date", "x", "09:00", yearly=True), datetime(2028, 1, 1, tzinfo=UTC)
    (told,) = dates.occurrences(on, "2000-02-29", zone, year, year + YEAR)
    assert told.at.isoformat() == expected


def test_days_after_a_date_lead_over_the_turn_of_the_year() -> None:
    on, new_year = OnDate("date", "x", "09:00", plus=Span(3, "day"), yearly=True), datetime(2027, 1, 1, tzinfo=UTC)
    (told,) = dates.occurrences(on, "1990-12-31", "UTC", new_year, new_year + YEAR)
    assert (told.at, told.day) == (datetime(2027, 1, 3, 9, tzinfo=UTC), date(2026, 12, 31))


@pytest.mark.parametrize("written", ["1990-03-05", "03-05", "--03-05", "--0305", "0305", "1990-03-05T12:00:00Z"])
def test_a_day_of_the_year_may_be_written_in_many_ways(written: str) -> None:
    on, year = OnDate("date", "x", "09:00", yearly=True), datetime(2026, 1, 1, tzinfo=UTC)
    (told,) = dates.occurrences(on, written, "UTC", year, year + YEAR)
    assert told.day == date(2026, 3, 5)


@pytest.mark.parametrize("written", [None, "", "soon", "02-30", "13-01", "2026-02-30", 5, True, [], {}, "9999999999"])
def test_what_is_no_date_has_no_occurrence(written: object) -> None:
    year = datetime(2026, 1, 1, tzinfo=UTC)
    for yearly in (True, False):
        on = OnDate("date", "x", "09:00", yearly=yearly)
        assert dates.occurrences(on, written, "UTC", year - 99 * YEAR, year + 99 * YEAR) == []


def test_so_much_before_a_birthday_may_be_in_the_year_before() -> None:
    on = OnDate("date", "x", "10:00", minus=Span(10, "day"), yearly=True)
    (told,) = dates.occurrences(
        on, "1990-01-04", "UTC", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert (told.at.isoformat(), told.day) == ("2026-12-25T10:00:00+00:00", date(2027, 1, 4))


def test_more_than_a_year_after_it_is_found_too() -> None:
    on = OnDate("date", "x", "10:00", plus=Span(500, "day"), yearly=True)
    (told,) = dates.occurrences(
        on, "1990-01-04", "UTC", datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
    )
    assert told.day == date(2026, 1, 4)


@given(instants, clocks, zones, st.integers(1, 28))
@settings(max_examples=300, deadline=None)
def test_a_monthly_schedule_is_due_once_a_month_on_its_day(after: datetime, at: str, zone: str, day: int) -> None:
    due = dates.scheduled(OnSchedule("schedule", at, (), day), zone, after)
    here = after.astimezone(ZoneInfo(zone))
    months = [date(here.year + (here.month - 1 + n) // 12, (here.month - 1 + n) % 12 + 1, day) for n in range(3)]
    assert due == next(found for month in months if (found := begins(month, at, zone)) > after)


def test_a_broadcast_is_by_the_clock_of_the_house() -> None:
    assert dates.announced("2026-07-01T10:00", "Europe/Berlin").isoformat() == "2026-07-01T08:00:00+00:00"
    assert dates.announced("2026-03-29T02:30", "Europe/Berlin").isoformat() == "2026-03-29T01:30:00+00:00"
