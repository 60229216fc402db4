"""What did a batch's plain events tell? `track` calls of the shape that libraries give them, which nearly all are.

They are read in a third of the time, and to the same. Whatever is not of that shape, good or bad, is for the reader
that can say what is wrong (`regulars.intake.segment`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from regulars.intake import traits
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.ecommerce import LONGEST_NAME, NAMED
from regulars.intake.shopify_part import LONGEST_ID

MESSAGE_ID_BELOW = 100  # characters
_made = tuple.__new__  # a NamedTuple's own takes twice the time
_NOTHING: dict[str, Any] = {}


class Batch(NamedTuple):
    """What a batch's events share. `sent_at` by the sender's clock, `received_at` by ours."""

    source: str
    context: dict[str, Any]
    sent_at: datetime
    received_at: datetime


def plain(event: Any, batch: Batch) -> Arrival | None:
    """The arrival of an event that tells no more than that something happened to somebody; None for any other."""
    source, context, sent_at, received_at = batch
    try:
        name, key, properties = event["event"].strip(), event["messageId"].strip(), event["properties"]
        if (said := event.get("originalTimestamp")) is None:
            said = event["timestamp"]
        said_at = datetime.fromisoformat(said)
        user, anonymous = _id(event.get("userId")), _id(event.get("anonymousId"))
        if (
            event["type"] != "track"
            or type(properties) is not dict
            or name in NAMED
            or not 0 < len(name) <= LONGEST_NAME
            or not 0 < len(key) < MESSAGE_ID_BELOW
            or said_at.tzinfo is not UTC
        ):
            return None
        at = min(received_at - (sent_at - said_at), received_at)
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
        return None  # something is missing, of another kind, or out of bounds
    if type(own := event.get("context")) is dict and own:
        context = own
    known = context.get("traits")
    who = traits.person(user, anonymous, known if type(known) is dict else _NOTHING, context, at)
    if who is None:
        return None
    happened = _made(Happened, (name, at, properties, None))
    return _made(Arrival, (source, key, "track", who, (happened,), (), None, None, None))


def _id(value: Any) -> str | None:
    if value is None:
        return None
    text: str = value.strip()
    if not 0 < len(text) <= LONGEST_ID:
        raise ValueError
    return text
