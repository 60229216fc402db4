"""May we write to them? Consent given and withdrawn, append-only, and addresses that are suppressed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, tuple_

from regulars.customers.person import ConsentFact
from regulars.ids import new_id
from regulars.store.customers import Consent, Suppression
from regulars.store.statements import add, among, grouped, insert, listed, table

STOPPED = "stopped"  # the reason that its own address can take back


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest word of a customer on a channel and purpose, and where it came from."""

    granted: bool
    source: str
    occurred_at: datetime


def record(
    connection: Connection,
    facts: Sequence[tuple[str, ConsentFact]],
    now: datetime,
    purpose: str = "marketing",
    strangers: Collection[str] = (),
) -> list[tuple[str, ConsentFact]]:
    """Append what customers (by id, locked) said, one after the other; gives what changed what holds.

    The same word of the same instant is one row however often it is told. A later one is a row of its own even where it
    repeats what holds: what came between may still arrive. `strangers`: customers of whom nothing can be on record yet.
    """
    if not facts:
        return []
    told = _told(connection, {customer for customer, _ in facts}.difference(strangers), purpose)
    standing = _latest(told)
    seen = {(customer, channel, word.granted, word.occurred_at) for customer, channel, word in told}
    rows, changed = [], []
    for customer, fact in facts:
        key = (customer, fact.channel, fact.granted, fact.occurred_at)
        if key in seen:
            continue
        seen.add(key)
        rows.append(_row(customer, fact, purpose, now))
        before = standing.get((customer, fact.channel))
        if before is None or _order(fact) > _order(before):
            standing[customer, fact.channel] = Standing(fact.granted, fact.source, fact.occurred_at)
            if before is None or before.granted != fact.granted:
                changed.append((customer, fact))
    add(connection, Consent, rows)
    return changed


def latest(
    connection: Connection, customers: Collection[str], purpose: str = "marketing"
) -> dict[tuple[str, str], Standing]:
    """The latest word by (customer, channel). At the same instant a withdrawal outweighs a grant."""
    return _latest(_told(connection, customers, purpose))


def suppress(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Suppress addresses (channel, address, reason, source, occurred_at), one after the other.

    The earliest reason stays, whichever came in first; but a hard bounce or a complaint takes the place of a STOP, as a
    START would take that back.
    """
    if not rows:
        return
    suppression, statement = table(Suppression), insert(connection, Suppression)
    told = statement.excluded
    names = ("reason", "source", "occurred_at")
    upsert = statement.on_conflict_do_update(
        index_elements=["channel", "address"],
        set_={name: told[name] for name in names},
        where=or_(
            (suppression.c.reason == STOPPED) & (told.reason != STOPPED),
            ((suppression.c.reason == STOPPED) == (told.reason == STOPPED))
            & (tuple_(told.occurred_at, told.reason) < tuple_(suppression.c.occurred_at, suppression.c.reason)),
        ),
    )
    connection.execute(upsert, sorted(rows, key=lambda row: (row["channel"], row["address"])))


def lift(connection: Connection, channel: str, address: str) -> None:
    """Take an address's own STOP back (START). A hard bounce or a complaint is not taken back by a word."""
    suppression = table(Suppression)
    connection.execute(
        suppression.delete().where(
            suppression.c.channel == channel, suppression.c.address == address, suppression.c.reason == STOPPED
        )
    )


def suppressed(connection: Connection, addresses: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The reason by (channel, address) of those that are suppressed."""
    if not addresses:
        return {}
    channels, bound = grouped(addresses)
    return {(row.channel, row.address): row.reason for row in connection.execute(_suppressed(channels), bound)}


def _told(connection: Connection, customers: Collection[str], purpose: str) -> list[tuple[str, str, Standing]]:
    if not customers:
        return []
    bound = {"customers": sorted(customers), "of_purpose": purpose}
    return [
        (customer, channel, Standing(granted, source, occurred_at))
        for customer, channel, granted, source, occurred_at in connection.execute(_TOLD, bound)
    ]


_CONSENT = table(Consent)
_TOLD = select(*(_CONSENT.c[name] for name in ("customer_id", "channel", "granted", "source", "occurred_at"))).where(
    _CONSENT.c.customer_id.in_(listed("customers")), _CONSENT.c.purpose == bindparam("of_purpose")
)


@lru_cache
def _suppressed(channels: int) -> Select[Any]:
    of = table(Suppression)
    return select(of.c.channel, of.c.address, of.c.reason).where(among(of.c.channel, of.c.address, channels))


def _latest(told: Sequence[tuple[str, str, Standing]]) -> dict[tuple[str, str], Standing]:
    in_order = sorted(told, key=lambda one: _order(one[2]))
    return {(customer, channel): word for customer, channel, word in in_order}


def _order(word: Standing | ConsentFact) -> tuple[datetime, bool]:
    """What holds among words is the last by this."""
    return (word.occurred_at, not word.granted)


def _row(customer: str, fact: ConsentFact, purpose: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "customer_id": customer,
        "channel": fact.channel,
        "purpose": purpose,
        "granted": fact.granted,
        "source": fact.source,
        "address": fact.address,
        "occurred_at": fact.occurred_at,
        "recorded_at": now,
    }
