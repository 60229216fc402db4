"""How is the sandbox set up? One frozen value, whose every field is also a flag and an environment variable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from regulars.clock import Clock, identity

SENDGRID_API_KEY = "SG.sandbox"
TWILIO_ACCOUNT_SID = "AC" + "5a" * 16
TWILIO_AUTH_TOKEN = "sandbox-auth-token"  # noqa: S105 - opens nothing but this machine's sandbox


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """What the stand-in vendors know and how they behave. All spans are real seconds; shares are of all messages.

    `data`: folder of the vendor's store and signing key; made where missing. `event_webhook_url`: where mail events go;
    `inbound_webhook_url`: where replies to texts go; without them nothing is told, but everything still happens.
    `twilio_senders`: the numbers that the account owns; empty means that it owns every sender.
    `open_share` includes those who click. `machine_open_share`: opens by a machine, drawn apart from people's.
    `delivery_seconds`: from acceptance to delivered. `reaction_seconds`: about as long again to the open, and from it
    to the click. `seed`: another seed draws other people. `retry_seconds`: the first interval after a callback was not
    answered with 2xx; it doubles up to `retry_cap_seconds`, and ends after `retry_limit` tries.
    `allow_remote`: also answer clients that are not on this machine. `clock_origin` (ISO 8601, with an offset) and
    `clock_pace`: the inbox shows the time of a shop whose days go by that much faster from then on; real time without.
    """

    data: Path
    sendgrid_api_key: str = field(default=SENDGRID_API_KEY, repr=False)
    twilio_account_sid: str = TWILIO_ACCOUNT_SID
    twilio_auth_token: str = field(default=TWILIO_AUTH_TOKEN, repr=False)
    twilio_senders: tuple[str, ...] = ()
    event_webhook_url: str | None = None
    inbound_webhook_url: str | None = None
    open_share: float = 0.6
    machine_open_share: float = 0.1
    click_share: float = 0.15
    seed: str = ""
    delivery_seconds: float = 0.5
    reaction_seconds: float = 5.0
    retry_seconds: float = 1.0
    retry_cap_seconds: float = 60.0
    retry_limit: int = 40
    callback_timeout_seconds: float = 10.0
    allow_remote: bool = False
    clock_origin: str = ""
    clock_pace: float = 1.0

    @property
    def clock(self) -> Clock:
        """What time the inbox shows. The vendor itself keeps real time."""
        return Clock(datetime.fromisoformat(self.clock_origin), self.clock_pace) if self.clock_origin else identity()

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name.endswith("_share") and not 0 <= value <= 1:
                raise ValueError(f"sandbox setting {each.name}: a share from 0 to 1 was expected, not {value}")
            if each.name.endswith("_seconds") and not value >= 0:
                raise ValueError(f"sandbox setting {each.name}: seconds from 0 up were expected, not {value}")
            if each.name.endswith("_url") and value is not None and not is_http_url(value):
                raise ValueError(f"sandbox setting {each.name}: an http or https URL was expected, not {value!r}")
        try:
            self.clock  # noqa: B018 -- says what is wrong with it
        except ValueError as error:
            raise ValueError(f"sandbox settings clock_origin and clock_pace: {error}") from None
        if self.retry_limit < 1:
            raise ValueError(f"sandbox setting retry_limit: at least 1 was expected, not {self.retry_limit}")
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", self.twilio_account_sid):
            raise ValueError(
                "sandbox setting twilio_account_sid: AC and 32 hexadecimal digits were expected,"
                f" not {self.twilio_account_sid!r}"
            )


def is_http_url(value: str) -> bool:
    """Whether `value` is an absolute http or https URL with a host and a sane port."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
