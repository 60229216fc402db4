"""How do tests speak to the Segment endpoints? Calls as clients make them, in their exact shape."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

from web_shop import WRITE_KEY, Answer, Web

NOW = datetime.now(UTC)


def basic(key: str = WRITE_KEY, password: str = "") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()}


def send(web: Web, call: str, body: Any, *, packed: bool = False, headers: dict[str, str] | None = None) -> Answer:
    """Post a call; with the write key unless other headers are given."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", **(basic() if headers is None else headers)}
    if packed:
        raw, given = gzip.compress(raw), {**given, "content-encoding": "gzip"}
    return web.call("POST", f"/v1/{call}", raw, given)


def track(number: int, event: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """As the Python library sends it, nulls and all."""
    return {
        "integrations": {},
        "anonymousId": None,
        "properties": properties or {},
        "timestamp": NOW.isoformat(),
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": "u1",
        "type": "track",
        "event": event,
        "messageId": f"m{number}",
        **more,
    }


def identify(number: int, traits: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = track(number, "", **{"type": "identify", "traits": traits, **more})
    return {name: value for name, value in found.items() if name not in ("event", "properties")}


def batch(*events: Any) -> dict[str, Any]:
    return {"batch": list(events), "sentAt": datetime.now(UTC).isoformat(), "writeKey": WRITE_KEY}


MEI = {"email": "Mei@Example.com", "phone": 4155550123, "firstName": "Mei", "address": {"country": "US"}}
BOUGHT = {
    "order_id": "o1",
    "revenue": 59.699999999999996,
    "currency": "usd",
    "coupon": "SPRING",
    "products": [
        {"product_id": 5, "sku": "S", "name": "Sencha", "price": 19.9, "quantity": 3, "image_url": "https://i"}
    ],
}
