"""What did Shopify tell us? One verified webhook of any topic we know, as an Arrival."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from regulars.intake import (
    shopify_checkouts,
    shopify_customers,
    shopify_fulfillments,
    shopify_orders,
    shopify_refunds,
)
from regulars.intake.arrival import Arrival
from regulars.intake.shopify_envelope import Envelope, delivery_key
from regulars.intake.shopify_part import Part

_READERS: dict[str, Callable[[Part, Envelope], Arrival]] = {
    "checkouts/create": shopify_checkouts.changed,
    "checkouts/update": shopify_checkouts.changed,
    "customers/create": shopify_customers.created,
    "customers/update": shopify_customers.updated,
    "customers_email_marketing_consent/update": shopify_customers.agreed,
    "customers_marketing_consent/update": shopify_customers.agreed,
    "fulfillments/create": shopify_fulfillments.changed,
    "fulfillments/update": shopify_fulfillments.changed,
    "orders/cancelled": shopify_orders.cancelled,
    "orders/create": shopify_orders.created,
    "orders/paid": shopify_orders.paid,
    "refunds/create": shopify_refunds.created,
}
TOPICS = tuple(_READERS)


class UnknownTopic(LookupError):
    """A topic that nothing is read from. `topic` as it came; the message names the nearest one known."""

    def __init__(self, topic: str) -> None:
        near = difflib.get_close_matches(topic[:100], TOPICS, n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        super().__init__(f"Shopify topic {topic[:100]!r} is not read here{hint}")
        self.topic = topic


def read(topic: str, headers: Mapping[str, str], body: Any, received_at: datetime) -> Arrival:
    """The Arrival of one webhook. `topic`: from X-Shopify-Topic. `body`: its JSON. `received_at`: shop time, aware.

    Raises UnknownTopic, and ValueError naming the field for a body that is not of the topic's shape.
    https://shopify.dev/docs/api/webhooks
    """
    reader = _READERS.get(topic)
    if reader is None:
        raise UnknownTopic(topic)
    if received_at.tzinfo is None:
        raise ValueError("received_at: expected an aware datetime")
    if not isinstance(body, dict):
        raise ValueError(f"body: expected an object, found {type(body).__name__}")
    return reader(Part(body), Envelope(topic, delivery_key(topic, headers, body), received_at.astimezone(UTC)))
