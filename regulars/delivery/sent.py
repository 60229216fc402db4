"""What is told of a message that the vendor took, and who is told? The way in, which writes an event, is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from regulars.journeys.model import Channel


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours that the vendor has, since the shop's instant `at`."""

    message_id: str
    customer: str
    channel: Channel
    journey: str
    step: str
    template: str
    at: datetime


Tell = Callable[[Sequence[Sent]], None]


class Teller(Protocol):
    def hold(self, connection: Connection, going: Sequence[tuple[Channel, str]], now: datetime) -> Tell:
        """Lock those who may be told of, by channel and customer, before messages are: all lock in one order."""


class Nobody:
    """Tells nobody: for a ledger that stands alone."""

    def hold(self, connection: Connection, going: Sequence[tuple[Channel, str]], now: datetime) -> Tell:
        return lambda told: None
