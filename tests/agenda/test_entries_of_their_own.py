"""Who enters which of several journeys, from when on, in which party; and what becomes of a walk's start?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from agenda_shop import HOUR, HOUSE, IDLE, MINUTE, Shop

from regulars.store.audiences import Audience
from regulars.store.enrollments import Enrollment, Outbox

NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)
DATED = '  %s:\n    start: {date: customer.traits.%s, every: year, at: "09:00"}\n    steps: [wait: 1 day]\n'
MEMBERS = "  %s:\n    start: {%s: %s, again: always}\n    while: always\n    steps: [wait: 1 day]\n"
BOTH = "segments:\n  vip: {where: customer.orders >= 3}\n  regular: {where: customer.orders >= 1}\n"
SCHEDULED = '  %s:\n    start: {schedule: {at: "%s"}, to: %s}\n    steps: [wait: 1 day]\n'
RELEASE = """\
  release:
    start: {event: Product Released, to: everyone, again: always}
    goal: {event: Order Completed, within: 7 days}
    steps: [%s]
"""
CART = """\
  cart:
    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes, again: always}
    goal: {event: Order Completed, within: 7 days}
    steps: [wait: 1 day]
"""
SENDING = HOUSE.replace(
    "house: {", 'house: {email_from: "Leaf <hi@leaf.example>", postal_address: "1 Hill Road, New York", '
)


def starts(shop: Shop) -> list[str]:
    """The parties whose walks are to be started."""
    return [row["party_id"] for row in shop.rows(Outbox, kind="start")]


def test_who_enters_one_segment_enters_the_journeys_of_that_one(shop: Shop) -> None:
    shop.apply(MEMBERS % ("gold", "enters", "vip") + MEMBERS % ("silver", "enters", "regular"), BOTH)
    shop.tick()
    shop.order("mei", first_name="mei")
    assert (shop.inside("silver"), shop.inside("gold")) == (["mei"], [])
    for _ in range(2):
        shop.order("mei")
    assert (shop.inside("silver"), shop.inside("gold")) == (["mei"], ["mei"])


def test_who_leaves_one_segment_enters_the_journeys_of_that_one(shop: Shop) -> None:
    shop.apply(MEMBERS % ("missed", "leaves", "vip") + MEMBERS % ("gone", "leaves", "regular"), BOTH)
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.tick()
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET orders = 2")
    shop.tick(shop.now + HOUR)
    assert (shop.inside("missed"), shop.inside("gone")) == (["mei"], [])


def test_each_date_lets_in_to_its_own_journey(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.customer("tom", {"wedding": "03-05"}, timezone="UTC")
    shop.apply(DATED % ("birthday", "birthday") + DATED % ("wedding", "wedding"))
    shop.tick(NINE - HOUR)
    assert (shop.inside("birthday"), shop.inside("wedding")) == (["mei"], ["tom"])


def test_each_schedule_calls_its_own_audience(shop: Shop) -> None:
    shop.apply(SCHEDULED % ("early", "10:00", "everyone") + SCHEDULED % ("late", "17:00", "vip"))
    shop.tick()
    shop.tick(NINE + MINUTE)
    assert sorted((row["journey"], row["segment"]) for row in shop.rows(Audience)) == [
        ("early", "everyone"),
        ("late", "vip"),  # of the evening before
    ]
    shop.tick(NINE + 8 * HOUR)
    assert sorted(row["journey"] for row in shop.rows(Audience)) == ["early", "late", "late"]


def test_what_is_told_late_lets_in_now_and_not_in_the_past(shop: Shop) -> None:
    shop.apply("  seen: {start: {event: Product Viewed, again: always}, steps: [wait: 1 day]}\n")
    shop.tell("mei", "Product Viewed", shop.now - 2 * HOUR)
    row = shop.one(Enrollment)
    assert (row["due_at"], row["entered_at"]) == (shop.now, shop.now)
    assert shop.one(Outbox, kind="start")["due_at"] == shop.now


def test_a_date_that_is_noticed_late_lets_in_now_and_not_in_the_past(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(DATED % ("birthday", "birthday"))
    shop.tick(NINE - 5 * HOUR)
    shop.tick(NINE + 5 * HOUR)
    row = shop.one(Enrollment)
    assert (row["due_at"], row["entered_at"]) == (shop.now, shop.now)


def test_who_is_held_out_of_an_audience_is_in_no_party_of_those_who_walk(shop: Shop) -> None:
    shop.apply(RELEASE % "email: a/b" + "    holdout: 50%\n", house=SENDING)
    shop.crowd(60, timezone="Europe/Berlin")
    shop.tell(None, "Product Released")
    shop.let_in()
    held, walking = shop.rows(Enrollment, outcome="held_out"), shop.rows(Enrollment, state="due")
    assert min(len(held), len(walking)) > 10 and len(held) + len(walking) == 60
    assert [row["party_id"] for row in held] == [row["id"] for row in held]
    assert starts(shop) == list({row["party_id"] for row in walking})
    assert len(starts(shop)) == 1


def test_a_walk_that_is_over_before_it_began_is_not_started(shop: Shop) -> None:
    shop.apply(CART + IDLE)
    for name in ("mei", "tom"):
        shop.tell(name, "Checkout Started", checkout_id=name)
    shop.now += 10 * MINUTE
    shop.order("mei", first_name="mei")
    tom = shop.one(Enrollment, journey="cart", state="due")
    assert shop.one(Enrollment, journey="cart", state="closed")["outcome"] == "goal"
    assert starts(shop) == [tom["party_id"]]


@pytest.mark.parametrize("left", ["mei", "tom", "ana"])
def test_a_party_starts_with_whoever_is_left_of_it(shop: Shop, left: str) -> None:
    names = ("mei", "tom", "ana")
    for name in names:
        shop.customer(name)
    shop.apply(RELEASE % "wait: 1 day")
    shop.tell(None, "Product Released")
    shop.let_in()
    (party,) = {row["party_id"] for row in shop.rows(Enrollment)}
    for name in names:
        if name != left:
            shop.order(name)
    ends = shop.ends("release")
    assert [name for name in names if ends[name] == (None, None)] == [left]
    assert starts(shop) == [party]
