"""What is wanted of delivery, and what comes of the gate? The values that travel between gate, ledger and courier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.customers.context import Surroundings
from regulars.delivery.providers.base import Outgoing
from regulars.journeys.model import Channel, House, Priority, Send
from regulars.journeys.play import Play

RANK: dict[Priority, int] = {"high": 0, "normal": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Want:
    """One visit of a message's step. `owner`: run/activity/attempt; `due`: when it was free to go; `now`: shop time."""

    enrollment: str
    journey: str
    version: str
    step: str
    key: str
    visit: int
    due: datetime
    owner: str
    now: datetime

    @property
    def send_key(self) -> str:
        """The one name of this message, whatever run or attempt asks for it."""
        return f"{self.enrollment}/{self.key}/{self.visit}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that may go, claimed by `want.owner`, with all that composing it needs."""

    want: Want
    message_id: str
    channel: Channel
    address: str
    attempts: int
    send: Send
    play: Play
    house: House
    place: Surroundings
    names: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fate:
    """A message of which an earlier attempt does not know what became. To be looked up before anything else."""

    want: Want
    message_id: str
    channel: Channel
    address: str
    sender: str
    body: str
    zone: str
    dispatched_at: datetime
    resolve_by: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A claim, rendered: what goes on the wire, and what the ledger keeps of it."""

    claim: Claim
    outgoing: Outgoing
    locale: str
    template_version: str
    segments: int | None
    links: tuple[tuple[str, str], ...] = ()
