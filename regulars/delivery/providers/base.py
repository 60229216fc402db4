"""What must a vendor's file offer? The one interface behind which each provider is one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from regulars.journeys.model import Channel


@dataclass(frozen=True, slots=True)
class Content:
    """A text that the vendor has, approved beforehand, and the values that fill it, by the name of the variable."""

    sid: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered message to one recipient. `message_id` is ours and opaque: the only thing vendors may echo back.

    `callback_url`: where the vendor reports, already naming the message. `tags`: opaque, no personal data. `content`:
    what goes instead of `text`, which then says to us alone what the customer reads.
    """

    message_id: str
    channel: Channel
    to: str
    sender: str
    text: str
    html: str | None = None
    subject: str | None = None
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    callback_url: str | None = None
    tags: tuple[str, ...] = ()
    valid_seconds: int | None = None
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class WireRequest:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class WireResponse:
    """An answer. The names of `headers` come in any case; `body` may be cut short, for the status is what answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WireFailure:
    """No answer. `sent_nothing`: it is certain that no byte of the request reached the vendor (refused, DNS, connect
    timeout, TLS before the body); else the vendor may have it."""

    sent_nothing: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Accepted:
    vendor_id: str | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """For good. `scope`: whose fault it is. `suppress`: the address must not be written to again on this channel."""

    code: str
    reason: str
    scope: Literal["recipient", "message", "config"]
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """Provably not taken: may be tried again, not before `retry_after` (real seconds) where the vendor said so.

    `config`: the account, its key or its address is wrong, so every other message will fare alike: the line stops.
    """

    code: str
    reason: str
    retry_after: float | None = None
    config: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The vendor may have it or not."""

    code: str
    reason: str


Verdict = Accepted | Rejected | Unprocessed | Ambiguous


@dataclass(frozen=True, slots=True)
class Sought:
    """A message whose fate is unknown, to be looked up. Instants are real time."""

    message_id: str
    to: str
    sender: str
    text: str
    dispatched_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up proved. `absent` is said only where the vendor's records show that it was never taken."""

    state: Literal["accepted", "absent", "unsure"]
    vendor_id: str | None = None


class Transport(Protocol):
    """Carries one request over pooled connections; never retries, never follows redirects, never raises for the
    network's sake."""

    async def carry(self, request: WireRequest) -> WireResponse | WireFailure: ...


class Provider(Protocol):
    """One vendor on one channel. `build` and `classify` are pure and go through the vendor's own package."""

    name: str
    channel: Channel

    def build(self, outgoing: Outgoing) -> WireRequest: ...

    def classify(self, outcome: WireResponse | WireFailure) -> Verdict: ...

    async def look_up(self, sought: Sought, transport: Transport) -> Found: ...
