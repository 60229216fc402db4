"""What did the shop's own code tell us? One event, signed by Standard Webhooks, as an Arrival.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from regulars.customers.person import Person
from regulars.intake import traits
from regulars.intake.arrival import Arrival
from regulars.intake.ecommerce import Told, meaning
from regulars.intake.shopify_part import Part

SOURCE = "webhook"
_LONGEST_ID = 255


def verify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Was `raw` signed with one of `secrets` ("whsec_..." or base64), within five minutes of now? Never raises.

    `headers`: webhook-id, webhook-timestamp (seconds since 1970, real time), webhook-signature ("v1,..." one or more).
    """
    return any(_verified(raw, dict(headers), secret) for secret in secrets)


def read(webhook_id: str, body: Any, received_at: datetime) -> Arrival:
    """The Arrival of `{event | type, timestamp, customer | user, properties | data}`, received at shop time.

    `customer` has an `id` of the shop's, or any of `email`, `phone` and `anonymous_id`, and traits as Segment's; an
    event of the shop's own has none. Raises ValueError, which names the field.
    """
    if not isinstance(body, dict):
        raise ValueError("body: expected an object")
    if len(webhook_id) > _LONGEST_ID:
        raise ValueError(f"webhook-id: expected at most {_LONGEST_ID} characters, found {len(webhook_id)}")
    told = Part(body)
    name = told.text("event") or told.text("type")
    if name is None:
        raise ValueError("event: expected the name of what happened, found nothing")
    at = min(told.moment("timestamp") or received_at, received_at)
    said = _first(told, "customer", "user")
    who = _person(said, at)
    meant = meaning(Told(SOURCE, name, webhook_id, at, _first(told, "properties", "data"), who))
    agreed = traits.consents(said, who, at, "webhook traits")
    return Arrival(
        SOURCE,
        webhook_id,
        name,
        who,
        meant.events,
        agreed + meant.consents,
        meant.order,
        meant.refund,
        meant.about_order,
    )


def _person(said: Part, at: datetime) -> Person | None:
    """Somebody who is spoken of and cannot be told from others is a mistake: nobody would hear of it."""
    who = traits.person(said.id("id"), said.id("anonymous_id"), said.data, said.data, at)
    if who is None and said.data:
        raise ValueError(f"{said.place}id: expected an id, an email or a phone that can be read, found none")
    return who


def _first(told: Part, *names: str) -> Part:
    return next((told.part(name) for name in names if told.data.get(name) is not None), Part({}, f"{names[0]}."))


def _verified(raw: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        Webhook(secret).verify(raw, headers, json_parse=False)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):  # also a header without a comma
        return False
    return True
