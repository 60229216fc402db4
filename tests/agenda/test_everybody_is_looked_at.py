"""Is everybody looked at, once an hour and far enough ahead? Whatever was looked at is behind us."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from agenda_shop import DAY, HOUR, IDLE, MINUTE, SEGMENTS, Shop
from temporalio.testing import ActivityEnvironment

from activities.contract import Tick
from activities.ticking import Ticking
from regulars.clock import identity
from regulars.store.audiences import Agenda, KnownSegment, SegmentMember
from regulars.store.enrollments import Enrollment
from regulars.store.writer import Writer

GOLD = "  gold:\n    start: {enters: vip, again: never}\n    while: always\n    steps: [wait: 1 day]\n"
NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)
BIRTHDAY = """\
  birthday:
    start: {date: customer.traits.birthday, every: year, at: "09:00"}
    steps: [wait: 1 day]
"""


def write(shop: Shop, statement: str) -> None:
    """Change rows of which no event tells: looking at everybody alone notices."""
    with shop.database.write() as connection:
        connection.exec_driver_sql(statement)


def test_everybody_is_looked_at_however_many_they_are(shop: Shop) -> None:
    shop.apply(IDLE)
    crowd = shop.crowd(501, orders=3, spent_minor=3)
    shop.tick()
    assert {row["customer_id"] for row in shop.rows(SegmentMember, segment="vip")} == set(crowd)


def test_the_ticker_looks_at_everybody_however_many_they_are(shop: Shop) -> None:
    shop.now = identity().now()
    shop.apply(IDLE)
    crowd = shop.crowd(501, orders=3, spent_minor=3)
    writer = Writer(shop.database)
    try:
        ticking = Ticking(shop.database, writer, shop.shelf, identity())
        asyncio.run(ActivityEnvironment().run(ticking.tick, Tick(shop.now)))
    finally:
        writer.close()
    assert {row["customer_id"] for row in shop.rows(SegmentMember, segment="vip")} == set(crowd)
    assert {row["segment"] for row in shop.rows(KnownSegment)} == {"dormant", "vip"}


def test_everybody_is_looked_at_again_after_an_hour_and_not_before(shop: Shop) -> None:
    begun = shop.now
    shop.customer("mei")
    shop.tick()
    write(shop, "UPDATE customer SET orders = 3")
    shop.tick(begun + 30 * MINUTE)
    shop.tick(begun + 59 * MINUTE)
    assert shop.members("vip") == set()
    shop.tick(begun + HOUR)
    assert shop.members("vip") == {"mei"}


def test_one_segment_that_was_away_for_a_while_is_new_again_while_others_stayed(shop: Shop) -> None:
    shop.apply(GOLD)
    shop.order("mei", first_name="mei")
    for _ in range(3):
        shop.order("tom", first_name="tom")
    shop.tick()
    assert shop.members("vip") == {"tom"}
    shop.apply(IDLE, SEGMENTS.split("  vip")[0])
    shop.tick(shop.now + 2 * HOUR)
    assert [row["segment"] for row in shop.rows(KnownSegment)] == ["dormant"]
    assert shop.members("vip") == set()
    for _ in range(2):
        shop.order("mei")
    shop.apply(GOLD)
    shop.ticks(shop.now + 3 * HOUR)
    assert shop.members("vip") == {"mei", "tom"}
    assert (shop.inside("gold"), shop.events("Segment Entered")) == ([], [])


def test_a_date_is_let_in_two_hours_ahead_so_that_a_late_look_delays_no_walk(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick(NINE - 2 * HOUR + 10 * MINUTE)
    shop.tick(NINE + 5 * MINUTE)
    assert [(row["due_at"], row["entered_at"]) for row in shop.rows(Enrollment)] == [(NINE, NINE)]


def test_a_date_is_not_let_in_more_than_two_hours_ahead(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick(NINE - 2 * HOUR - 10 * MINUTE)
    assert shop.inside("birthday") == []


def test_a_date_that_came_before_the_last_look_lets_nobody_in_by_what_is_known_since(shop: Shop) -> None:
    shop.customer("mei", timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.ticks(NINE + 2 * HOUR, every=12 * HOUR)
    assert {row["what"]: row["looked_at"] for row in shop.rows(Agenda)}["birthday"] == shop.now
    write(shop, 'UPDATE customer SET traits = \'{"birthday": "03-05"}\'')
    shop.ticks(shop.now + 3 * HOUR)
    assert (shop.inside("birthday"), shop.events("Date Reached")) == ([], [])


def test_a_look_that_found_nothing_moves_the_journeys_of_dates_on_too(shop: Shop) -> None:
    shop.apply(BIRTHDAY)
    shop.tick()
    shop.tick(shop.now + DAY)
    assert {row["what"]: row["looked_at"] for row in shop.rows(Agenda)} == {"*": shop.now, "birthday": shop.now}
