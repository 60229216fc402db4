"""What becomes of what is delivered? People, orders, sums and events, kept once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from intake_shop import DAY, HOUR, START, Shop, completed, consent, order, person, refund

from regulars.customers.person import Person
from regulars.intake.arrival import Happened
from regulars.store.customers import Consent, Customer, Identity
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event
from regulars.store.orders import Order, OrderLine


def test_a_delivery_seen_before_changes_nothing_in_one_transaction_and_in_the_next(shop: Shop) -> None:
    facts = order("1")
    arrival = shop.arrival(completed(facts), person=person(), order=facts, consents=(consent(True),), key="d1")
    assert shop.take(arrival, arrival) == ["taken", "seen before"]
    before = shop.count()
    assert shop.take(arrival) == ["seen before"]
    assert shop.count() == before
    assert [before[name] for name in ("customer", "shop_order", "inbound", "enrollment", "outbox")] == [1, 1, 1, 1, 1]


def test_the_same_order_told_by_two_topics_is_one_order_and_happens_once(shop: Shop) -> None:
    placed, paid = order("1"), order("1", updated_at=START + HOUR, status="paid")
    shop.take(
        shop.arrival(completed(placed), person=person(), order=placed),
        shop.arrival(completed(paid), person=person(), order=paid),
    )
    assert shop.one(Order)["status"] == "paid"
    assert [row["name"] for row in shop.rows(Event)] == ["Order Completed"]
    assert (shop.one(Customer)["orders"], shop.one(Customer)["spent_minor"]) == (1, 4000)


def test_a_status_never_goes_back_whatever_comes_late(shop: Shop) -> None:
    cancelled = order("1", updated_at=START + HOUR, status="cancelled")
    late = order("1", updated_at=START + 2 * HOUR, status="paid", total_minor=5000)
    for facts in (cancelled, order("1"), late):
        shop.take(shop.arrival(person=person(), order=facts))
    assert (shop.one(Order)["status"], shop.one(Order)["total_minor"]) == ("cancelled", 5000)
    assert (shop.one(Customer)["orders"], shop.one(Customer)["spent_minor"]) == (0, 0)
    assert shop.one(Customer)["last_order_at"] is None


def test_an_orders_lines_are_those_of_its_newest_facts(shop: Shop) -> None:
    facts = order("1")
    fewer = replace(facts, updated_at=START + HOUR, lines=(replace(facts.lines[0], title="Hojicha", quantity=3),))
    shop.take(shop.arrival(person=person(), order=fewer))
    shop.take(shop.arrival(person=person(), order=facts))
    assert [(row["title"], row["quantity"]) for row in shop.rows(OrderLine)] == [("Hojicha", 3)]


def test_a_refund_counts_once_before_or_after_its_order_and_only_in_the_orders_currency(shop: Shop) -> None:
    shop.take(shop.arrival(refund=refund("r1", "1", 1000), about_order="1"))
    shop.take(shop.arrival(person=person(), order=order("1")))
    shop.take(shop.arrival(refund=refund("r1", "1", 1000), about_order="1"))
    shop.take(shop.arrival(refund=refund("r2", "1", 500), about_order="1"))
    shop.take(shop.arrival(refund=refund("r3", "1", 700, currency="EUR"), about_order="1"))
    assert shop.one(Order)["refunded_minor"] == 1500
    assert shop.one(Customer)["spent_minor"] == 2500


def test_spend_is_of_one_currency_that_of_most_orders(shop: Shop) -> None:
    for number, (currency, total) in enumerate([("EUR", 100), ("EUR", 200), ("USD", 10_000)]):
        facts = order(str(number), START + number * DAY, currency=currency, total_minor=total)
        shop.take(shop.arrival(person=person(), order=facts))
    found = shop.one(Customer)
    assert (found["orders"], found["spent_minor"], found["currency"]) == (3, 300, "EUR")
    assert found["last_order_at"] == START + 2 * DAY


def test_a_test_order_is_kept_and_not_counted(shop: Shop) -> None:
    shop.take(shop.arrival(person=person(), order=order("1", test=True)))
    assert shop.one(Order)["test"] is True
    assert shop.one(Customer)["orders"] == 0


def test_an_order_keeps_its_first_customer_and_that_ones_sums_follow_it(shop: Shop) -> None:
    shop.take(shop.arrival(person=person("mei"), order=order("1")))
    dearer = order("1", updated_at=START + HOUR, total_minor=9000)
    shop.take(shop.arrival(person=person("lin"), order=dearer))
    sums = {row["email"]: (row["orders"], row["spent_minor"]) for row in shop.rows(Customer)}
    assert sums == {"mei@example.com": (1, 9000), "lin@example.com": (0, 0)}


def test_an_order_of_nobody_is_kept_and_enters_nobody(shop: Shop) -> None:
    facts = order("1")
    shop.take(shop.arrival(completed(facts), order=facts, about_order="1"))
    assert shop.one(Order)["customer_id"] is None
    assert shop.rows(Customer) == shop.rows(Enrollment) == []


def test_what_happened_to_an_order_before_its_customer_was_known_is_theirs_and_heard_then(shop: Shop) -> None:
    shipped = Happened("Order Shipped", START + HOUR, {"order_id": "1"}, once="shipped")
    facts = order("1")
    shop.take(shop.arrival(shipped, about_order="1"))
    shop.take(shop.arrival(completed(facts), order=facts, about_order="1"))
    assert {row["customer_id"] for row in shop.rows(Event)} == {None}
    shop.take(shop.arrival(completed(facts), order=facts, person=person(), about_order="1"))
    customer = shop.one(Customer)["id"]
    assert [row["customer_id"] for row in shop.rows(Event)] == [customer, customer]
    assert {row["journey"] for row in shop.rows(Enrollment)} == {"first_order", "parcel"}


def test_an_event_is_never_later_than_its_delivery(shop: Shop) -> None:
    shop.take(shop.arrival(Happened("Product Viewed", shop.now + DAY, {}), person=person()))
    assert shop.one(Event)["occurred_at"] == shop.now


def test_a_shared_phone_does_not_make_two_people_one(shop: Shop) -> None:
    phone = ("phone", "+14155550123")
    for name in ("mei", "lin"):
        shop.take(shop.arrival(person=Person((("shopify", name), phone), START, phone=phone[1])))
    assert len(shop.rows(Customer)) == 2
    assert [row["value"] for row in shop.rows(Identity, kind="phone")] == ["+14155550123"]


def test_who_is_known_by_e_mail_alone_is_the_one_who_later_has_an_id_too(shop: Shop) -> None:
    shop.take(shop.arrival(person=Person((("email", "mei@example.com"),), START, email="mei@example.com")))
    shop.take(shop.arrival(person=person("mei")))
    assert shop.one(Customer)["email"] == "mei@example.com"
    assert {row["kind"] for row in shop.rows(Identity)} == {"email", "shopify"}


def test_each_field_holds_what_was_asserted_of_it_last_in_any_order(shop: Shop) -> None:
    told = [
        person(at=START, first_name="A", country="US", province="NY", timezone="America/New_York"),
        person(at=START + HOUR, first_name="B", tags=("vip",)),
        person(at=START + 2 * HOUR, last_name="C", country="DE", timezone="Europe/Berlin"),
    ]
    for one in (told[2], told[0], told[1]):
        shop.take(shop.arrival(person=one))
    row = shop.one(Customer)
    assert (row["first_name"], row["last_name"], row["tags"]) == ("B", "C", ["vip"])
    assert (row["country"], row["province"], row["timezone"]) == ("DE", None, "Europe/Berlin")
    assert row["asserted_at"] == START + 2 * HOUR


@pytest.mark.parametrize("backwards", [False, True])
def test_consent_is_appended_and_the_latest_word_holds_in_any_order(shop: Shop, backwards: bool) -> None:
    words = [consent(True), consent(False, START + HOUR), consent(True, START + 2 * HOUR), consent(True)]
    for one in reversed(words) if backwards else words:
        shop.take(shop.arrival(person=person(), consents=(one,)))
    rows = sorted((row["occurred_at"], row["granted"]) for row in shop.rows(Consent))
    assert rows == [(START, True), (START + HOUR, False), (START + 2 * HOUR, True)]
    names = [row["name"] for row in shop.rows(Event)]
    assert names == (["Consent Given"] if backwards else ["Consent Given", "Consent Withdrawn", "Consent Given"])


def test_a_refund_id_told_with_another_order_is_another_refund(shop: Shop) -> None:
    for number in ("1", "2"):
        shop.take(shop.arrival(person=person(), order=order(number)))
    shop.take(*(shop.arrival(refund=refund("r1", number, 1000), about_order=number) for number in ("1", "2")))
    shop.take(shop.arrival(refund=refund("r1", "2", 1000), about_order="2"))
    assert {row["external_id"]: row["refunded_minor"] for row in shop.rows(Order)} == {"1": 1000, "2": 1000}
