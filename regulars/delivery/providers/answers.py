"""What does an answer say before a vendor's own words are read? What HTTP and the wire mean, whoever answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from regulars.delivery.providers.base import Ambiguous, Unprocessed, WireFailure

LONGEST_RETRY_SECONDS = 86_400.0  # a vendor asking for more is misread or wrong
MOVED = frozenset({301, 302, 307, 308})  # "ask elsewhere": not acted upon (RFC 9110, 15.4)
_REASON_LENGTH = 500
_ADDRESS = re.compile(r"""[^\s<>"'(),;:=]+@[^\s<>"'(),;:=]+|\+\d[\d ().-]{5,}\d|\b\d{9,}\b""")


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header's value, its name in any case (RFC 9110, 5.1); None where it is not there."""
    if (value := headers.get(name)) is not None:
        return value
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Real seconds from `now` that `Retry-After` asks for (RFC 9110, 10.2.3: a number or a date); None where it is
    absent, unreadable or more than a day away."""
    value = (header(headers, "Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return until(float(value))
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return until(((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds())


def until(seconds: float) -> float | None:
    """`seconds`, 0 where they are over; None where they are more than a day."""
    return max(0.0, seconds) if seconds <= LONGEST_RETRY_SECONDS else None


def unanswered(failure: WireFailure) -> Unprocessed | Ambiguous:
    """What it means that no answer came."""
    if failure.sent_nothing:
        return Unprocessed("unreachable", failure.detail)
    return Ambiguous("unanswered", failure.detail)


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; empty where there is none, or a part of one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def impersonal(reason: str) -> str:
    """A vendor's sentence without the e-mail addresses and telephone numbers in it, at most 500 characters."""
    return _ADDRESS.sub("[address]", reason)[:_REASON_LENGTH]
