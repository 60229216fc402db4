"""What does a Shopify order topic tell us? orders/create, orders/paid, orders/cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from regulars.customers.person import ConsentFact, Person
from regulars.intake.arrival import Arrival, Happened, OrderFacts
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_items import item_properties, order_lines
from regulars.intake.shopify_part import Part
from regulars.intake.shopify_people import buyer, consents, ticked_box

Status = Literal["placed", "paid", "cancelled"]
_WAS_PAID = frozenset({"paid", "partially_refunded", "refunded"})


@dataclass(frozen=True, slots=True)
class _Told:
    """What every order topic tells alike."""

    facts: OrderFacts
    properties: dict[str, Any]
    person: Person | None
    consents: tuple[ConsentFact, ...]


def created(order: Part, envelope: Envelope) -> Arrival:
    told = _told(order, envelope, "placed")
    return _arrival(told, envelope, _completed(told))


def paid(order: Part, envelope: Envelope) -> Arrival:
    """Also tells that the order was completed, under the key orders/create uses: either may come first, or alone."""
    told = _told(order, envelope, "paid")
    paid_at = told.facts.updated_at  # the body has no time of payment, and paying is what updated it
    return _arrival(told, envelope, _completed(told), _event(told, "Order Paid", "paid", paid_at))


def cancelled(order: Part, envelope: Envelope) -> Arrival:
    told = _told(order, envelope, "cancelled")
    at = envelope.at(order.moment("cancelled_at"), told.facts.updated_at)
    reason = {"cancel_reason": order.text("cancel_reason")}
    return _arrival(told, envelope, _event(told, "Order Cancelled", "cancelled", at, reason))


def _told(order: Part, envelope: Envelope, topic_status: Status) -> _Told:
    placed_at = envelope.at(order.moment("processed_at"), order.moment("created_at"))
    updated_at = envelope.at(order.moment("updated_at"), placed_at)
    facts = _facts(order, placed_at, updated_at, _status(order, topic_status))
    person = buyer(order, updated_at)
    stated = consents(order.part("customer"), person, "shopify customer", envelope)
    return _Told(facts, _properties(order, facts), person, stated + ticked_box(order, person, placed_at))


def _facts(order: Part, placed_at: datetime, updated_at: datetime, status: Status) -> OrderFacts:
    currency = order.currency()
    return OrderFacts(
        id=order.known_id("id"),
        currency=currency,
        total_minor=order.money("current_total_price", currency, "total_price"),
        placed_at=placed_at,
        updated_at=updated_at,
        status=status,
        test=order.flag("test"),
        checkout_id=order.id("checkout_id"),
        lines=order_lines(order, currency),
    )


def _status(order: Part, topic_status: Status) -> Status:
    if topic_status == "cancelled" or order.moment("cancelled_at"):
        return "cancelled"
    if topic_status == "paid" or order.text("financial_status") in _WAS_PAID:
        return "paid"
    return "placed"


def _properties(order: Part, facts: OrderFacts) -> dict[str, Any]:
    return {
        "order_id": facts.id,
        "order_number": order.id("order_number"),
        "checkout_id": facts.checkout_id,
        "checkout_token": order.id("checkout_token"),
        "cart_token": order.id("cart_token"),
        "total_minor": facts.total_minor,
        "currency": facts.currency,
        "discount_codes": [code for part in order.parts("discount_codes") if (code := part.text("code"))],
        **item_properties(order, facts.lines),
    }


def _completed(told: _Told) -> Happened:
    return _event(told, "Order Completed", "completed", told.facts.placed_at)


def _event(told: _Told, name: str, key: str, at: datetime, more: dict[str, Any] | None = None) -> Happened:
    return Happened(name, at, {**told.properties, **(more or {})}, once=f"shopify/order/{told.facts.id}/{key}")


def _arrival(told: _Told, envelope: Envelope, *events: Happened) -> Arrival:
    """A test order is kept as such, but nothing happened to anybody."""
    return envelope.arrival(
        person=told.person,
        events=() if told.facts.test else events,
        consents=told.consents,
        order=told.facts,
        about_order=told.facts.id,
    )
