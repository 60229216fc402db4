"""Whose delivery is it? Finds or makes the customer whom a delivery's identities name, and keeps the profile fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_

from regulars.ids import new_id
from regulars.intake.arrival import Person
from regulars.store.customers import Customer, Identity
from regulars.store.statements import add, add_new, locked, table

_TRUST = {"email": 1, "phone": 2}  # a sender's own id is trusted before an e-mail, an e-mail before a phone
_FIELDS = ("email", "phone", "first_name", "last_name", "locale", "country", "province", "timezone")

Row = dict[str, Any]


def identify(connection: Connection, persons: Sequence[Person | None], now: datetime) -> list[Row | None]:
    """The customer's row for each person, locked, made where nobody is known by any of the identities.

    Where identities name different customers the most trusted one wins and the others keep theirs: a shared phone does
    not make two people one.
    """
    known = _known(connection, persons)
    customers = _load(connection, set(known.values()))
    found: list[Row | None] = []
    fresh: dict[str, Row] = {}
    claims: list[Row] = []
    changed: dict[str, Row] = {}
    for person in persons:
        if person is None or not person.identities:
            found.append(None)
            continue
        named = sorted(person.identities, key=lambda pair: _TRUST.get(pair[0], 0))
        customer_id = next((known[pair] for pair in named if pair in known), None)
        if customer_id is None:
            row = _new(person, now)
            customers[row["id"]] = fresh[row["id"]] = row
        else:
            row = customers[customer_id]
            if _assert(row, person) and row["id"] not in fresh:
                changed[row["id"]] = row
        for kind, value in named:
            if (kind, value) not in known:
                known[kind, value] = row["id"]
                claims.append({"kind": kind, "value": value, "customer_id": row["id"]})
        found.append(row)
    add(connection, Customer, list(fresh.values()))
    add_new(connection, Identity, claims, "kind")
    _save(connection, list(changed.values()))
    return found


def by_ids(connection: Connection, ids: set[str]) -> dict[str, Row]:
    """Customers' rows by id, locked."""
    return _load(connection, ids)


def names_of(persons: Sequence[Person | None]) -> list[str]:
    """What must be held before `identify`, so that two deliveries at once make one customer."""
    return [f"identity/{kind}/{value}" for person in persons if person for kind, value in person.identities]


def _known(connection: Connection, persons: Sequence[Person | None]) -> dict[tuple[str, str], str]:
    pairs = {pair for person in persons if person for pair in person.identities}
    if not pairs:
        return {}
    identity = table(Identity)
    rows = connection.execute(select(identity).where(tuple_(identity.c.kind, identity.c.value).in_(sorted(pairs))))
    return {(row.kind, row.value): row.customer_id for row in rows}


def _load(connection: Connection, ids: set[str]) -> dict[str, Row]:
    if not ids:
        return {}
    customer = table(Customer)
    query = locked(connection, select(customer).where(customer.c.id.in_(sorted(ids))).order_by(customer.c.id))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _new(person: Person, now: datetime) -> Row:
    row: Row = {
        "id": new_id(),
        "tags": [],
        "orders": 0,
        "spent_minor": 0,
        "currency": None,
        "last_order_at": None,
        "asserted_at": person.asserted_at,
        "created_at": now,
    }
    row |= {name: getattr(person, name) for name in _FIELDS}
    if person.tags is not None:
        row["tags"] = list(person.tags)
    return row


def _assert(row: Row, person: Person) -> bool:
    """Take over what a person's newer assertion says, and what an older one fills in. True when something changed."""
    newer = person.asserted_at >= row["asserted_at"]
    said = {name: getattr(person, name) for name in _FIELDS if getattr(person, name) is not None}
    if person.tags is not None:
        said["tags"] = list(person.tags)
    taken = {name: value for name, value in said.items() if row[name] != value and (newer or not row[name])}
    row |= taken
    if newer and person.asserted_at != row["asserted_at"]:
        row["asserted_at"] = person.asserted_at
        return True
    return bool(taken)


def _save(connection: Connection, rows: list[Row]) -> None:
    if not rows:
        return
    customer = table(Customer)
    names = (*_FIELDS, "tags", "asserted_at")
    statement = (
        customer.update()
        .where(customer.c.id == bindparam("of_id"))
        .values({name: bindparam(f"to_{name}") for name in names})
    )
    connection.execute(statement, [{"of_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows])
