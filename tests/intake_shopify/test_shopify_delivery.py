"""Is the same delivery known again, and an unknown one refused?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.intake import shopify
from regulars.intake.arrival import Arrival

Sample = Callable[[str], dict[str, Any]]
Read = Callable[..., Arrival]


def test_a_delivery_is_known_by_its_event_and_topic_before_its_webhook(sample: Sample, read: Read) -> None:
    first = read("orders/create", sample("order"), {"X-Shopify-Event-Id": "e1", "X-Shopify-Webhook-Id": "w1"})
    again = read("orders/create", sample("order"), {"X-Shopify-Event-Id": "e1", "X-Shopify-Webhook-Id": "w2"})
    other_topic = read("orders/paid", sample("order"), {"X-Shopify-Event-Id": "e1", "X-Shopify-Webhook-Id": "w1"})
    other_event = read("orders/create", sample("order"), {"X-Shopify-Event-Id": "e2", "X-Shopify-Webhook-Id": "w1"})
    assert first.dedupe_key == again.dedupe_key
    assert len({first.dedupe_key, other_topic.dedupe_key, other_event.dedupe_key}) == 3
    assert (first.source, first.topic) == ("shopify", "orders/create")


@pytest.mark.parametrize("kind", ["Event-Id", "Webhook-Id"])
def test_header_names_may_be_spelt_either_way_in_any_case(kind: str, sample: Sample, read: Read) -> None:
    spellings = [f"X-Shopify-{kind}", f"Shopify-{kind}", f"x-shopify-{kind}".lower(), f"SHOPIFY-{kind}".upper()]
    assert len({read("orders/create", sample("order"), {name: "id"}).dedupe_key for name in spellings}) == 1


def test_without_an_event_the_webhook_counts_and_without_both_the_body(sample: Sample, read: Read) -> None:
    headers = {"X-Shopify-Event-Id": " ", "X-Shopify-Webhook-Id": "w1"}
    by_webhook = read("orders/create", sample("order"), headers).dedupe_key
    assert by_webhook == read("orders/create", sample("order"), {"X-Shopify-Webhook-Id": "w1"}).dedupe_key

    body = sample("order")
    reordered = dict(reversed(body.items()))
    by_body = {
        read("orders/create", body, {"Accept": "*/*"}).dedupe_key,
        read("orders/create", reordered, {"Accept": "*/*"}).dedupe_key,
    }
    assert len(by_body) == 1
    assert by_body != {read("orders/create", body | {"note": "x"}, {"Accept": "*/*"}).dedupe_key}
    assert by_body != {read("orders/paid", body, {"Accept": "*/*"}).dedupe_key}


@pytest.mark.parametrize(
    ("topic", "nearest"), [("orders/created", "orders/create"), ("customer/update", "customers/update")]
)
def test_an_unknown_topic_is_its_own_error_and_names_the_nearest(topic: str, nearest: str, read: Read) -> None:
    with pytest.raises(shopify.UnknownTopic, match=nearest) as caught:
        read(topic, {})
    assert caught.value.topic == topic
    assert not isinstance(caught.value, ValueError)


@pytest.mark.parametrize("body", [None, [], "x", 1, True])
def test_a_body_that_is_no_object_is_refused(body: Any, read: Read) -> None:
    with pytest.raises(ValueError, match="body: expected an object"):
        read("orders/create", body)


def test_a_time_of_arrival_without_a_zone_is_refused(sample: Sample) -> None:
    naive = datetime.fromisoformat("2026-11-22T12:00:00")
    with pytest.raises(ValueError, match="received_at: expected an aware datetime"):
        shopify.read("orders/create", {}, sample("order"), naive)


def test_times_are_in_utc_whatever_the_zone_of_arrival(sample: Sample) -> None:
    received = datetime.fromisoformat("2026-02-01T12:00:00+09:00")
    (event,) = shopify.read("orders/create", {}, sample("order"), received).events
    assert event.occurred_at == received
    assert event.occurred_at.utcoffset() == timedelta(0)
