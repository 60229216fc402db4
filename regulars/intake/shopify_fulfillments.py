"""What does a Shopify fulfilment topic tell us? fulfillments/create and fulfillments/update: sent off, and arrived."""

from __future__ import annotations

from typing import Any

from regulars.intake.arrival import Arrival, Happened
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_part import Part

_CAME_TO_NOTHING = frozenset({"cancelled", "error", "failure"})


def changed(fulfillment: Part, envelope: Envelope) -> Arrival:
    """Shipped once it succeeded or can be tracked, delivered once the carrier says so; each told once however often.

    The destination is the recipient, who need not be the customer: that one is found by the order.
    """
    order_id = fulfillment.known_id("order_id")
    key = f"shopify/fulfillment/{fulfillment.known_id('id')}"
    properties = _properties(fulfillment, order_id)
    status = fulfillment.text("status")
    created_at, updated_at = fulfillment.moment("created_at"), fulfillment.moment("updated_at")
    changed_at = envelope.at(updated_at, created_at)
    shipped_at = envelope.at(created_at, updated_at) if envelope.topic == "fulfillments/create" else changed_at
    tracked = properties["tracking_number"] is not None or properties["tracking_url"] is not None
    events = []
    if status == "success" or (tracked and status not in _CAME_TO_NOTHING):
        events.append(Happened("Order Shipped", shipped_at, properties, once=f"{key}/shipped"))
    if fulfillment.text("shipment_status") == "delivered":
        events.append(Happened("Order Delivered", changed_at, dict(properties), once=f"{key}/delivered"))
    return envelope.arrival(events=tuple(events), about_order=order_id)


def _properties(fulfillment: Part, order_id: str) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "fulfillment_id": fulfillment.known_id("id"),
        "tracking_company": fulfillment.text("tracking_company"),
        "tracking_number": fulfillment.text("tracking_number"),
        "tracking_url": fulfillment.text("tracking_url"),
    }
