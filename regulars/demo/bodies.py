"""What does Shopify post? The bodies of its webhooks, in its shapes, about invented customers.

Shapes: https://shopify.dev/docs/api/webhooks. Money is a decimal string; every instant carries an offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.demo.people import Shopper
from regulars.demo.wares import Cart, Ware, total

Body = dict[str, Any]
_ADDRESS = "https://mori.example"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A cart on its way to the till. `shopper` is None while nobody has said who they are."""

    id: int
    cart: Cart
    begun_at: datetime

    @property
    def token(self) -> str:
        return f"{self.id:x}"


@dataclass(frozen=True, slots=True)
class Order:
    """An order. `checkout`: the one it came from."""

    id: int
    number: int
    cart: Cart
    placed_at: datetime
    checkout: Checkout


def customer(of: Shopper, at: datetime, said_at: datetime) -> Body:
    """A customer as of `at`, whose consents were given at `said_at`."""
    texts = "subscribed" if of.agrees_texts else "not_subscribed"
    return {
        "id": of.id,
        "email": of.email,
        "phone": of.phone,
        "first_name": of.first_name,
        "last_name": of.last_name,
        "locale": of.locale,
        "created_at": said_at.isoformat(),
        "updated_at": at.isoformat(),
        "verified_email": True,
        "email_marketing_consent": _consent("subscribed" if of.agrees else "not_subscribed", said_at),
        "sms_marketing_consent": _consent(texts, said_at) if of.phone else None,
        "default_address": address(of),
    }


def email_consent(of: Shopper, at: datetime, state: str) -> Body:
    return {"customer_id": of.id, "email_address": of.email, "email_marketing_consent": _consent(state, at)}


def sms_consent(of: Shopper, at: datetime, state: str) -> Body:
    return {"id": of.id, "phone": of.phone, "sms_marketing_consent": _consent(state, at)}


def _consent(state: str, at: datetime) -> Body:
    return {"state": state, "opt_in_level": "single_opt_in", "consent_updated_at": at.isoformat()}


def address(of: Shopper) -> Body:
    return {
        "first_name": of.first_name,
        "last_name": of.last_name,
        "city": of.place.city,
        "zip": of.place.zip,
        "country_code": of.place.country,
        "province_code": of.place.province,
    }


def checkout(
    it: Checkout, shopper: Shopper, at: datetime, *, named: bool, completed: bool = False, known_since: datetime | None
) -> Body:
    """`named`: the visitor has given the e-mail. `known_since`: when they became a customer, if they have."""
    return {
        "id": it.id,
        "token": it.token,
        "cart_token": f"c{it.token}",
        "email": shopper.email if named else None,
        "phone": shopper.phone if named else None,
        "currency": shopper.currency,
        "total_price": _money(total(it.cart, shopper)),
        "subtotal_price": _money(total(it.cart, shopper)),
        "created_at": it.begun_at.isoformat(),
        "updated_at": at.isoformat(),
        "completed_at": at.isoformat() if completed else None,
        "abandoned_checkout_url": f"{_ADDRESS}/checkouts/{it.token}/recover",
        "customer_locale": shopper.locale,
        "line_items": _lines(it.cart, shopper),
        "shipping_address": address(shopper) if named else None,
        "billing_address": None,
        "customer": customer(shopper, at, known_since) if named and known_since else None,
    }


def order(it: Order, shopper: Shopper, at: datetime, known_since: datetime, **changes: Any) -> Body:
    """An order as of `at`."""
    body = {
        "id": it.id,
        "name": f"#{it.number}",
        "order_number": it.number,
        "email": shopper.email,
        "contact_email": shopper.email,
        "phone": shopper.phone,
        "currency": shopper.currency,
        "total_price": _money(total(it.cart, shopper)),
        "current_total_price": _money(total(it.cart, shopper)),
        "financial_status": "pending",
        "cancelled_at": None,
        "cancel_reason": None,
        "checkout_id": it.checkout.id,
        "checkout_token": it.checkout.token,
        "cart_token": f"c{it.checkout.token}",
        "created_at": it.placed_at.isoformat(),
        "processed_at": it.placed_at.isoformat(),
        "updated_at": at.isoformat(),
        "customer_locale": shopper.locale,
        "buyer_accepts_marketing": shopper.agrees,
        "test": False,
        "discount_codes": [],
        "line_items": _lines(it.cart, shopper),
        "billing_address": address(shopper),
        "shipping_address": address(shopper),
        "customer": customer(shopper, at, known_since),
    }
    return body | changes


def fulfillment(it: Order, shopper: Shopper, shipped_at: datetime, at: datetime, shipment: str | None) -> Body:
    return {
        "id": it.id + 700_000,
        "order_id": it.id,
        "status": "success",
        "created_at": shipped_at.isoformat(),
        "updated_at": at.isoformat(),
        "tracking_company": {"US": "USPS", "DE": "DHL", "CN": "SF Express"}[shopper.place.country],
        "tracking_number": f"MM{it.id % 1_000_000_000:09d}",
        "tracking_url": f"{_ADDRESS}/track/MM{it.id % 1_000_000_000:09d}",
        "shipment_status": shipment,
        "destination": address(shopper),
    }


def refund(it: Order, shopper: Shopper, at: datetime, minor: int) -> Body:
    """`minor`: how much is given back, in minor units."""
    move = {"id": it.id + 900_001, "kind": "refund", "status": "success", "test": False}
    return {
        "id": it.id + 900_000,
        "order_id": it.id,
        "created_at": at.isoformat(),
        "processed_at": at.isoformat(),
        "transactions": [move | {"amount": _money(minor), "currency": shopper.currency}],
    }


def traits(of: Shopper, at: datetime, more: Body) -> Body:
    """A call of Segment's identify. https://segment.com/docs/connections/spec/identify/"""
    return {"userId": str(of.id), "timestamp": at.isoformat(), "traits": {"email": of.email, **more}}


def review(it: Order, shopper: Shopper, at: datetime, rating: int) -> Body:
    """An event of the shop's own, of one customer, as /webhooks/events takes it."""
    ware = it.cart[0].ware
    said = {"order_id": str(it.id), "product_id": str(1_000 + ware.number), "rating": rating}
    return {
        "event": "Product Reviewed",
        "timestamp": at.isoformat(),
        "customer": {"email": shopper.email},
        "properties": said | {"review_id": f"r{it.number}"},
    }


def release(ware: Ware, description: str, at: datetime) -> Body:
    """An event of the shop's own, of no customer."""
    return {
        "event": "Product Released",
        "timestamp": at.isoformat(),
        "properties": {
            "product_id": str(1_000 + ware.number),
            "title": ware.titles[0],
            "url": f"{_ADDRESS}/products/{ware.sku.lower()}",
            "description": description,
            "price_minor": ware.minor,
            "currency": "USD",
        },
    }


def _lines(cart: Cart, shopper: Shopper) -> list[Body]:
    return [
        {
            "id": 90_000 + line.ware.number,
            "product_id": 1_000 + line.ware.number,
            "variant_id": 2_000 + line.ware.number,
            "sku": line.ware.sku,
            "title": line.ware.title(shopper.locale),
            "name": line.ware.title(shopper.locale),
            "quantity": line.quantity,
            "price": _money(line.ware.price(shopper.currency)),
            "image_url": None,
        }
        for line in cart
    ]


def _money(minor: int) -> str:
    """All of the shop's currencies have cents."""
    return f"{minor // 100}.{minor % 100:02d}"
