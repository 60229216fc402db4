"""What becomes of a verified delivery? One transaction: dedupe, person, order, consent, events, and whom they move.

A 2xx follows this transaction's commit, so it means that all of it is on disk. Nothing is started from here: what must
happen in Temporal is a row in the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from regulars.customers import consents, identity
from regulars.intake import event_log, order_book
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.occurrence import Occurrence
from regulars.store.events import Inbound
from regulars.store.shelf import Shelf
from regulars.store.statements import add_new, lock_names

Accepted = Literal["taken", "seen before"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An arrival, and the shop's instant at which it came."""

    arrival: Arrival
    received_at: datetime


class Intake:
    """The set-based way in."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def accept(self, connection: Connection, deliveries: Sequence[Delivery]) -> list[Accepted]:
        """Write what is new. A delivery whose sender's id was seen before changes nothing."""
        shown = self._shelf.live(connection)
        now = max(delivery.received_at for delivery in deliveries)
        fresh = _unseen(connection, deliveries)
        arrivals = [delivery.arrival for delivery, new in zip(deliveries, fresh, strict=True) if new]
        if arrivals:
            customers = _customers(connection, arrivals, now)
            _keep(connection, arrivals, customers)
            occurrences = _consent_events(connection, arrivals, customers, now)
            for arrival, customer in zip(arrivals, customers, strict=True):
                occurrences += [Occurrence(happened, arrival.source, customer) for happened in arrival.events]
            event_log.write(connection, self._shelf, shown, occurrences, now)
        return ["taken" if new else "seen before" for new in fresh]


def _unseen(connection: Connection, deliveries: Sequence[Delivery]) -> list[bool]:
    rows = [
        {"source": one.arrival.source, "key": one.arrival.dedupe_key, "received_at": one.received_at}
        for one in deliveries
    ]
    new = add_new(connection, Inbound, rows, "source", "key")
    fresh = []
    for row in rows:
        fresh.append((row["source"], row["key"]) in new)
        new.discard((row["source"], row["key"]))  # twice in one batch: the second was seen before
    return fresh


def _customers(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[Row | None]:
    """Each arrival's customer: the person it names, else whose order it speaks of."""
    persons = [arrival.person for arrival in arrivals]
    lock_names(connection, identity.names_of(persons))
    found = identity.identify(connection, persons, now)
    wanted = {
        (arrival.source, arrival.about_order)
        for arrival, customer in zip(arrivals, found, strict=True)
        if customer is None and arrival.about_order
    }
    owners = order_book.owners(connection, wanted)
    rows = identity.by_ids(connection, set(owners.values()))
    return [
        customer or rows.get(owners.get((arrival.source, arrival.about_order or ""), ""))
        for arrival, customer in zip(arrivals, found, strict=True)
    ]


def _keep(connection: Connection, arrivals: Sequence[Arrival], customers: Sequence[Row | None]) -> None:
    """Orders and refunds, and what they make of the customers' sums."""
    pairs = list(zip(arrivals, customers, strict=True))
    orders = [(one.source, one.order, customer["id"] if customer else None) for one, customer in pairs if one.order]
    order_book.write_orders(connection, orders)
    refunds = [(one.source, one.refund) for one in arrivals if one.refund]
    if refunds:
        order_book.write_refunds(connection, refunds)
    touched = {customer["id"] for one, customer in pairs if customer and (one.order or one.refund)}
    sums = order_book.sum_up(connection, touched)
    for _, customer in pairs:
        if customer:
            customer |= sums.get(customer["id"], {})


def _consent_events(
    connection: Connection, arrivals: Sequence[Arrival], customers: Sequence[Row | None], now: datetime
) -> list[Occurrence]:
    """Consent that changed is on record, and is an event."""
    by_id = {customer["id"]: customer for customer in customers if customer}
    facts = [
        (customer["id"], fact)
        for arrival, customer in zip(arrivals, customers, strict=True)
        if customer
        for fact in arrival.consents
    ]
    return [
        Occurrence(
            Happened("Consent Given" if fact.granted else "Consent Withdrawn", fact.occurred_at, {"channel": fact.channel}),
            fact.source,
            by_id[customer],
        )
        for customer, fact in consents.record(connection, facts, now)
    ]
