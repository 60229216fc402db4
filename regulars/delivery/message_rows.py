"""How are messages' rows read and written? Set-based, in the statements that the ledger's transactions share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select, select

from regulars.delivery.want import RANK, Case
from regulars.ids import new_id
from regulars.store import reading
from regulars.store.lists import one_of
from regulars.store.messages import Message, MessageState
from regulars.store.prepared import Prepared
from regulars.store.statements import for_update, insertion, rows_of, table

Row = dict[str, Any]
_FOR_GOOD = ("id", "send_key", "enrollment_id", "customer_id", "journey", "visit", "attempts", "due_at")
_ANEW = (
    *("version", "step", "channel", "purpose", "priority", "template", "state", "reason", "code", "owner", "address"),
    *("held_until", "ready_at", "counted_at", "resolve_by"),
)
_ALL = (*_FOR_GOOD, *_ANEW)


def wanted(case: Case, state: MessageState, **more: Any) -> Row:
    """The message's row in `state`, wanted anew."""
    want, old = case.want, case.message
    return {
        "id": old["id"] if old else new_id(),
        "send_key": want.send_key,
        "enrollment_id": want.enrollment,
        "customer_id": case.customer["id"],
        "journey": want.journey,
        "version": want.version,
        "step": want.step,
        "visit": want.visit,
        "channel": case.send.kind,
        "purpose": case.send.purpose,
        "priority": RANK[case.play.journey.priority],
        "state": state,
        "reason": None,
        "code": None,
        "owner": want.owner,
        "attempts": old["attempts"] if old else 0,
        "address": case.address,
        "template": case.send.template,
        "due_at": case.due,
        "ready_at": want.due,
        "held_until": None,
        "counted_at": None,
        "resolve_by": None,
        **more,
    }


def write(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert rows, or write anew those that there are."""
    if not rows:
        return
    _upsert(connection.dialect).run(connection, rows)


def by_send_key(connection: Connection, keys: Collection[str]) -> dict[str, Row]:
    """Whole rows by send key, locked: nobody who reads a claim overwrites what another dispatches meanwhile."""
    if not keys:
        return {}
    return {row["send_key"]: row for row in rows_of(connection, _BY_SEND_KEY, {"keys": sorted(keys)})}


def by_id(connection: Connection, ids: Collection[str], *columns: str) -> dict[str, Row]:
    """The named columns of rows by id, locked in id order."""
    names, bound = ("id", *columns), {"ids": sorted(ids)}
    return {row[0]: dict(zip(names, row, strict=True)) for row in reading.rows(connection, _by_id(names), bound)}


_MESSAGE = table(Message)
_BY_SEND_KEY = for_update(select(_MESSAGE).where(one_of(_MESSAGE.c.send_key, "keys")).order_by(_MESSAGE.c.id))


@cache
def _upsert(dialect: Dialect) -> Prepared:
    statement = insertion(dialect.name, Message)
    kept = {name: statement.excluded[name] for name in _ANEW}
    upsert = statement.on_conflict_do_update(index_elements=["send_key"], set_=kept)
    return Prepared.of(dialect, upsert, {name: _MESSAGE.c[name] for name in _ALL})


@cache
def _by_id(columns: tuple[str, ...]) -> Select[Any]:
    found = select(*(_MESSAGE.c[name] for name in columns))
    return for_update(found.where(one_of(_MESSAGE.c.id, "ids")).order_by(_MESSAGE.c.id))
