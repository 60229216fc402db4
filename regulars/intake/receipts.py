"""What becomes of a vendor's report? One transaction: dedupe, the message's fate, suppression, consent, and an event.

Reports come twice, late and in any order; none of that changes the result. A report that names no message of ours tells
of its address alone: what bounces for good, complains or opts out counts, whoever wrote to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from regulars.clock import Clock
from regulars.customers import consents
from regulars.customers.contact import normal_email
from regulars.customers.person import ConsentFact
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.intake import event_log, fates, sent
from regulars.intake.arrival import Happened
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence, of_consent
from regulars.intake.waves import waves
from regulars.journeys.channels import TRAITS_OF
from regulars.store.customers import Customer
from regulars.store.shelf import Shelf
from regulars.store.statements import locked, table

Row = dict[str, Any]

SUPPRESSED: dict[ReceiptKind, str] = {
    "bounced": "bounced",
    "complained": "complained",
    "stopped": consents.STOPPED,
}
CONSENT: dict[ReceiptKind, bool] = {
    "complained": False,
    "unsubscribed": False,
    "stopped": False,
    "restarted": True,
}
_OF_THE_ADDRESS: frozenset[ReceiptKind] = frozenset({*SUPPRESSED, *CONSENT, "replied"})


@dataclass(frozen=True, slots=True)
class Report:
    """A receipt, and the shop's instant at which it came."""

    receipt: Receipt
    received_at: datetime


class Receipts:
    """The set-based way in for vendors' reports, one-click unsubscriptions and clicks on our own links."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf, self._clock = shelf, clock

    def take(self, connection: Connection, reports: Sequence[Report]) -> list[bool]:
        """True for each that is new."""
        now = max(report.received_at for report in reports)
        batch = Batch(connection, self._shelf, self._shelf.live_on(connection), now)
        new = batch.new([(one.receipt.source, one.receipt.key) for one in reports])
        fresh = [one for one, is_new in zip(reports, new, strict=True) if is_new]
        if fresh:
            _Taking(batch, fresh, self._clock).run()
            batch.close()
        return new


@dataclass(frozen=True, slots=True)
class _Told:
    """A receipt in the shop's words. `at`: shop time. `address`: in the form it is kept in."""

    receipt: Receipt
    message: Row | None
    address: str | None
    at: datetime


class _Taking:
    """One transaction's new receipts, and all that they concern, locked: customers, then enrollments, then messages."""

    def __init__(self, batch: Batch, reports: Sequence[Report], clock: Clock) -> None:
        self._batch, self._clock = batch, clock
        messages = fates.Messages(batch.connection, [one.receipt for one in reports])
        self._told = [self._tell(one, messages.find(one.receipt)) for one in reports]
        self._customers = _customers(batch.connection, self._told)
        self._by_address: defaultdict[tuple[str, str | None], list[Row]] = defaultdict(list)
        for row in self._customers.values():
            for channel, traits in TRAITS_OF.items():
                self._by_address[channel, row[traits.address]].append(row)
        properties = [properties_of(told.receipt, told.message) for told in self._told]
        self._enrolled = Enrolled(batch, self._customers, properties)
        self._messages = messages

    def run(self) -> None:
        for wave in waves([(told, self._touches(told), False) for told in self._told]):
            self._take(wave)
        self._suppress()
        went = fates.settle(self._batch, self._messages, [(one.receipt, one.at) for one in self._told])
        event_log.write(self._batch, self._enrolled, [sent.occurrence(one) for one in went])

    def _tell(self, report: Report, message: Row | None) -> _Told:
        """The vendor's time as shop time, never before the message went nor after it was told: vendors' clocks tell
        seconds, and some none at all."""
        receipt, now = report.receipt, report.received_at
        told = self._clock.shop(receipt.real_at) if receipt.real_at else now
        sent = message["dispatched_at"] if message else None
        address = message["address"] if message and message["address"] else receipt.address
        if address and receipt.channel == "email":
            address = normal_email(address) or address
        return _Told(receipt, message, address, min(max(told, sent) if sent else told, now))

    def _touches(self, told: _Told) -> Iterator[Hashable]:
        yield from (customer["id"] for customer in (*self._who(told), *self._whose_consent(told)))

    def _take(self, wave: Sequence[_Told]) -> None:
        """Write the consents and events of receipts that concern different customers."""
        facts: list[tuple[Row, ConsentFact]] = []
        starts: list[tuple[Row, ConsentFact]] = []
        occurrences: list[Occurrence] = []
        for told in wave:
            receipt = told.receipt
            if receipt.kind in CONSENT:
                fact = word_of(receipt, told.at, told.address)
                words = starts if receipt.kind == "restarted" else facts
                words += [(customer, fact) for customer in self._whose_consent(told)]
            name = TRAITS_OF[receipt.channel].event(receipt.kind)
            if name and not receipt.machine:
                happened = Happened(name, told.at, properties_of(told.receipt, told.message))
                message = told.message["id"] if told.message else None
                occurrences += [Occurrence(happened, receipt.source, one["id"], message) for one in self._who(told)]
        facts += consents.resumed(self._batch.connection, starts)
        changed = consents.record(self._batch.connection, facts, self._batch.now)
        occurrences += [of_consent(fact, customer) for customer, fact in changed]
        event_log.write(self._batch, self._enrolled, occurrences)

    def _who(self, told: _Told) -> list[Row]:
        """The customer of the message; else, for what tells of an address, all who have it."""
        if told.message is not None:
            return [self._customers[told.message["customer_id"]]]
        return self._at(told) if told.receipt.kind in _OF_THE_ADDRESS else []

    def _whose_consent(self, told: _Told) -> list[Row]:
        """Also everybody else who has that address: who opts out does not ask which of our records it is about."""
        if told.receipt.kind not in CONSENT:
            return []
        return list({row["id"]: row for row in (*self._who(told), *self._at(told))}.values())

    def _at(self, told: _Told) -> list[Row]:
        return self._by_address.get((told.receipt.channel, told.address), []) if told.address else []

    def _suppress(self) -> None:
        """Addresses' last words, in the order in which they came."""
        rows: list[Row] = []
        for told in self._told:
            receipt, address = told.receipt, told.address
            if address and receipt.kind == "restarted":
                consents.lift(self._batch.connection, receipt.channel, address)
                stop = (receipt.channel, address, consents.STOPPED)
                rows = [row for row in rows if (row["channel"], row["address"], row["reason"]) != stop]
            elif address and (reason := SUPPRESSED.get(receipt.kind)):
                rows.append(_suppression(told, address, reason))
        consents.suppress(self._batch.connection, rows)


def _customers(connection: Connection, told: Sequence[_Told]) -> dict[str, Row]:
    """All whom the receipts may concern, by id, locked: of the messages, and with the addresses."""
    of = table(Customer)
    ids = {one.message["customer_id"] for one in told if one.message}
    wanted: list[ColumnElement[bool]] = [of.c.id.in_(sorted(ids))] if ids else []
    for channel, traits in TRAITS_OF.items():
        found = {
            one.address
            for one in told
            if one.address and one.receipt.channel == channel and one.receipt.kind in _OF_THE_ADDRESS
        }
        if found:
            wanted.append(of.c[traits.address].in_(sorted(found)))
    if not wanted:
        return {}
    query = locked(connection, select(of).where(or_(*wanted)).order_by(of.c.id))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _suppression(told: _Told, address: str, reason: str) -> Row:
    return {
        "channel": told.receipt.channel,
        "address": address,
        "reason": reason,
        "source": told.receipt.source,
        "occurred_at": told.at,
    }


def word_of(receipt: Receipt, at: datetime, address: str | None) -> ConsentFact:
    """What a report says of consent, of a kind that does."""
    return ConsentFact(receipt.channel, CONSENT[receipt.kind], at, f"{receipt.source}: {receipt.kind}", address)


def properties_of(receipt: Receipt, message: Row | None) -> Row:
    """What the event of a report carries. `message`: the row of the one that it is about."""
    said = {"url": receipt.url, "text": receipt.text, "code": receipt.code}
    properties: Row = {key: value for key, value in said.items() if value is not None}
    if message is not None:
        properties |= {name: message[name] for name in ("journey", "step", "template")}
        properties["message_id"] = message["id"]
    return properties
