"""What becomes of a verified delivery? One transaction: dedupe, person, order, consent, events, and whom they move.

A 2xx follows this transaction's commit, so it means that all of it is on disk. Nothing is started from here: what must
happen in Temporal is a row in the outbox. What waits together shares the transaction, and comes to what it would have
come to one by one: first all that it concerns is read, under lock and in one order for everybody (names, customers,
enrollments); what leaves nothing but its events is written first, and at once, the rest wave by wave.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from regulars.customers import consents, identity
from regulars.customers.identity import People
from regulars.intake import event_log, order_book, quiet, segment_moves
from regulars.intake.arrival import Arrival
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence, of_consent
from regulars.intake.order_book import OrderBook
from regulars.intake.waves import waves
from regulars.store.shelf import Shelf
from regulars.store.statements import lock_names

Accepted = Literal["taken", "seen before"]
Row = dict[str, Any]


class Delivery(NamedTuple):
    """An arrival, and the shop's instant at which it came."""

    arrival: Arrival
    received_at: datetime


class Intake:
    """The set-based way in."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def accept(self, connection: Connection, deliveries: Sequence[Delivery]) -> list[Accepted]:
        """Write what is new. A delivery whose sender's id was seen before changes nothing."""
        now = max(delivery.received_at for delivery in deliveries)
        batch = Batch(connection, self._shelf, self._shelf.live_on(connection), now)
        new = batch.new([(one.arrival.source, one.arrival.dedupe_key) for one in deliveries])
        arrivals = [one.arrival for one, is_new in zip(deliveries, new, strict=True) if is_new]
        if arrivals:
            _Taking(batch, arrivals).run()
            batch.close()
        return ["taken" if is_new else "seen before" for is_new in new]


class _Taking:
    """One transaction's new arrivals, and all that they concern."""

    def __init__(self, batch: Batch, arrivals: Sequence[Arrival]) -> None:
        self._batch = batch
        speaking = (one for one in arrivals if one.order or one.refund or one.about_order)
        orders = {key for arrival in speaking for key in _orders(arrival)}
        lock_names(batch.connection, _names(batch, arrivals, orders))
        self._book = OrderBook(batch.connection, orders)
        owners = identity.owners(batch.connection, [one.person for one in arrivals if one.person])
        self._quiet, self._arrivals = quiet.split(arrivals, owners, batch.shown.heard)
        persons = [one.person for one in self._arrivals if one.person]
        self._people = People(batch.connection, persons, owners, more=self._book.owners)
        properties = [happened.properties for arrival in self._arrivals for happened in arrival.events]
        self._enrolled = Enrolled(batch, self._people.rows, properties)

    def run(self) -> None:
        event_log.note(self._batch, self._quiet)
        laid = waves([(one, self._touches(one), self._is_indifferent(one)) for one in self._arrivals])
        for wave in laid:
            self._take([(arrival, self._customer(arrival)) for arrival in wave])

    def _is_indifferent(self, arrival: Arrival) -> bool:
        """Does it come to the same before and after others of its kind? What nobody hears, of somebody whom nothing
        else could make another; profiles go by time."""
        if arrival.order or arrival.refund or arrival.about_order or arrival.consents:
            return False
        if arrival.person and len(arrival.person.identities) > 1:
            owners = list(self._people.known(arrival.person))
            if len(owners) < len(arrival.person.identities) or len(set(owners)) > 1:
                return False
        return self._batch.shown.heard.isdisjoint(event.name for event in arrival.events)

    def _touches(self, arrival: Arrival) -> Iterator[Hashable]:
        """Whatever another arrival that touches it must come before or after."""
        yield from _orders(arrival)
        if arrival.person:
            yield from arrival.person.identities
            yield from self._people.known(arrival.person)
        for key in _orders(arrival):
            if owner := self._book.owner(key):
                yield owner
        for happened in arrival.events:
            yield from self._batch.keys_of(happened.properties)

    def _customer(self, arrival: Arrival) -> Row | None:
        """The person whom the arrival names, else whose order it speaks of."""
        customer = self._people.take(arrival.person, self._batch.now)
        if customer is None and arrival.about_order is not None:
            owner = self._book.owner((arrival.source, arrival.about_order))
            customer = self._people.rows[owner] if owner else None
        return customer

    def _take(self, wave: Sequence[tuple[Arrival, Row | None]]) -> None:
        """Write what arrivals that do not touch each other tell."""
        for arrival, customer in wave:
            if arrival.order:
                self._book.take(arrival.source, arrival.order, customer["id"] if customer else None)
            if arrival.refund:
                self._book.give_back(arrival.source, arrival.refund)
        strangers = set(self._people.new)
        owners = self._save_orders(strangers)
        occurrences = self._consents(wave, strangers)
        for arrival, customer in wave:
            about = (arrival.source, arrival.about_order) if arrival.about_order else None
            whose = customer["id"] if customer else None
            occurrences += [Occurrence(one, arrival.source, whose, about=about) for one in arrival.events]
        adopted = event_log.adopt(self._batch, owners)
        segment_moves.write_down(self._batch, _imported(self._batch, wave))
        event_log.write(self._batch, self._enrolled, occurrences, adopted)

    def _save_orders(self, strangers: set[str]) -> dict[tuple[str, str], Row]:
        """Write customers, orders and sums; gives the customer of each order that had none before."""
        people = self._people
        for customer, sums in self._book.sums_of_new(strangers).items():
            people.rows[customer] |= sums
        people.save_new()
        touched, owners = self._book.save()
        for customer, sums in order_book.sum_up(self._batch.connection, touched - strangers).items():
            people.rows[customer] |= sums
            people.touch(people.rows[customer], self._batch.now)
        people.save()
        return {order: people.rows[customer] for order, customer in owners.items()}

    def _consents(self, wave: Sequence[tuple[Arrival, Row | None]], strangers: set[str]) -> list[Occurrence]:
        """Consent that changed is on record, and is an event."""
        facts = [(customer, fact) for arrival, customer in wave if customer for fact in arrival.consents]
        changed = consents.record(self._batch.connection, facts, self._batch.now, strangers=strangers)
        return [of_consent(fact, customer) for customer, fact in changed]


def _imported(batch: Batch, wave: Sequence[tuple[Arrival, Row | None]]) -> list[Row]:
    """The customers of whom something is said that was so long ago: nobody enters by it, now or at the next look."""
    return [
        customer
        for arrival, customer in wave
        if customer is not None
        and arrival.person is not None
        and not arrival.person.is_only_named
        and batch.is_history(arrival.person.asserted_at)
        and all(batch.is_history(happened.occurred_at) for happened in arrival.events)
    ]


def _names(batch: Batch, arrivals: Sequence[Arrival], orders: set[tuple[str, str]]) -> Iterator[str]:
    """What must be held before anything is read: it may not exist yet."""
    yield from identity.names_of(arrival.person for arrival in arrivals)
    yield from order_book.names_of(orders)
    for arrival in arrivals:
        for one in arrival.events:
            yield from (f"key/{name}/{value}" for name, value in batch.keys_of(one.properties))
            if one.once is not None:
                yield f"once/{one.once}"


def _orders(arrival: Arrival) -> set[tuple[str, str]]:
    """The orders of which an arrival speaks."""
    named = (
        arrival.order.id if arrival.order else None,
        arrival.refund.order_id if arrival.refund else None,
        arrival.about_order,
    )
    return {(arrival.source, order) for order in named if order is not None}
