"""What do vendors' reports say of our messages' fates? Settles doubts, fills in what became of them, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.delivery.sent import Sent
from regulars.intake.batch import Batch
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.messages import Message, MessageState
from regulars.store.statements import locked, save, table

Row = dict[str, Any]

_COLUMN: dict[ReceiptKind, str] = {
    "delivered": "delivered_at",
    "opened": "opened_at",
    "clicked": "clicked_at",
    "bounced": "failed_at",
    "failed": "failed_at",
}
_WRITTEN = ("state", "accepted_at", "counted_at", "vendor_id", "code", "reason", *sorted(set(_COLUMN.values())))


class Messages:
    """The messages that receipts name: by our id, as echoed, else by the vendor's. Not locked."""

    def __init__(self, connection: Connection, receipts: Sequence[Receipt]) -> None:
        of = table(Message)
        ours = {one.message_id for one in receipts if one.message_id}
        theirs = {one.vendor_id for one in receipts if one.vendor_id and not one.message_id}
        found = _rows(connection, select(of).where(of.c.id.in_(sorted(ours)))) if ours else []
        if theirs:
            found += _rows(connection, select(of).where(of.c.vendor_id.in_(sorted(theirs))))
        self.ids = {row["id"] for row in found}
        self._found = {row["id"]: row for row in found}
        self._found |= {f"vendor/{row['vendor_id']}": row for row in found if row["vendor_id"]}

    def find(self, receipt: Receipt) -> Row | None:
        """None where it is none of ours."""
        return self._found.get(receipt.message_id or f"vendor/{receipt.vendor_id}")


def settle(batch: Batch, messages: Messages, told: Sequence[tuple[Receipt, datetime]]) -> list[Sent]:
    """Write what receipts tell, each at the shop's instant beside it; gives the messages that only they tell to have
    gone. Locks messages: enrollments are locked before."""
    if not messages.ids:
        return []
    of = table(Message)
    query = select(of).where(of.c.id.in_(sorted(messages.ids))).order_by(of.c.id)
    rows = {row["id"]: row for row in _rows(batch.connection, locked(batch.connection, query))}
    proven: list[Row] = []
    for receipt, at in told:
        if (found := messages.find(receipt)) is None:
            continue
        row = rows[found["id"]]
        if _proves(row, receipt):
            proven.append(row)
        fill(row, receipt, at)
    save(batch.connection, Message, rows.values(), *_WRITTEN)
    _wake(batch, {row["enrollment_id"] for row in proven})
    return [_sent(row) for row in proven]


def _sent(row: Row) -> Sent:
    named = (row[name] for name in ("id", "customer_id", "channel", "journey", "step", "template", "accepted_at"))
    return Sent(*named)


def _proves(row: Row, receipt: Receipt) -> bool:
    """A report about a message that was put on the wire proves that the vendor has it, since then: whichever report
    comes in first. True when that was in doubt."""
    row["vendor_id"] = row["vendor_id"] or receipt.vendor_id
    if row["state"] == MessageState.accepted or row["dispatched_at"] is None:
        return False
    row |= {"state": MessageState.accepted, "accepted_at": row["dispatched_at"], "code": None, "reason": None}
    row["counted_at"] = row["counted_at"] or row["dispatched_at"]
    return True


def fill(row: Row, receipt: Receipt, at: datetime) -> None:
    """The first of each kind stands, whichever came in first."""
    column = _COLUMN.get(receipt.kind)
    if column is None or receipt.machine:
        return
    before = row[column]
    if before is None or at < before:
        row[column] = at
    if receipt.kind in ("bounced", "failed"):
        told, known = (at, receipt.code or "", receipt.reason or ""), (before, row["code"] or "", row["reason"] or "")
        if before is None or told < known:
            row["code"], row["reason"] = receipt.code, receipt.reason


def _wake(batch: Batch, enrollments: set[str]) -> None:
    """Walks that wait for a message's fate need not wait longer."""
    if enrollments:
        of = table(Enrollment)
        query = select(of).where(of.c.id.in_(sorted(enrollments)), of.c.state == EnrollmentState.walking)
        for row in _rows(batch.connection, query):
            batch.hint(row)


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
