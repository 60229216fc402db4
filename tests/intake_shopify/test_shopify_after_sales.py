"""What follows an order? Refunds, parcels sent and parcels arrived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.intake.arrival import Arrival, RefundFacts
from regulars.intake.body import read_json

Sample = Callable[[str], dict[str, Any]]
Read = Callable[..., Arrival]


def test_a_refund_is_the_sum_of_what_went_back(sample: Sample, read: Read) -> None:
    arrival = read("refunds/create", sample("refund"))
    at = datetime(2026, 3, 5, 12, 0, 1, tzinfo=UTC)
    assert arrival.refund == RefundFacts("900", "1001", 1500, "USD", at)
    (event,) = arrival.events
    assert (event.name, event.once, event.occurred_at) == ("Order Refunded", "shopify/refund/900", at)
    assert event.properties == {"order_id": "1001", "refund_id": "900", "amount_minor": 1500, "currency": "USD"}
    assert (arrival.person, arrival.about_order) == (None, "1001")


@pytest.mark.parametrize("transactions", [[], None, [{"kind": "refund", "status": "pending", "amount": "5"}]])
def test_a_refund_that_moved_no_money_is_none(transactions: Any, sample: Sample, read: Read) -> None:
    arrival = read("refunds/create", sample("refund") | {"transactions": transactions})
    assert (arrival.refund, arrival.events, arrival.about_order) == (None, (), "1001")


def test_a_refund_in_two_currencies_is_refused(sample: Sample, read: Read) -> None:
    body = sample("refund")
    body["transactions"][1]["currency"] = "EUR"
    with pytest.raises(ValueError, match="expected one currency, found EUR, USD"):
        read("refunds/create", body)


def test_a_refund_of_test_payments_happened_to_nobody(sample: Sample, read: Read) -> None:
    body = sample("refund")
    for transaction in body["transactions"]:
        transaction["test"] = True
    assert read("refunds/create", body).events == ()


def test_the_recorded_refund_is_read(payload: Callable[[str], bytes], read: Read) -> None:
    arrival = read("refunds/create", read_json(payload("shopify_refunds_create.json")))
    assert arrival.refund is not None
    assert (arrival.refund.amount_minor, arrival.refund.order_id) == (20900, "450789469")


def test_a_parcel_sent_off_is_told_once(sample: Sample, read: Read) -> None:
    created = read("fulfillments/create", sample("fulfillment"))
    updated = read("fulfillments/update", sample("fulfillment"))
    (event,) = created.events
    assert (event.name, event.once) == ("Order Shipped", "shopify/fulfillment/500/shipped")
    assert event.occurred_at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert event.properties == {
        "order_id": "1001",
        "fulfillment_id": "500",
        "tracking_company": "UPS",
        "tracking_number": "1Z999",
        "tracking_url": "https://track.example/1Z999",
    }
    assert [one.once for one in updated.events] == [event.once]
    assert (created.person, created.about_order) == (None, "1001")


def test_a_parcel_arrived_is_told_once_and_was_sent_off(sample: Sample, read: Read) -> None:
    arrival = read("fulfillments/update", sample("fulfillment") | {"shipment_status": "delivered"})
    assert [(event.name, event.once) for event in arrival.events] == [
        ("Order Shipped", "shopify/fulfillment/500/shipped"),
        ("Order Delivered", "shopify/fulfillment/500/delivered"),
    ]
    assert arrival.events[1].occurred_at == datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"status": "pending"}, True),
        ({"status": "pending", "tracking_number": None, "tracking_url": None}, False),
        ({"tracking_number": None, "tracking_url": None}, True),
        ({"status": "cancelled"}, False),
        ({"status": "error"}, False),
        ({"status": "failure"}, False),
        ({"status": "cancelled", "tracking_number": ""}, False),
        ({"shipment_status": "out_for_delivery"}, True),
    ],
)
def test_a_parcel_is_sent_when_it_succeeded_or_can_be_tracked(
    change: dict[str, Any], sent: bool, sample: Sample, read: Read
) -> None:
    names = [event.name for event in read("fulfillments/update", sample("fulfillment") | change).events]
    assert names == (["Order Shipped"] if sent else [])
