"""How are messages' rows read and written? Set-based, in the statements that the ledger's transactions share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from regulars.delivery.want import RANK, Case
from regulars.ids import new_id
from regulars.store.messages import Message, MessageState
from regulars.store.statements import locked, table

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
    upsert = _upsert(connection.dialect.name)
    connection.execute(upsert, [{name: row[name] for name in _ALL} for row in rows])


def by_send_key(connection: Connection, keys: Collection[str]) -> dict[str, Row]:
    """Whole rows by send key, locked: nobody who reads a claim overwrites what another dispatches meanwhile."""
    if not keys:
        return {}
    of = table(Message)
    query = locked(connection, select(of).where(of.c.send_key.in_(sorted(keys))).order_by(of.c.id))
    return {row["send_key"]: dict(row) for row in connection.execute(query).mappings()}


def by_id(connection: Connection, ids: Collection[str], *columns: str) -> dict[str, Row]:
    """The named columns of rows by id, locked in id order."""
    query = locked(connection, _selected(columns).where(table(Message).c.id.in_(sorted(ids))))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


@cache
def _upsert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table(Message))
    kept = {name: statement.excluded[name] for name in _ANEW}
    return statement.on_conflict_do_update(index_elements=["send_key"], set_=kept)


@cache
def _selected(columns: tuple[str, ...]) -> Select[Any]:
    of = table(Message)
    return select(*(of.c[name] for name in ("id", *columns))).order_by(of.c.id)
