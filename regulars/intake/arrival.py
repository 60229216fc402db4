"""What did a sender tell us? One verified delivery in our own words, whoever sent it; not yet written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from regulars.customers.person import ConsentFact, Person


class Happened(NamedTuple):  # of each there is one an event: made in a quarter of a dataclass's time
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


class Arrival(NamedTuple):
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
