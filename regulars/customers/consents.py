"""May we write to them? Consent given and withdrawn, append-only, and addresses that are suppressed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_

from regulars.ids import new_id
from regulars.intake.arrival import ConsentFact
from regulars.store.customers import Consent, Suppression
from regulars.store.statements import add_new, insert, table


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest word of a customer on a channel and purpose, and where it came from."""

    granted: bool
    source: str
    occurred_at: datetime


def record(
    connection: Connection, facts: Sequence[tuple[str, ConsentFact]], now: datetime, purpose: str = "marketing"
) -> list[tuple[str, ConsentFact]]:
    """Append what customers (by id) said; gives those that were new and changed what holds."""
    before = latest(connection, {customer for customer, _ in facts}, purpose)
    rows = [
        {
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
        for customer, fact in facts
        if not _repeats(before.get((customer, fact.channel)), fact)
    ]
    new = {key for (key,) in add_new(connection, Consent, rows, "id")}
    written = {
        (row["customer_id"], row["channel"], row["granted"], row["occurred_at"]) for row in rows if row["id"] in new
    }
    changed: list[tuple[str, ConsentFact]] = []
    for customer, fact in facts:
        key = (customer, fact.channel, fact.granted, fact.occurred_at)
        if key in written and _changes(before.get((customer, fact.channel)), fact):
            written.discard(key)
            changed.append((customer, fact))
    return changed


def latest(
    connection: Connection, customers: Collection[str], purpose: str = "marketing"
) -> dict[tuple[str, str], Standing]:
    """The latest word by (customer, channel). At the same instant a withdrawal outweighs a grant."""
    if not customers:
        return {}
    consent = table(Consent)
    query = (
        select(consent.c.customer_id, consent.c.channel, consent.c.granted, consent.c.source, consent.c.occurred_at)
        .where(consent.c.customer_id.in_(sorted(customers)), consent.c.purpose == purpose)
        .order_by(consent.c.occurred_at, consent.c.granted.desc())
    )
    return {
        (row.customer_id, row.channel): Standing(row.granted, row.source, row.occurred_at)
        for row in connection.execute(query)
    }


def suppress(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Suppress addresses (channel, address, reason, source, occurred_at); the first reason stays."""
    if rows:
        connection.execute(insert(connection, Suppression).values(list(rows)).on_conflict_do_nothing())


def lift(connection: Connection, channel: str, address: str) -> None:
    """Take an address's own STOP back (START). A hard bounce or a complaint is not taken back by a word."""
    suppression = table(Suppression)
    connection.execute(
        suppression.delete().where(
            suppression.c.channel == channel, suppression.c.address == address, suppression.c.reason == "stopped"
        )
    )


def suppressed(connection: Connection, addresses: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The reason by (channel, address) of those that are suppressed."""
    if not addresses:
        return {}
    suppression = table(Suppression)
    query = select(suppression.c.channel, suppression.c.address, suppression.c.reason).where(
        tuple_(suppression.c.channel, suppression.c.address).in_(sorted(addresses))
    )
    return {(row.channel, row.address): row.reason for row in connection.execute(query)}


def _repeats(before: Standing | None, fact: ConsentFact) -> bool:
    """The same word again, later: it says nothing new."""
    return before is not None and before.granted == fact.granted and before.occurred_at <= fact.occurred_at


def _changes(before: Standing | None, fact: ConsentFact) -> bool:
    return before is None or (before.granted != fact.granted and before.occurred_at <= fact.occurred_at)
