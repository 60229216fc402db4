"""What did a vendor report? Callbacks in our own words, whichever vendor sent them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from regulars.journeys.model import Channel

ReceiptKind = Literal[
    "accepted",  # the vendor has it: settles a message whose fate was unknown
    "deferred",
    "delivered",
    "opened",
    "clicked",
    "bounced",  # for good: the address is suppressed
    "blocked",  # this time only
    "complained",
    "unsubscribed",
    "failed",
    "replied",  # an inbound text that is no opt-out
    "stopped",  # STOP, in whatever words
    "restarted",  # START
    "other",  # what we know no word for: `code` is the vendor's
]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One report. `key`: dedupes it. `message_id`: ours, as echoed; None for inbound texts. `real_at`: the vendor's own
    time, real. `machine`: an open by a machine, which never counts as a person's. `address`: whose, where told."""

    source: str
    key: str
    kind: ReceiptKind
    channel: Channel
    real_at: datetime | None
    message_id: str | None = None
    vendor_id: str | None = None
    address: str | None = None
    url: str | None = None
    code: str | None = None
    reason: str | None = None
    text: str | None = None
    machine: bool = False
