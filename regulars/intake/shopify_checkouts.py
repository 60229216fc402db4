"""What does a Shopify checkout topic tell us? checkouts/create and checkouts/update."""

from __future__ import annotations

from typing import Any

from regulars.intake.arrival import Arrival, Happened
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_items import item_properties, order_lines
from regulars.intake.shopify_part import Part
from regulars.intake.shopify_people import buyer, consents


def changed(checkout: Part, envelope: Envelope) -> Arrival:
    """A checkout begun or gone on with; once completed it is an order, and no event. The e-mail tends to come late:
    null at checkouts/create, given in a later checkouts/update."""
    created_at = checkout.moment("created_at")
    updated_at = envelope.at(checkout.moment("updated_at"), created_at)
    person = buyer(checkout, updated_at)
    properties = _properties(checkout)
    completed = checkout.moment("completed_at") is not None
    return envelope.arrival(
        person=person,
        events=() if completed else (Happened("Checkout Started", updated_at, properties),),
        consents=consents(checkout.part("customer"), person, "shopify customer", envelope),
    )


def _properties(checkout: Part) -> dict[str, Any]:
    currency = checkout.currency()
    return {
        "checkout_id": checkout.known_id("id"),
        "checkout_token": checkout.id("token"),
        "cart_token": checkout.id("cart_token"),
        "total_minor": checkout.money("total_price", currency),
        "currency": currency,
        "recovery_url": checkout.text("abandoned_checkout_url"),
        **item_properties(checkout, order_lines(checkout, currency)),
    }
