"""Whom does a date let in, and when? Once for each occurrence, by the customer's own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from agenda_shop import DAY, HOUR, MINUTE, Shop

from regulars.store.enrollments import Enrollment

BIRTHDAY = """\
  birthday:
    start: {date: customer.traits.birthday, every: year, at: "09:00"}
    steps: [wait: 1 day]
"""


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"])
def test_a_birthday_begins_at_nine_where_the_customer_is(shop: Shop, zone: str) -> None:
    shop.customer("mei", {"birthday": "1990-03-05"}, timezone=zone)
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 5 * DAY)
    (row,) = shop.rows(Enrollment)
    assert row["due_at"].astimezone(ZoneInfo(zone)).isoformat()[:16] == "2026-03-05T09:00"
    assert row["entered_at"] == row["due_at"]
    (event,) = shop.events("Date Reached")
    assert event["occurred_at"] == row["due_at"]
    assert event["properties"]["date"] == "2026-03-05"


def test_a_birthday_is_kept_once_a_year_even_where_it_is_moved(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 4 * DAY, every=6 * HOUR)
    shop.customer("mei", {"birthday": "03-09"}, timezone="UTC")
    shop.ticks(shop.now + 400 * DAY, every=DAY)
    years = [row["due_at"].date().isoformat() for row in shop.rows(Enrollment)]
    assert sorted(years) == ["2026-03-05", "2027-03-09"]


def test_who_was_born_on_a_leap_day_is_greeted_on_the_28th_in_other_years(shop: Shop) -> None:
    shop.now = datetime(2027, 2, 1, tzinfo=UTC)
    shop.customer("mei", {"birthday": "2000-02-29"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.ticks(datetime(2028, 3, 5, tzinfo=UTC), every=DAY)
    kept = [event["properties"]["date"] for event in shop.events("Date Reached")]
    assert (kept, len(shop.rows(Enrollment))) == (["2027-02-28", "2028-02-29"], 2)


def test_a_birthday_that_was_told_after_its_hour_waits_for_the_next_year(shop: Shop) -> None:
    shop.apply(BIRTHDAY)
    shop.now = datetime(2026, 3, 5, 8, tzinfo=UTC)
    shop.tick()
    shop.now = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    shop.tell("mei", "Customer Created")
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET timezone = 'UTC', traits = '{\"birthday\": \"03-05\"}'")
        connection.exec_driver_sql("UPDATE customer SET asserted_at = '2026-03-05 09:30:00.000000'")
    shop.ticks(shop.now + DAY)
    assert shop.rows(Enrollment) == []


def test_a_birthday_whose_hour_passed_while_the_ticker_was_away_is_kept_late(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.customer("tom", {"birthday": "03-01"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.now = datetime(2026, 3, 5, 6, tzinfo=UTC)
    shop.tick()
    shop.now = datetime(2026, 3, 5, 18, tzinfo=UTC)
    shop.tick()
    assert shop.inside("birthday") == ["mei"]


def test_what_was_missed_for_days_lets_nobody_in(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick()
    shop.now = datetime(2026, 3, 9, 18, tzinfo=UTC)
    shop.tick()
    assert (shop.inside("birthday"), shop.verdicts("birthday")) == ([], ["too long ago"])


def test_nobody_enters_by_a_date_that_had_passed_when_the_journey_came(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-02"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 2 * DAY)
    assert (shop.inside("birthday"), shop.events("Date Reached")) == ([], [])


@pytest.mark.parametrize("value", [None, "", "soon", "2026-13-01", "02-30", 7, ["2026-03-05"], {"day": 5}])
def test_what_is_no_date_lets_nobody_in(shop: Shop, value: object) -> None:
    shop.customer("mei", {"birthday": value}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 400 * DAY, every=20 * DAY)
    assert shop.rows(Enrollment) == []


def test_a_date_that_is_not_yearly_lets_in_once_and_anew_where_it_is_another(shop: Shop) -> None:
    shop.apply(
        '  refill:\n    start: {date: customer.last_order_at, plus: 30 days, at: "10:00"}\n    steps: [wait: 1 day]\n'
    )
    shop.order("mei", first_name="mei", timezone="Asia/Tokyo")
    shop.ticks(shop.now + 40 * DAY, every=3 * HOUR)
    assert [row["due_at"].isoformat() for row in shop.rows(Enrollment)] == ["2026-04-02T01:00:00+00:00"]
    shop.order("mei")
    shop.ticks(shop.now + 40 * DAY, every=3 * HOUR)
    assert len(shop.rows(Enrollment)) == 2


def test_the_walk_begins_on_the_minute_however_rarely_everybody_is_looked_at(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY.replace("09:00", "09:17"))
    shop.ticks(datetime(2026, 3, 6, tzinfo=UTC), every=HOUR + 7 * MINUTE)
    (row,) = shop.rows(Enrollment)
    assert row["due_at"] == datetime(2026, 3, 5, 9, 17, tzinfo=UTC)
