"""Which Shopify delivery is this, and how do its parts become an Arrival?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.customers.person import ConsentFact, Person
from regulars.intake.arrival import Arrival, Happened, OrderFacts, RefundFacts
from regulars.intake.signatures import header

SOURCE = "shopify"
_LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery's envelope. `received_at`: shop time."""

    topic: str
    key: str
    received_at: datetime

    def at(self, *moments: datetime | None) -> datetime:
        """The first moment that is said, and never one after the delivery came: clocks of senders run ahead."""
        said = next((moment for moment in moments if moment is not None), self.received_at)
        return min(said, self.received_at)

    def arrival(
        self,
        *,
        person: Person | None = None,
        events: tuple[Happened, ...] = (),
        consents: tuple[ConsentFact, ...] = (),
        order: OrderFacts | None = None,
        refund: RefundFacts | None = None,
        about_order: str | None = None,
    ) -> Arrival:
        return Arrival(SOURCE, self.key, self.topic, person, events, consents, order, refund, about_order)


def delivery_key(topic: str, headers: Mapping[str, str], body: Any) -> str:
    """What makes a delivery the same as one before: the event's id and the topic, the webhook's id, or the body.

    One event is delivered once for each topic it concerns, all with the same Event-Id; hence the topic.
    Raises ValueError for an id of more than 255 characters.
    https://shopify.dev/docs/apps/build/webhooks/best-practices
    """
    for kind in ("Event-Id", "Webhook-Id"):
        if value := header(headers, f"X-Shopify-{kind}", f"Shopify-{kind}"):
            if len(value) > _LONGEST_ID:
                raise ValueError(f"X-Shopify-{kind}: expected at most {_LONGEST_ID} characters, found {len(value)}")
            return f"{kind.lower()}:{value}:{topic}"
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f"body:{hashlib.sha256(canonical.encode()).hexdigest()}:{topic}"
