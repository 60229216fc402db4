"""Is the instant until which a walk waits the right one, and nothing where it is none?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from walk_place import NOW, Place

from regulars.engine.act import Answer
from regulars.engine.dates import instant_of
from regulars.walks.when import Calendar, best_hour

JOURNEYS = """\
  dates:
    start: {event: Began Dates, again: always}
    while: not did("Stopped")
    steps:
      - wait_until: {date: event.due, minus: 3 days, at: "10:00"}
        id: before
      - wait_until: {date: event.due, plus: 2 hours}
        id: behind
      - wait_until: {date: "2026-12-24"}
        id: eve
      - wait_until: {best_hour: email, at: "07:15", days: [monday]}
        id: best
"""
BERLIN = "Europe/Berlin"  # where the customer is: UTC+1, from 29 March on UTC+2


def ask(place: Place, step: str, **properties: Any) -> Answer:
    place.apply(JOURNEYS, "Began Dates", "Stopped")
    place.tell("mei", "Began Dates", **properties)
    (row,) = place.enrollments("dates")
    with place.database.write() as connection:
        return Calendar(place.shelf).when(connection, [place.question("when", row, step)])[0]


@pytest.mark.parametrize(
    ("step", "due", "until"),
    [
        ("before", "2026-04-02", datetime(2026, 3, 30, 8, tzinfo=UTC)),
        ("before", "2026-03-30T22:30:00Z", datetime(2026, 3, 28, 9, tzinfo=UTC)),  # there it is the 31st already
        ("before", "2028-03-03", datetime(2028, 2, 29, 9, tzinfo=UTC)),
        ("behind", "2026-03-28T23:30:00+01:00", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("behind", "2026-04-02", datetime(2026, 4, 2, tzinfo=UTC)),
        ("eve", None, datetime(2026, 12, 23, 23, tzinfo=UTC)),
        ("before", "2020-01-31", datetime(2020, 1, 28, 9, tzinfo=UTC)),  # past: what to do then is the engine's
    ],
)
def test_a_date_is_told_by_the_clock_where_the_customer_is(
    place: Place, step: str, due: str | None, until: datetime
) -> None:
    answer = ask(place, step, due=due)
    assert (answer.result, answer.until, answer.zone) == ("until", until, BERLIN)
    assert place.decisions() == [("wait_until", f"until {until.isoformat()}")]


@pytest.mark.parametrize("due", [None, "", "soon", "2026-02-30", "2026-13-01T10:00", 20260402, True, [], "2099-01-01"])
def test_what_is_no_date_or_beyond_all_reason_is_missing(place: Place, due: object) -> None:
    answer = ask(place, "before", due=due)
    assert (answer.result, answer.reason) == ("missing", "no date")
    assert place.decisions() == [("wait_until", "no date")]


def test_whose_while_has_failed_leaves(place: Place) -> None:
    place.apply(JOURNEYS, "Began Dates", "Stopped")
    place.tell("mei", "Began Dates", due="2026-04-02")
    place.tell("mei", "Stopped")
    (row,) = place.enrollments("dates")
    with place.database.write() as connection:
        (answer,) = Calendar(place.shelf).when(connection, [place.question("when", row, "before")])
    assert (answer.result, answer.reason) == ("left", "while does not hold")


def test_the_best_hour_is_where_the_customer_read_and_else_the_one_that_is_written(place: Place) -> None:
    monday = datetime(2026, 3, 23, tzinfo=UTC)
    assert ask(place, "best").until == monday + timedelta(hours=6, minutes=15)
    for days in (2, 3, 5):
        place.tell("mei", "Email Clicked", at=NOW.replace(hour=19) - timedelta(days=days))  # 20:00 there
    place.tell("mei", "Email Opened", at=NOW.replace(hour=5) - timedelta(days=5))
    (row,) = place.enrollments("dates")
    with place.database.write() as connection:
        (answer,) = Calendar(place.shelf).when(connection, [place.question("when", row, "best")])
    assert answer.until == monday + timedelta(hours=19)


@pytest.mark.parametrize(
    ("hours", "best"),
    [([], None), ([9, 9], None), ([9, 9, 9], 9), ([8, 10, 20], 8), ([23, 0, 0, 1], 0), ([9, 9, 20, 20], 9)],
)
def test_the_best_hour_is_the_one_around_which_most_lies(hours: list[int], best: int | None) -> None:
    assert best_hour([datetime(2026, 3, 1, hour, 59, tzinfo=UTC) for hour in hours], "UTC") == best


def test_an_instant_without_offset_is_utc() -> None:
    assert instant_of("2026-03-01T10:00:00", BERLIN) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert instant_of(datetime(2026, 3, 1, 10), BERLIN) == datetime(2026, 3, 1, 10, tzinfo=UTC)  # noqa: DTZ001 -- told
