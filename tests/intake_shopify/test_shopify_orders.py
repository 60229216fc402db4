"""What is an order taken for? orders/create, orders/paid, orders/cancelled and checkouts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.intake.arrival import Arrival, OrderLine
from regulars.intake.body import read_json

Sample = Callable[[str], dict[str, Any]]
Read = Callable[..., Arrival]
ITEMS: list[dict[str, Any]] = [
    {
        "product_id": "5",
        "variant_id": "6",
        "sku": "MUG-1",
        "title": "Mug",
        "quantity": 2,
        "price_minor": 1500,
        "image_url": None,
    },
    {
        "product_id": None,
        "variant_id": None,
        "sku": None,
        "title": "Gift wrap",
        "quantity": 1,
        "price_minor": 3000,
        "image_url": None,
    },
]


def test_an_order_is_one_completed_event_with_everything_a_template_needs(sample: Sample, read: Read) -> None:
    arrival = read("orders/create", sample("order"))
    (event,) = arrival.events
    assert (event.name, event.once) == ("Order Completed", "shopify/order/1001/completed")
    assert event.occurred_at == datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    assert event.properties == {
        "order_id": "1001",
        "order_number": "1001",
        "checkout_id": "77",
        "checkout_token": "chk77",
        "cart_token": "cart77",
        "total_minor": 5250,
        "currency": "USD",
        "discount_codes": ["WELCOME"],
        "items": ITEMS,
        "item_count": 3,
        "first_item": "Mug",
    }


def test_the_facts_of_an_order_are_kept(sample: Sample, read: Read) -> None:
    order = read("orders/create", sample("order")).order
    assert order is not None
    assert (order.id, order.currency, order.total_minor, order.checkout_id) == ("1001", "USD", 5250, "77")
    assert order.placed_at == datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 3, 1, 15, 0, 5, tzinfo=UTC)
    assert (order.status, order.test) == ("placed", False)
    assert order.lines == (
        OrderLine("5", "6", "MUG-1", "Mug", 2, 1500),
        OrderLine(None, None, None, "Gift wrap", 1, 3000),
    )


def test_a_paid_order_is_completed_too_under_the_key_of_its_creation(sample: Sample, read: Read) -> None:
    created, paid = read("orders/create", sample("order")), read("orders/paid", sample("order"))
    assert [event.name for event in paid.events] == ["Order Completed", "Order Paid"]
    assert paid.events[0] == created.events[0]
    assert paid.events[1].once == "shopify/order/1001/paid"
    assert paid.order is not None
    assert paid.order.status == "paid"
    assert paid.dedupe_key != created.dedupe_key


def test_a_cancelled_order_is_a_cancellation_alone(sample: Sample, read: Read) -> None:
    body = sample("order") | {"cancelled_at": "2026-03-02T00:00:00Z", "cancel_reason": "customer"}
    arrival = read("orders/cancelled", body)
    (event,) = arrival.events
    assert (event.name, event.once) == ("Order Cancelled", "shopify/order/1001/cancelled")
    assert event.occurred_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert event.properties["cancel_reason"] == "customer"
    assert arrival.order is not None
    assert arrival.order.status == "cancelled"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"financial_status": "paid"}, "paid"),
        ({"financial_status": "refunded"}, "paid"),
        ({"financial_status": "authorized"}, "placed"),
        ({"financial_status": None}, "placed"),
        ({"financial_status": "paid", "cancelled_at": "2026-03-02T00:00:00Z"}, "cancelled"),
    ],
)
def test_an_orders_own_fields_tell_how_it_stands(
    change: dict[str, Any], status: str, sample: Sample, read: Read
) -> None:
    order = read("orders/create", sample("order") | change).order
    assert order is not None
    assert order.status == status


@pytest.mark.parametrize("topic", ["orders/create", "orders/paid", "orders/cancelled"])
def test_a_test_order_is_kept_as_one_and_nothing_happened(topic: str, sample: Sample, read: Read) -> None:
    arrival = read(topic, sample("order") | {"test": True})
    assert arrival.events == ()
    assert arrival.order is not None
    assert arrival.order.test


def test_the_total_is_what_is_left_after_edits_or_the_first_total_in_older_versions(sample: Sample, read: Read) -> None:
    body = sample("order")
    del body["current_total_price"]
    assert read("orders/create", body).events[0].properties["total_minor"] == 6000


def test_a_time_of_the_future_becomes_the_time_of_arrival(sample: Sample, read: Read) -> None:
    future = "2031-01-01T00:00:00Z"
    body = sample("order") | {"created_at": future, "processed_at": future, "updated_at": future}
    arrival = read("orders/paid", body)
    received = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert arrival.order is not None
    assert arrival.person is not None
    assert {event.occurred_at for event in arrival.events} == {received}
    assert (arrival.order.placed_at, arrival.order.updated_at, arrival.person.asserted_at) == (received,) * 3


def test_a_missing_time_becomes_the_time_of_arrival(sample: Sample, read: Read) -> None:
    body = sample("order") | {"created_at": None, "processed_at": None, "updated_at": None}
    assert read("orders/create", body).events[0].occurred_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_checkout_starts_with_its_own_facts(sample: Sample, read: Read) -> None:
    arrival = read("checkouts/update", sample("checkout"))
    (event,) = arrival.events
    assert (event.name, event.once) == ("Checkout Started", None)
    assert event.occurred_at == datetime(2026, 3, 1, 14, 45, tzinfo=UTC)
    assert event.properties == {
        "checkout_id": "77",
        "checkout_token": "chk77",
        "cart_token": "cart77",
        "total_minor": 3000,
        "currency": "JPY",
        "recovery_url": "https://shop.example/checkouts/chk77/recover",
        "items": [ITEMS[0] | {"quantity": 3, "price_minor": 1000, "image_url": "https://shop.example/mug.png"}],
        "item_count": 3,
        "first_item": "Mug",
    }
    assert arrival.order is None


def test_a_checkout_and_its_order_share_the_checkouts_id(sample: Sample, read: Read) -> None:
    checkout, order = read("checkouts/create", sample("checkout")), read("orders/create", sample("order"))
    assert checkout.events[0].properties["checkout_id"] == order.events[0].properties["checkout_id"]


def test_a_completed_checkout_is_no_longer_started(sample: Sample, read: Read) -> None:
    arrival = read("checkouts/update", sample("checkout") | {"completed_at": "2026-03-01T09:50:00-05:00"})
    assert arrival.events == ()
    assert arrival.person is not None


def test_the_recorded_paid_order_is_read(payload: Callable[[str], bytes], read: Read) -> None:
    arrival = read("orders/paid", read_json(payload("shopify_orders_paid.json")))
    assert [event.name for event in arrival.events] == ["Order Completed", "Order Paid"]
    assert arrival.events[0].properties["item_count"] == 3
    assert arrival.events[0].properties["checkout_id"] == "450789469"
    assert arrival.order is not None
    assert (arrival.order.total_minor, arrival.order.currency, arrival.order.status) == (40994, "USD", "paid")
    person = arrival.person
    assert person is not None
    assert person.identities == (("shopify", "207119551"), ("email", "bob.norman@hostmail.com"))
    assert (person.country, person.province, person.timezone) == ("US", "KY", "America/New_York")


def test_the_recorded_order_without_any_contact_has_events_and_no_person(
    payload: Callable[[str], bytes], read: Read
) -> None:
    arrival = read("orders/create", read_json(payload("shopify_orders_create.no_contact.json")))
    assert arrival.person is None
    assert arrival.consents == ()
    (event,) = arrival.events
    assert event.once == "shopify/order/5324830114101/completed"
    assert arrival.order is not None
    assert (arrival.order.total_minor, arrival.order.status) == (262995, "paid")


def test_the_recorded_checkout_is_read(payload: Callable[[str], bytes], read: Read) -> None:
    (event,) = read("checkouts/update", read_json(payload("shopify_checkouts_update.json"))).events
    assert event.properties["checkout_id"] == "450789469"
    assert event.properties["item_count"] == 2
    assert event.properties["recovery_url"].endswith("?recovered=1")
