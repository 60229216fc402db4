"""Which channels are there, and what is true of each? What differs between them stands here, once.

A channel is a row of this table, a provider's file (regulars.delivery.providers), and its line in the worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Channel = Literal["email", "sms", "whatsapp"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of one channel.

    `title`: its events are called after it. `told`: the last word of an event's name, by what a vendor tells
    (regulars.delivery.receipt.ReceiptKind). `form`: a mail has a subject and HTML; a text is words alone, kept as they
    were sent. `segmented`: it is paid for by the segment. `address`: the field of a customer that says where it goes.
    `ending`: of its templates' files. `head`: the words that may stand at a template's head. `window`: how long after a
    customer's last word to us we may answer in words of our own; None: always.
    """

    title: str
    form: Literal["mail", "text"]
    address: Literal["email", "phone"]
    ending: str
    told: Mapping[str, str]
    head: frozenset[str] = field(default=frozenset())
    segmented: bool = False
    window: timedelta | None = None

    def event(self, told: str) -> str | None:
        """The event that a vendor's report is; None for one that is no event."""
        word = self.told.get(told)
        return f"{self.title} {word}" if word else None

    @property
    def inbound(self) -> tuple[str, ...]:
        """The events that are a customer's own words to us."""
        return tuple(f"{self.title} {word}" for word in dict.fromkeys(self.told.get(kind) for kind in _SAID) if word)


_SAID = ("replied", "stopped", "restarted")
_TOLD = {"delivered": "Delivered", "clicked": "Clicked", "other": "Reported"}
_ANSWERED = {"replied": "Replied", "stopped": "Stopped"}
_MAIL = {"opened": "Opened", "bounced": "Bounced", "complained": "Complained", "unsubscribed": "Unsubscribed"}
_UNDELIVERED = {"failed": "Failed", "bounced": "Failed", "blocked": "Failed"}

TRAITS_OF: dict[Channel, Traits] = {
    "email": Traits("Email", "mail", "email", ".mjml", _TOLD | _MAIL, frozenset({"subject", "preview", "sender"})),
    "sms": Traits("SMS", "text", "phone", ".txt", _TOLD | _ANSWERED | _UNDELIVERED, segmented=True),
    "whatsapp": Traits(
        "WhatsApp",
        "text",
        "phone",
        ".txt",
        _TOLD | _ANSWERED | _UNDELIVERED | {"opened": "Read", "restarted": "Replied"},
        frozenset({"content_sid", "variables"}),
        window=timedelta(hours=24),
    ),
}


def is_channel(kind: str) -> TypeIs[Channel]:
    """Does a step of this kind send a message? It is called as its channel."""
    return kind in CHANNELS


def sender_word(channel: Channel) -> str:
    """The word below the house, or one of its markets, that says who writes."""
    return f"{channel}_from"
