"""What becomes of a vendor's report? One transaction: dedupe, the message's fate, suppression, consent, and an event.

Reports come twice, late and in any order; none of that changes the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from regulars.clock import Clock
from regulars.customers import consents, identity
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.intake import event_log, listen
from regulars.intake.arrival import ConsentFact, Happened
from regulars.intake.occurrence import Occurrence
from regulars.journeys.model import Channel
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.events import Inbound
from regulars.store.messages import Message, MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import add_new, locked, table

Row = dict[str, Any]

# Which column of the message a report fills, which event it becomes, whether the address is suppressed, what consent becomes.
_COLUMN: dict[ReceiptKind, str] = {
    "delivered": "delivered_at",
    "opened": "opened_at",
    "clicked": "clicked_at",
    "bounced": "failed_at",
    "failed": "failed_at",
}
_EVENT: dict[tuple[Channel, ReceiptKind], str] = {
    ("email", "delivered"): "Email Delivered",
    ("email", "opened"): "Email Opened",
    ("email", "clicked"): "Email Clicked",
    ("email", "bounced"): "Email Bounced",
    ("email", "complained"): "Email Complained",
    ("email", "unsubscribed"): "Email Unsubscribed",
    ("sms", "delivered"): "SMS Delivered",
    ("sms", "clicked"): "SMS Clicked",
    ("sms", "failed"): "SMS Failed",
    ("sms", "replied"): "SMS Replied",
    ("sms", "stopped"): "SMS Stopped",
}
_SUPPRESSED: dict[ReceiptKind, str] = {"bounced": "bounced", "complained": "complained", "stopped": "stopped"}
_CONSENT: dict[ReceiptKind, bool] = {
    "complained": False,
    "unsubscribed": False,
    "stopped": False,
    "restarted": True,
}
_DOUBTFUL = frozenset(
    {MessageState.claimed, MessageState.dispatching, MessageState.unknown, MessageState.given_up, MessageState.held}
)


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
        shown = self._shelf.live(connection)
        now = max(report.received_at for report in reports)
        rows = [
            {"source": one.receipt.source, "key": one.receipt.key, "received_at": one.received_at} for one in reports
        ]
        new = add_new(connection, Inbound, rows, "source", "key")
        fresh: list[Report] = []
        said: list[bool] = []
        for one, row in zip(reports, rows, strict=True):
            said.append((row["source"], row["key"]) in new)
            if said[-1]:
                new.discard((row["source"], row["key"]))
                fresh.append(one)
        if fresh:
            self._apply(connection, shown, [one.receipt for one in fresh], now)
        return said

    def _apply(self, connection: Connection, shown: Any, receipts: Sequence[Receipt], now: datetime) -> None:
        customers = _customers(connection, receipts, _messages(connection, receipts))
        messages = _messages(connection, receipts, lock=True)  # after the customers: everybody locks in that order
        doubtful: list[Row] = []
        changed: dict[str, Row] = {}
        facts: list[tuple[str, ConsentFact]] = []
        suppressions: list[Row] = []
        occurrences: list[Occurrence] = []
        for receipt in receipts:
            message = _message(messages, receipt)
            at = self._when(receipt, message, now)
            if message is not None and _settle(message, receipt, at):
                doubtful.append(message)
            if message is not None:
                _fill(message, receipt, at)
                changed[message["id"]] = message
            address = receipt.address or (message["address"] if message else None)
            if receipt.kind in _SUPPRESSED and address:
                suppressions.append(_suppression(receipt, address, at))
            if receipt.kind == "restarted" and address:
                consents.lift(connection, receipt.channel, address)
            for customer in customers.get(_whose(receipt, message), []):
                if receipt.kind in _CONSENT:
                    source = f"{receipt.source}: {receipt.kind}"
                    fact = ConsentFact(receipt.channel, _CONSENT[receipt.kind], at, source, address)
                    facts.append((customer["id"], fact))
                name = _EVENT.get((receipt.channel, receipt.kind))
                if name and not receipt.machine:
                    occurrences.append(_occurrence(name, receipt, message, customer, at))
        _save(connection, list(changed.values()))
        consents.suppress(connection, suppressions)
        by_id = {row["id"]: row for rows in customers.values() for row in rows}
        for customer_id, fact in consents.record(connection, facts, now):
            name = "Consent Given" if fact.granted else "Consent Withdrawn"
            happened = Happened(name, fact.occurred_at, {"channel": fact.channel})
            occurrences.append(Occurrence(happened, fact.source, by_id[customer_id]))
        event_log.write(connection, self._shelf, shown, occurrences, now)
        _wake(connection, doubtful, now)

    def _when(self, receipt: Receipt, message: Row | None, now: datetime) -> datetime:
        """The vendor's time as shop time, never before the message went nor after now: vendors' clocks tell seconds."""
        told = self._clock.shop(receipt.real_at) if receipt.real_at else now
        sent = message["dispatched_at"] if message else None
        return min(max(told, sent) if sent else told, now)


def _messages(connection: Connection, receipts: Sequence[Receipt], *, lock: bool = False) -> dict[str, Row]:
    of = table(Message)
    ids = sorted({receipt.message_id for receipt in receipts if receipt.message_id})
    vendor = sorted({receipt.vendor_id for receipt in receipts if receipt.vendor_id and not receipt.message_id})
    if not ids and not vendor:
        return {}
    query = select(of).where(or_(of.c.id.in_(ids), of.c.vendor_id.in_(vendor))).order_by(of.c.id)
    found: dict[str, Row] = {}
    for mapping in connection.execute(locked(connection, query) if lock else query).mappings():
        row = dict(mapping)
        found[row["id"]] = row
        if row["vendor_id"]:
            found.setdefault(f"vendor/{row['vendor_id']}", row)
    return found


def _message(messages: dict[str, Row], receipt: Receipt) -> Row | None:
    return messages.get(receipt.message_id or f"vendor/{receipt.vendor_id}")


def _whose(receipt: Receipt, message: Row | None) -> str:
    return message["customer_id"] if message else f"{receipt.channel}/{receipt.address}"


def _customers(
    connection: Connection, receipts: Sequence[Receipt], messages: dict[str, Row]
) -> dict[str, list[Row]]:
    """Customers by id; and, for reports that name no message of ours, all who have the address."""
    found = {
        key: [row] for key, row in identity.by_ids(connection, {row["customer_id"] for row in messages.values()}).items()
    }
    of = table(Customer)
    for receipt in receipts:
        if _message(messages, receipt) is None and receipt.address:
            column = of.c.email if receipt.channel == "email" else of.c.phone
            query = locked(connection, select(of).where(column == receipt.address).order_by(of.c.id))
            rows = [dict(row) for row in connection.execute(query).mappings()]
            found[f"{receipt.channel}/{receipt.address}"] = rows
    return found


def _settle(message: Row, receipt: Receipt, at: datetime) -> bool:
    """A report about a message proves that the vendor has it. True when that was in doubt."""
    message["vendor_id"] = message["vendor_id"] or receipt.vendor_id
    if message["state"] not in _DOUBTFUL or message["dispatched_at"] is None:
        return False
    message |= {"state": MessageState.accepted, "accepted_at": at, "reason": None}
    return True


def _fill(message: Row, receipt: Receipt, at: datetime) -> None:
    column = _COLUMN.get(receipt.kind)
    if column is None or receipt.machine:
        return
    message[column] = min(message[column], at) if message[column] else at
    if receipt.kind in ("bounced", "failed"):
        message["code"], message["reason"] = receipt.code, receipt.reason


def _suppression(receipt: Receipt, address: str, at: datetime) -> Row:
    return {
        "channel": receipt.channel,
        "address": address,
        "reason": _SUPPRESSED[receipt.kind],
        "source": receipt.source,
        "occurred_at": at,
    }


def _occurrence(name: str, receipt: Receipt, message: Row | None, customer: Row, at: datetime) -> Occurrence:
    told = {"url": receipt.url, "text": receipt.text, "code": receipt.code}
    properties: Row = {key: value for key, value in told.items() if value is not None}
    if message is not None:
        properties |= {
            "message_id": message["id"],
            "journey": message["journey"],
            "step": message["step"],
            "template": message["template"],
        }
    happened = Happened(name, at, properties)
    return Occurrence(happened, receipt.source, customer, message["id"] if message else None)


def _save(connection: Connection, rows: list[Row]) -> None:
    if not rows:
        return
    of = table(Message)
    names = ("state", "accepted_at", "vendor_id", "code", "reason", *sorted(set(_COLUMN.values())))
    statement = of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in names})
    connection.execute(statement, [{"of_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows])


def _wake(connection: Connection, messages: Sequence[Row], now: datetime) -> None:
    """Walks that wait for a message's fate need not wait longer."""
    of = table(Enrollment)
    ids = sorted({row["enrollment_id"] for row in messages})
    if ids:
        query = select(of).where(of.c.id.in_(ids), of.c.state == EnrollmentState.walking)
        listen.hint(connection, [dict(row) for row in connection.execute(query).mappings()], now)
