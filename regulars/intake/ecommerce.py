"""What does an event mean to the books, by its name? Orders, refunds and consent out of Segment's ecommerce events.

Names and properties are those of https://segment.com/docs/connections/spec/ecommerce/v2/ and, where it has none, ours;
docs/events.md lists both. Segment writes money in major units: it is read into minor ones, and the properties that
conditions and templates name (`total_minor`, `items`, ...) stand beside what was sent.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from regulars.customers.person import ConsentFact, Person
from regulars.intake.arrival import Happened, OrderFacts, RefundFacts
from regulars.intake.basket import Basket
from regulars.intake.shopify_part import Part
from regulars.journeys.events import STANDARD
from regulars.journeys.model import CHANNELS, Channel

Status = Literal["placed", "paid", "cancelled"]
LONGEST_NAME = 255


class Meaning(NamedTuple):
    """What an Arrival tells besides who it is."""

    events: tuple[Happened, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    order: OrderFacts | None = None
    refund: RefundFacts | None = None
    about_order: str | None = None


class Told(NamedTuple):
    """An event as a sender told it. `key`: the sender's id of the telling. `person`: whom it concerns, if anybody."""

    source: str
    name: str
    key: str
    at: datetime
    properties: Part
    person: Person | None


def meaning(told: Told) -> Meaning:
    """What `told` means. Raises ValueError, which names the property, for what is not of the event's shape."""
    if len(told.name) > LONGEST_NAME:
        raise ValueError(f"event: expected at most {LONGEST_NAME} characters, found {len(told.name)}")
    read = _READERS.get(told.name)
    if read is not None:
        return read(told)
    kind = STANDARD.get(told.name)
    if kind is not None and kind.about is not None:
        raise ValueError(f"event: {told.name} is told of our own messages, by the vendor that carried them")
    if kind is not None and kind.written:
        raise ValueError(f"event: {told.name} is ours to tell, when it has come about")
    return Meaning((Happened(told.name, told.at, told.properties.data),))


def _checkout(told: Told) -> Meaning:
    basket = Basket.of(told.properties)
    checkout = _checkout_id(told.properties)
    if checkout is None:
        checkout = told.properties.known_id("checkout_id")  # says what was expected, and where
    more = {"checkout_id": checkout, "recovery_url": told.properties.text("recovery_url")}
    return Meaning((Happened(told.name, told.at, basket.properties | more),))


def _placed(told: Told) -> Meaning:
    return _order(told, "placed", once="completed")


def _updated(told: Told) -> Meaning:
    return _order(told, "placed", once=None)


def _paid(told: Told) -> Meaning:
    return _order(told, "paid", once="paid")


def _cancelled(told: Told) -> Meaning:
    reason = {"cancel_reason": told.properties.text("cancel_reason") or told.properties.text("reason")}
    return _order(told, "cancelled", once="cancelled", more=reason)


def _order(told: Told, status: Status, once: str | None, more: dict[str, Any] | None = None) -> Meaning:
    """An order without a total is counted, over nothing; which of several tellings stands, their times decide."""
    properties = told.properties
    order_id, basket = properties.known_id("order_id"), Basket.of(properties)
    facts = OrderFacts(
        id=order_id,
        currency=basket.currency,
        total_minor=basket.total_minor or 0,
        placed_at=told.at,
        updated_at=told.at,
        status=status,
        test=False,
        checkout_id=_checkout_id(properties),
        lines=basket.lines,
    )
    named = {
        "order_id": order_id,
        "order_number": properties.id("order_number"),
        "checkout_id": facts.checkout_id,
        "discount_codes": [coupon] if (coupon := properties.text("coupon")) else [],
    }
    key = f"{told.source}/order/{order_id}/{once}" if once else None
    event = Happened(told.name, told.at, basket.properties | named | (more or {}), once=key)
    return Meaning((event,), order=facts, about_order=order_id)


def _refunded(told: Told) -> Meaning:
    """What was given back has to be told: all of an order is not a sum that an order's other tellings would leave."""
    properties = told.properties
    order_id, refund_id = properties.known_id("order_id"), properties.id("refund_id") or told.key
    basket = Basket.of(properties)
    amount = basket.amount("amount_minor", "amount", "total", "revenue", "value") or basket.sum_of_lines
    if not amount:
        raise ValueError(f"{properties.place}total: expected the amount that was given back, above 0")
    refund = RefundFacts(f"{order_id}/{refund_id}", order_id, amount, basket.currency, told.at)
    named = {"order_id": order_id, "refund_id": refund_id, "amount_minor": amount, "currency": basket.currency}
    event = Happened(told.name, told.at, basket.properties | named, once=f"{told.source}/refund/{refund.id}")
    return Meaning((event,), refund=refund, about_order=order_id)


def _parcel(told: Told) -> Meaning:
    properties = told.properties
    order_id, parcel = properties.known_id("order_id"), properties.id("fulfillment_id")
    once = f"{told.source}/fulfillment/{order_id}/{parcel}/{told.name}" if parcel else None
    named = {"order_id": order_id, "fulfillment_id": parcel}
    named |= {name: properties.text(name) for name in ("tracking_company", "tracking_number", "tracking_url")}
    return Meaning((Happened(told.name, told.at, properties.data | named, once=once),), about_order=order_id)


def _agreed(told: Told) -> Meaning:
    """The word itself; that it changed something is an event which consent's own record makes."""
    said, person = told.properties.text("channel"), told.person
    channel: Channel | None = next((one for one in CHANNELS if one == said), None)
    if channel is None:
        near = difflib.get_close_matches((said or "")[:100].lower(), CHANNELS, n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise ValueError(f"{told.properties.place}channel: expected one of {', '.join(CHANNELS)}{hint}")
    if person is None:
        raise ValueError("consent: expected somebody who gives or withdraws it, found nobody")
    fact = ConsentFact(channel, told.name == "Consent Given", told.at, told.source, person.address(channel))
    return Meaning(consents=(fact,))


def _created(told: Told) -> Meaning:
    names = [f"{kind}/{value}" for kind, value in (told.person.identities if told.person else ())]
    once = f"{told.source}/customer/{names[0]}/created" if names else None
    return Meaning((Happened(told.name, told.at, told.properties.data, once=once),))


def _checkout_id(properties: Part) -> str | None:
    """Segment's checkouts carry a checkout_id in their steps, and an order_id or cart_id at their start."""
    return properties.id("checkout_id") or properties.id("cart_id") or properties.id("order_id")


_READERS: dict[str, Callable[[Told], Meaning]] = {
    "Checkout Started": _checkout,
    "Order Completed": _placed,
    "Order Updated": _updated,
    "Order Paid": _paid,
    "Order Cancelled": _cancelled,
    "Order Refunded": _refunded,
    "Order Shipped": _parcel,
    "Order Delivered": _parcel,
    "Consent Given": _agreed,
    "Consent Withdrawn": _agreed,
    "Customer Created": _created,
}
NAMED = frozenset({*_READERS, *(name for name, kind in STANDARD.items() if kind.about is not None or kind.written)})
"""Names that mean more than that it happened, or are not a sender's to tell."""
