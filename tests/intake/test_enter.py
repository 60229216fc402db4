"""Whom does an event let in, and when does the journey begin?"""

from __future__ import annotations

from typing import Any

from intake_shop import DAY, HOUR, MINUTE, START, Shop, completed, order, person

from regulars.intake.arrival import Arrival, Happened
from regulars.store.customers import Customer
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.events import Event


def bought(shop: Shop, number: int, name: str = "mei", **more: Any) -> Arrival:
    facts = order(str(number), START + number * HOUR, **more)
    return shop.arrival(completed(facts), person=person(name), order=facts)


def checkout(shop: Shop, identifier: str, minutes: float = 0, name: str = "mei", **properties: Any) -> Arrival:
    told = {"checkout_id": identifier, **properties}
    event = Happened("Checkout Started", shop.now + minutes * MINUTE, told)
    shop.now = max(shop.now, event.occurred_at)
    return shop.arrival(event, person=person(name, shop.now))


def test_of_two_orders_of_a_new_customer_that_come_together_the_first_enters(shop: Shop) -> None:
    shop.take(bought(shop, 1), bought(shop, 2), bought(shop, 9, "lin"), bought(shop, 3))
    assert [row["journey"] for row in shop.rows(Enrollment)] == ["first_order", "first_order"]
    starts = {row["start_event_id"] for row in shop.rows(Enrollment)}
    assert {row["properties"]["order_id"] for row in shop.rows(Event) if row["id"] in starts} == {"1", "9"}
    assert shop.verdicts("first_order") == ["entered", "entered", "entered before", "entered before"]


def test_what_a_condition_saw_is_on_record(shop: Shop) -> None:
    shop.take(bought(shop, 1))
    shop.take(
        shop.arrival(person=person("lin"), order=order("7", test=True)), bought(shop, 8, "lin", status="cancelled")
    )
    first = shop.one(Decision, verdict="entered")
    rules = {"where": "customer.orders == 1"}
    of = shop.one(Enrollment)
    assert first["seen"] == {"event": of["start_event_id"], "customer.orders": 1, "rules": rules}
    assert first["enrollment_id"] == of["id"]
    second = shop.one(Decision, verdict="where does not hold")
    about = next(row["id"] for row in shop.rows(Event, name="Order Completed") if row["id"] != of["start_event_id"])
    assert second["seen"] == {"event": about, "customer.orders": 0, "rules": rules}
    assert second["enrollment_id"] is None


def test_again_never_holds_for_ever(shop: Shop) -> None:
    made = Happened("Customer Created", START, {})
    shop.take(shop.arrival(made, person=person()))
    shop.now += 1000 * DAY
    made = Happened("Customer Created", shop.now, {})
    shop.take(shop.arrival(made, person=person()))
    assert shop.verdicts("mail") == ["entered", "inside already"]
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'closed'")
    shop.take(shop.arrival(made, person=person()))
    assert shop.verdicts("mail") == ["entered", "entered before", "inside already"]


def test_again_after_a_week_counts_from_the_last_entry(shop: Shop) -> None:
    for days in (0, 6, 7, 8):
        shop.now = START + days * DAY
        shop.take(shop.arrival(Happened("Product Viewed", shop.now, {}), person=person()))
        with shop.database.write() as connection:
            connection.exec_driver_sql("UPDATE enrollment SET state = 'closed'")
    again = "again only after 7 days"
    assert shop.verdicts("weekly") == [again, again, "entered", "entered"]
    assert {row["entered_at"] for row in shop.rows(Enrollment)} == {START, START + 7 * DAY}


def test_settle_begins_when_the_key_was_quiet_and_the_latest_event_counts(shop: Shop) -> None:
    begun = shop.now
    shop.take(checkout(shop, "7", item_count=1))
    shop.take(checkout(shop, "7", 30, item_count=2))
    row = shop.one(Enrollment, journey="every_cart")
    assert row["due_at"] == row["entered_at"] == begun + 75 * MINUTE
    assert shop.one(Event, id=row["start_event_id"])["properties"]["item_count"] == 2
    assert shop.one(Outbox, enrollment_id=row["id"])["due_at"] == begun + 75 * MINUTE
    shop.take(shop.arrival(Happened("Checkout Started", begun + MINUTE, {"checkout_id": "7"}), person=person()))
    assert shop.one(Enrollment, journey="every_cart") == row
    assert shop.verdicts("every_cart") == ["entered", "settles anew", "settles: a later one counts"]


def test_a_checkout_that_changes_hands_while_it_settles_enters_the_one_who_has_it(shop: Shop) -> None:
    shop.take(checkout(shop, "7", name="mie"))
    shop.take(checkout(shop, "7", 1, name="mei"))
    mei = shop.one(Customer, email="mei@example.com")
    assert {row["customer_id"] for row in shop.rows(Enrollment)} == {mei["id"]}


def test_a_key_enters_once_ever(shop: Shop) -> None:
    shop.take(checkout(shop, "7"))
    for row in shop.rows(Enrollment):
        shop.walk(row)
    shop.now += 30 * DAY
    shop.take(checkout(shop, "7"), checkout(shop, "8"))
    assert shop.verdicts("every_cart") == ["entered", "entered", "key entered before"]
    assert {row["key"] for row in shop.rows(Enrollment, journey="every_cart")} == {"7", "8"}


def test_two_with_one_key_that_come_together_are_one(shop: Shop) -> None:
    shop.take(checkout(shop, "7", name="mei"), checkout(shop, "7", 1, name="lin"))
    assert len(shop.rows(Enrollment, journey="every_cart")) == 1


def test_an_event_without_the_key_does_not_enter_and_says_so(shop: Shop) -> None:
    shop.take(shop.arrival(Happened("Checkout Started", START, {"checkout_id": None}), person=person()))
    assert shop.rows(Enrollment) == []
    assert shop.verdicts("every_cart") == ["no key"]


def test_a_cart_bought_before_its_time_was_no_entry(shop: Shop) -> None:
    shop.take(checkout(shop, "7"))
    shop.now += 10 * MINUTE
    facts = order("1", shop.now, checkout_id="7")
    shop.take(shop.arrival(completed(facts), person=person(), order=facts))
    assert {row["state"] for row in shop.rows(Enrollment, key="7")} == {"closed"}
    assert shop.outbox() == {("start", "first_order"): 1}
    shop.now += HOUR
    shop.take(checkout(shop, "8"))
    assert shop.verdicts("cart") == ["entered", "entered"]


def test_a_cart_that_began_was_an_entry(shop: Shop) -> None:
    shop.take(checkout(shop, "7"))
    for row in shop.rows(Enrollment):
        shop.walk(row)
    shop.now += HOUR
    shop.take(checkout(shop, "8"))
    assert shop.verdicts("cart") == ["again only after 7 days", "entered"]


def test_nobody_enters_a_journey_that_is_off(shop: Shop) -> None:
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE live_journey SET state = 'off'")
        connection.exec_driver_sql("UPDATE live SET revision = revision + 1")
    shop.take(bought(shop, 1))
    assert shop.rows(Enrollment) == []


def test_what_is_told_long_after_it_happened_lets_nobody_in(shop: Shop) -> None:
    """An import of last year's orders is no news to anybody who gave them."""
    shop.now = START + 3 * DAY + HOUR
    shop.take(bought(shop, 0), bought(shop, 2, "lin"))
    assert sorted(shop.verdicts("first_order")) == ["entered", "too long ago"]
    seen = shop.one(Decision, verdict="too long ago")["seen"]
    assert seen["occurred_at"] == START.isoformat()
    assert seen["event"] in {row["id"] for row in shop.rows(Event, name="Order Completed")}
    assert len(shop.rows(Event, name="Order Completed")) == 2
