"""What is said about a customer? A person as a sender knows them, and the consent they gave or took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from regulars.journeys.channels import TRAITS_OF, Channel

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody of whom nothing was said was seen so; and when leave was given of which no time was said."""


class Person(NamedTuple):
    """What a delivery says about a customer. None means "not said", never "empty".

    `identities`: (kind, value) pairs that name one person: ("shopify", "207119551"), ("email", "a@example.com"),
    ("phone", "+14155550100"); e-mails lower-cased, phones E.164. `asserted_at`: when the sender saw it so; an older
    assertion never overwrites a newer one. A `country` speaks for province and time zone too, also when it has none.
    `traits`: (name, value) of what is said beyond these, JSON scalars.
    """

    identities: tuple[tuple[str, str], ...]
    asserted_at: datetime
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None
    country: str | None = None
    province: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] | None = None
    traits: tuple[tuple[str, str | int | float | bool], ...] = ()

    def address(self, channel: Channel) -> str | None:
        """Where they can be reached on it."""
        return self.email if TRAITS_OF[channel].address == "email" else self.phone

    @property
    def is_only_named(self) -> bool:
        """Is nothing said but who it is?"""
        return self[1:] == _UNSAID


_UNSAID = Person((), NEVER)[1:]


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """Leave to send, given or withdrawn. `address`: the e-mail or phone it was given for, where said."""

    channel: Channel
    granted: bool
    occurred_at: datetime
    source: str
    address: str | None = None
