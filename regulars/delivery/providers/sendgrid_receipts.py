"""What did SendGrid report? Its signed Event Webhook, verified on the raw bytes and put in our own words.

Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from __future__ import annotations

import binascii
import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from regulars.delivery.providers.answers import header, impersonal
from regulars.delivery.receipt import Receipt, ReceiptKind

MESSAGE_ID = "regulars_message_id"  # custom args share the event's top level: a name that no field of the vendor has
_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
_ID_LENGTH = 100
_URL_LENGTH = 4096
_MILLISECONDS_FROM = 100_000_000_000  # as seconds, the year 5138

_KINDS: Mapping[str, ReceiptKind] = {
    "processed": "accepted",
    "deferred": "deferred",
    "delivered": "delivered",
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "dropped": "failed",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
    "group_resubscribe": "restarted",
}
_DROPPED_FOR: Mapping[str, ReceiptKind] = {
    "bounced address": "bounced",
    "invalid": "bounced",
    "unsubscribed address": "unsubscribed",
    "spam reporting address": "complained",
}


def verify(public_keys: Sequence[str], headers: Mapping[str, str], raw: bytes) -> bool:
    """Whether one of `public_keys` (base64 of DER, as SendGrid shows them) signed `raw` with its timestamp header.

    ECDSA on P-256 with SHA-256 over timestamp + body, to the last byte: the body ends in CRLF. Whatever is malformed is
    False. No freshness is asked for: retries come for 24 hours, and receipts are deduplicated.
    """
    signature, timestamp = header(headers, _SIGNATURE), header(headers, _TIMESTAMP)
    if not signature or not timestamp:
        return False
    try:
        signed, given = timestamp.encode("ascii") + raw, b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    return any(_signed_by(key, given, signed) for key in public_keys)


def _signed_by(public_key: str, signature: bytes, signed: bytes) -> bool:
    try:
        key = _loaded(public_key)
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=32)
def _loaded(public_key: str) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(b64decode(public_key, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def read(raw: bytes) -> list[Receipt]:
    """The receipts of one delivery, in its order. What is no event is left out.

    Raises ValueError where `raw` is not a JSON list.
    """
    try:
        events = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError("SendGrid's events: expected a JSON list, found what is no JSON") from error
    if not isinstance(events, list):
        raise ValueError(f"SendGrid's events: expected a JSON list, found {type(events).__name__}")
    return [receipt for event in events if isinstance(event, dict) and (receipt := _receipt(event)) is not None]


def vendor_id(sg_message_id: str) -> str:
    """The `X-Message-Id` of the answer to the request, which begins an event's `sg_message_id`."""
    return re.split(r"\.(?:filter|recv)", sg_message_id, maxsplit=1)[0]


def _receipt(event: Mapping[str, Any]) -> Receipt | None:
    kind = _kind(event)
    if kind is None:
        return None
    reason = _text(event, "reason") or _text(event, "response")
    sg_message_id = _text(event, "sg_message_id", 255)
    return Receipt(
        source="sendgrid",
        key=_text(event, "sg_event_id", _ID_LENGTH) or _fingerprint(event),
        kind=kind,
        channel="email",
        real_at=_instant(event.get("timestamp")),
        message_id=_text(event, MESSAGE_ID, _ID_LENGTH),
        vendor_id=vendor_id(sg_message_id) if sg_message_id else None,
        address=_text(event, "email", 320),
        url=_text(event, "url", _URL_LENGTH) if kind == "clicked" else None,
        code=_text(event, "event" if kind == "other" else "status", _ID_LENGTH),
        reason=impersonal(reason) if reason else None,
        machine=kind == "opened" and event.get("sg_machine_open") in (True, "true"),
    )


def _kind(event: Mapping[str, Any]) -> ReceiptKind | None:
    name = (_text(event, "event") or "").lower()
    if name == "dropped":
        return _DROPPED_FOR.get((_text(event, "reason") or "").lower(), "failed")
    if name == "bounce" and event.get("type") == "blocked":
        return "blocked"
    return _KINDS.get(name, "other") if name else None


def _text(event: Mapping[str, Any], field: str, length: int = 1000) -> str | None:
    """A text that any database stores: no NUL, no lone surrogate, bounded; None where it is no text or empty."""
    value = event.get(field)
    if not isinstance(value, str):
        return None
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:length] or None


def _instant(timestamp: object) -> datetime | None:
    """Unix seconds, as a number or its text; or milliseconds, as some of the vendor's own samples have them."""
    if isinstance(timestamp, str) and re.fullmatch(r"[0-9]{1,15}", timestamp):
        timestamp = int(timestamp)
    if not isinstance(timestamp, int) or isinstance(timestamp, bool) or not 0 < timestamp < 10**15:
        return None
    seconds = timestamp / 1000 if timestamp >= _MILLISECONDS_FROM else timestamp
    return datetime.fromtimestamp(seconds, UTC)


def _fingerprint(event: Mapping[str, Any]) -> str:
    """The key of an event without id: the same event told twice has the same."""
    return "sha256:" + hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
