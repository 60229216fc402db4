"""What is posted, and how does the receiver know that it is ours? JSON, signed by Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

TYPE = "journey.step"


class Signer:
    """Signs with every secret ("whsec_" and base64), the newest first: a receiver that knows one of them is content.

    Raises ValueError for what is no secret.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        try:
            self._webhooks = tuple(Webhook(secret) for secret in secrets)
        except (ValueError, EmptyWebhookSecretError):
            raise ValueError("expected 'whsec_' and base64, as `openssl rand -base64 32` makes it") from None

    @property
    def can_sign(self) -> bool:
        """Is there a secret at all?"""
        return bool(self._webhooks)

    def headers(self, call_id: str, body: bytes, now: datetime) -> dict[str, str]:
        """The headers of one attempt at `now`, real time: the receiver refuses what is older than a few minutes."""
        text = body.decode()
        return {
            "content-type": "application/json",
            "webhook-id": call_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(one.sign(call_id, now, text) for one in self._webhooks),
        }


def envelope(at: datetime, data: dict[str, Any]) -> bytes:
    """The body: `{type, timestamp, data}`. `at`: shop time. What JSON has no word for is told as text."""
    told = {"type": TYPE, "timestamp": at, "data": data}
    return to_json(told, inf_nan_mode="null", fallback=str)
