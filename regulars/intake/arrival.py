"""What did a sender tell us? One verified delivery in our own words, whoever sent it; not yet written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from regulars.journeys.model import Channel


@dataclass(frozen=True, slots=True)
class Person:
    """What a delivery says about a customer. None means "not said", never "empty".

    `identities`: (kind, value) pairs that name one person: ("shopify", "207119551"), ("email", "a@example.com"),
    ("phone", "+14155550100"); e-mails lower-cased, phones E.164. `asserted_at`: when the sender saw it so; an older
    assertion never overwrites a newer one.
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


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the person. `once`: a key that makes it one event however often, by whatever topic, it is told."""

    name: str
    occurred_at: datetime
    properties: dict[str, Any]
    once: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    product_id: str | None
    variant_id: str | None
    sku: str | None
    title: str
    quantity: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as of `updated_at`. Money in minor units of `currency` (ISO 4217). `id` is the sender's."""

    id: str
    currency: str
    total_minor: int
    placed_at: datetime
    updated_at: datetime
    status: Literal["placed", "paid", "cancelled"]
    test: bool
    checkout_id: str | None = None
    lines: tuple[OrderLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money given back on an order, minor units of `currency`, positive."""

    id: str
    order_id: str
    amount_minor: int
    currency: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """Leave to send, given or withdrawn. `address`: the e-mail or phone it was given for, where said."""

    channel: Channel
    granted: bool
    occurred_at: datetime
    source: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery. `dedupe_key` is the sender's id of it (with the topic): seen before, it changes nothing.

    `about_order`: the sender's id of an order this speaks of (refund, fulfilment), whose customer is the person when
    the delivery names none.
    """

    source: str
    dedupe_key: str
    topic: str
    person: Person | None = None
    events: tuple[Happened, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    order: OrderFacts | None = None
    refund: RefundFacts | None = None
    about_order: str | None = None
