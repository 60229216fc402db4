"""What does the gate judge on? Everything about the wanted messages' customers, read set-based inside the claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers import consents
from regulars.customers.consents import Standing
from regulars.delivery.want import Want
from regulars.store.journeys import LiveJourney
from regulars.store.messages import COUNTED, Brake, Message, MessageState
from regulars.store.shelf import Shown
from regulars.store.statements import table
from regulars.walks import roll
from regulars.walks.roll import Roll

Row = dict[str, Any]
_RIVAL_PATIENCE = timedelta(minutes=10)  # a held message whose walk does not ask again is no rival for longer


@dataclass(slots=True)
class Dossier:
    """`messages`: those wanted, by send key. `counted`: instants and send keys of what caps count, and `held`: messages
    that wait, both by (customer, channel)."""

    roll: Roll
    messages: dict[str, Row]
    consents: dict[tuple[str, str], Standing]
    suppressed: dict[tuple[str, str], str]
    brakes: dict[str, str]
    paused: frozenset[str]
    counted: dict[tuple[str, str], list[tuple[datetime, str]]]
    held: dict[tuple[str, str], list[Row]]


def read(connection: Connection, shown: Shown, wants: Sequence[Want]) -> Dossier:
    """Read, the roll under lock first."""
    rows = roll.read(connection, shown.house, [want.enrollment for want in wants])
    owners = set(rows.customers)
    now = max(want.now for want in wants)
    mine = _messages(connection, shown, owners, now)
    keys = {want.send_key for want in wants}
    dossier = Dossier(
        roll=rows,
        messages=_wanted(connection, keys),
        consents=consents.latest(connection, owners),
        suppressed=consents.suppressed(connection, _addresses(rows.customers)),
        brakes=brakes(connection),
        paused=frozenset(_paused(connection)),
        counted={},
        held={},
    )
    for row in mine:
        whose = (row["customer_id"], row["channel"])
        if row["state"] in COUNTED and row["counted_at"] is not None:
            dossier.counted.setdefault(whose, []).append((row["counted_at"], row["send_key"]))
        elif row["state"] == MessageState.held and row["held_until"] >= now - _RIVAL_PATIENCE:
            dossier.held.setdefault(whose, []).append(row)
    return dossier


def brakes(connection: Connection) -> dict[str, str]:
    """What is stopped, and why."""
    return {row.scope: row.reason for row in connection.execute(select(table(Brake)))}


def _paused(connection: Connection) -> list[str]:
    of = table(LiveJourney)
    return list(connection.execute(select(of.c.journey).where(of.c.state.in_(("paused", "off")))).scalars())


def _wanted(connection: Connection, send_keys: set[str]) -> dict[str, Row]:
    of = table(Message)
    rows = connection.execute(select(of).where(of.c.send_key.in_(sorted(send_keys)))).mappings()
    return {row["send_key"]: dict(row) for row in rows}


def _messages(connection: Connection, shown: Shown, customers: set[str], now: datetime) -> list[Row]:
    """The customers' marketing messages that caps look at, within the longest window, oldest first."""
    if not shown.house.caps or not customers:
        return []
    of = table(Message)
    longest = max(cap.per.elapsed for cap in shown.house.caps.values())
    recent = (of.c.counted_at > now - longest) | (of.c.state == MessageState.held)
    columns = (of.c.customer_id, of.c.channel, of.c.state, of.c.counted_at, of.c.held_until)
    query = (
        select(*columns, of.c.send_key, of.c.priority, of.c.due_at)
        .where(of.c.customer_id.in_(sorted(customers)), of.c.purpose == "marketing", recent)
        .order_by(of.c.counted_at)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _addresses(customers: dict[str, Row]) -> set[tuple[str, str]]:
    found = {("email", row["email"]) for row in customers.values() if row["email"]}
    return found | {("sms", row["phone"]) for row in customers.values() if row["phone"]}
