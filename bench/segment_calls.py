"""Which calls does the bench make of Segment's API? Batches of a hundred events, as the Python library sends them.

Browsing of 5,000 customers, known by the ids of the shop: of a hundred events 93 are looked at and clicked on, 4 are
carts, 1 is an `identify`, 1 a checkout that abandoned_cart takes in, and 1 an order.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

PATH = "/v1/batch"
WRITE_KEY = "wk"
EVENTS = 100
CUSTOMERS = 5_000
MOST_PER_SECOND = 600  # batches made beforehand for each second of load
WELL = b'{"success":true}'

_LOOKED_AT = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "TEA-1",
    "category": "Green tea",
    "name": "Sencha, first flush",
    "brand": "Mori",
    "price": 19.9,
    "quantity": 1,
    "url": "https://shop.example/tea/sencha",
    "image_url": "https://shop.example/tea/sencha.jpg",
}
_NAMES = ("Product Viewed", "Product Clicked", "Product List Viewed", "Product Added to Wishlist")


def requests(path: str, seed: int, count: int) -> Iterator[bytes]:
    """`count` calls, each event with an id and a customer of its own drawing."""
    drawn, begun = random.Random(seed), datetime.now(UTC) - timedelta(minutes=1)
    key = b64encode(f"{WRITE_KEY}:".encode()).decode()
    for number in range(seed, seed + count):
        events = [_event(f"{number}-{place}", place, drawn.randrange(CUSTOMERS), begun) for place in range(EVENTS)]
        raw = json.dumps({"batch": events, "sentAt": begun.isoformat(), "writeKey": WRITE_KEY}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n"
            f"User-Agent: analytics-python/2.4.0\r\nAccept: */*\r\nAuthorization: Basic {key}\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        yield head.encode() + raw


def _event(identifier: str, place: int, customer: int, at: datetime) -> dict[str, Any]:
    told = {
        "integrations": {},
        "anonymousId": None,
        "timestamp": at.isoformat(),
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": f"u{customer}",
        "messageId": f"d320eadf-4646-4dfb-87a6-{identifier}",
    }
    if place == 0:
        return told | {"type": "identify", "traits": {"email": f"u{customer}@example.com", "firstName": "Mei"}}
    if place == 1:
        bought = {"order_id": identifier, "total": 59.8, "currency": "USD", "products": [_LOOKED_AT]}
        return told | {"type": "track", "event": "Order Completed", "properties": bought}
    if place == 2:
        begun = {"checkout_id": identifier, "total": 19.9, "currency": "USD", "products": [_LOOKED_AT]}
        return told | {"type": "track", "event": "Checkout Started", "properties": begun}
    name = "Product Added" if place < 7 else _NAMES[place % len(_NAMES)]
    return told | {"type": "track", "event": name, "properties": _LOOKED_AT}
