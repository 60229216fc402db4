"""Which calls does the bench make of Shopify's webhook? Signed orders, each of a new customer with consent."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hmac import digest
from typing import Any

SECRET = "hush"
MOST_PER_SECOND = 6_000  # orders made beforehand for each second of load


def requests(path: str, seed: int, count: int) -> Iterator[bytes]:
    """`count` calls, the first of customer `seed`."""
    begun = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(seed, seed + count):
        raw = json.dumps(order(number, begun), separators=(",", ":")).encode()
        signature = b64encode(digest(SECRET.encode(), raw, "sha256")).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n"
            f"User-Agent: Shopify-Captain-Hook\r\nAccept: */*\r\nContent-Length: {len(raw)}\r\n"
            f"X-Shopify-Topic: orders/create\r\nX-Shopify-Shop-Domain: example.myshopify.com\r\n"
            f"X-Shopify-API-Version: 2026-07\r\nX-Shopify-Webhook-Id: w{number}\r\nX-Shopify-Event-Id: e{number}\r\n"
            f"X-Shopify-Hmac-Sha256: {signature}\r\n\r\n"
        )
        yield head.encode() + raw


def order(number: int, at: datetime) -> dict[str, Any]:
    """A new customer's first order, with consent to mails, of the size and shape that Shopify sends."""
    when, email = at.isoformat(), f"customer{number}@example.com"
    consent = {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": when}
    address = {
        "country_code": "US",
        "province_code": "NY",
        "city": "New York",
        "zip": "10013",
        "address1": "18 Main St",
    }
    return {
        "id": 5_000_000_000_000 + number,
        "name": f"#{number}",
        "order_number": number,
        "email": email,
        "created_at": when,
        "updated_at": when,
        "processed_at": when,
        "currency": "USD",
        "total_price": "59.80",
        "current_total_price": "59.80",
        "subtotal_price": "54.80",
        "total_tax": "5.00",
        "financial_status": "paid",
        "fulfillment_status": None,
        "checkout_id": 30_000_000_000 + number,
        "checkout_token": f"token{number}",
        "cart_token": f"cart{number}",
        "test": False,
        "buyer_accepts_marketing": True,
        "customer_locale": "en-US",
        "discount_codes": [],
        "line_items": [
            _line(number, 0, "Sencha, first flush", "34.90"),
            _line(number, 1, "Hojicha, roasted over charcoal", "19.90"),
        ],
        "shipping_address": {**address, "first_name": "Mei", "last_name": "Lin", "country": "United States"},
        "billing_address": {**address, "first_name": "Mei", "last_name": "Lin", "country": "United States"},
        "customer": {
            "id": 7_000_000_000_000 + number,
            "email": email,
            "phone": None,
            "first_name": "Mei",
            "last_name": "Lin",
            "tags": "",
            "email_marketing_consent": consent,
            "sms_marketing_consent": None,
        },
    }


def _line(number: int, position: int, title: str, price: str) -> dict[str, Any]:
    return {
        "id": 9_000_000_000_000 + 10 * number + position,
        "product_id": 8_000_000_000 + position,
        "variant_id": 8_100_000_000 + position,
        "sku": f"TEA-{position}",
        "title": title,
        "quantity": 1,
        "price": price,
        "requires_shipping": True,
        "taxable": True,
        "tax_lines": [{"title": "State Tax", "price": "2.50", "rate": 0.08}],
    }
