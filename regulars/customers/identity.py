"""Whose delivery is it? Finds or makes the customer whom a delivery's identities name, and keeps the profile fresh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.customers.person import Person
from regulars.ids import new_id
from regulars.journeys.model import TRAITS
from regulars.store import reading
from regulars.store.customers import Customer, Identity
from regulars.store.lists import among, grouped, one_of
from regulars.store.statements import add, for_update, rows_of, save, table

# A sender's own id is trusted before an e-mail, an e-mail before a phone; a browser may be anybody's.
_TRUST = {"email": 1, "phone": 2, "anonymous": 3}
_ALONE = ("email", "phone", "first_name", "last_name", "locale")
_PLACE = ("country", "province", "timezone")  # said as one: a new country's missing province is not the old one's
_PROFILE = (*_ALONE, *_PLACE, "tags", "traits", "asserted_at", "asserted", "touched_at")
SUMS = ("orders", "spent_minor", "currency", "last_order_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Row = dict[str, Any]
Pair = tuple[str, str]


class People:
    """The customers whom one transaction's persons are, under lock: taken one after the other, written at `save`.

    A person is the customer that has their most trusted identity. A weaker one (an e-mail for somebody with an id of
    the shop's, a phone for somebody with an e-mail) joins only where no stronger one of the same kind says otherwise:
    a shared phone does not make two people one. `known`: the `owners` of the persons. `rows`: customers by id, `more`
    too; who is changed there is to be touched.
    """

    def __init__(
        self, connection: Connection, persons: Iterable[Person], known: Mapping[Pair, str], more: Collection[str] = ()
    ) -> None:
        self._connection = connection
        self._owners: dict[Pair, str] = {}
        self._identities: dict[str, set[Pair]] = {}
        customers = {known[pair] for person in persons for pair in person.identities if pair in known}
        for kind, value, customer in _identities(connection, customers):
            self._own((kind, value), customer)
        self.rows: dict[str, Row] = _load(connection, {*self._identities, *more})
        self.new: dict[str, Row] = {}
        self._claims: list[Row] = []
        self._touched: dict[str, Row] = {}

    def known(self, person: Person) -> Iterator[str]:
        """The ids of all customers that have one of the person's identities."""
        return (self._owners[pair] for pair in person.identities if pair in self._owners)

    def take(self, person: Person | None, now: datetime) -> Row | None:
        """The person's customer, as they are with what this says; made where nobody is it. None for nobody."""
        if person is None or not person.identities:
            return None
        named = sorted(person.identities, key=lambda pair: _TRUST.get(pair[0], 0))
        customer = next((self._owners[pair] for pair in named if self._may_be(pair, named)), None)
        if customer is None:
            row = blank(new_id(), person, now)
            self.rows[row["id"]] = self.new[row["id"]] = row
        else:
            row = self.rows[customer]
        if learn(row, person) and row["id"] not in self.new:
            self.touch(row, now)
        for kind, value in named:
            if (kind, value) not in self._owners:
                self._own((kind, value), row["id"])
                self._claims.append({"kind": kind, "value": value, "customer_id": row["id"]})
        return row

    def touch(self, row: Row, now: datetime) -> None:
        """Have a changed row written."""
        row["touched_at"] = now
        self._touched[row["id"]] = row

    def save_new(self) -> None:
        """Write those who were made: others' rows may name them from now on."""
        add(self._connection, Customer, list(self.new.values()))
        add(self._connection, Identity, self._claims)
        self.new, self._claims = {}, []

    def save(self) -> None:
        """Write who was changed."""
        save(self._connection, Customer, self._touched.values(), *_PROFILE, *SUMS)
        self._touched = {}

    def _own(self, pair: Pair, customer: str) -> None:
        self._owners[pair] = customer
        self._identities.setdefault(customer, set()).add(pair)

    def _may_be(self, pair: Pair, named: Sequence[Pair]) -> bool:
        """Is `pair` somebody's who has no other name of a kind that is trusted more?"""
        owner = self._owners.get(pair)
        if owner is None:
            return False
        trust, theirs = _TRUST.get(pair[0], 0), self._identities[owner]
        return not any(
            (kind, value) not in theirs and any(other == kind for other, _ in theirs)
            for kind, value in named
            if _TRUST.get(kind, 0) < trust
        )


def names_of(persons: Iterable[Person | None]) -> Iterator[str]:
    """What must be held before the persons are looked for, so that two deliveries at once make one customer."""
    return (f"identity/{kind}/{value}" for person in persons if person for kind, value in person.identities)


def owners(connection: Connection, persons: Iterable[Person]) -> dict[Pair, str]:
    """The ids of the customers whom the persons' identities name. Hold `names_of` the persons first."""
    pairs = {pair for person in persons for pair in person.identities}
    if not pairs:
        return {}
    kinds, bound = grouped(pairs)
    return {(kind, value): customer for kind, value, customer in reading.rows(connection, _named(kinds), bound)}


_IDENTITY = table(Identity)
_NAMES = select(_IDENTITY.c.kind, _IDENTITY.c.value, _IDENTITY.c.customer_id)
_OF_CUSTOMERS = _NAMES.where(one_of(_IDENTITY.c.customer_id, "customers"))


@lru_cache
def _named(kinds: int) -> Select[Any]:
    return _NAMES.where(among(_IDENTITY.c.kind, _IDENTITY.c.value, kinds))


def _identities(connection: Connection, customers: Collection[str]) -> Iterable[Sequence[str]]:
    """All names of some customers."""
    if not customers:
        return ()
    return reading.rows(connection, _OF_CUSTOMERS, {"customers": sorted(customers)})


_CUSTOMER = table(Customer)
_LOCKED = for_update(select(_CUSTOMER).where(one_of(_CUSTOMER.c.id, "ids")).order_by(_CUSTOMER.c.id))


def _load(connection: Connection, ids: Collection[str]) -> dict[str, Row]:
    if not ids:
        return {}
    return {row["id"]: row for row in rows_of(connection, _LOCKED, {"ids": sorted(ids)})}


def blank(identifier: str, person: Person, now: datetime) -> Row:
    """The row of a customer of whom nothing is known yet."""
    return {
        "id": identifier,
        **dict.fromkeys((*_ALONE, *_PLACE)),
        "tags": [],
        "traits": None,
        "orders": 0,
        "spent_minor": 0,
        "currency": None,
        "last_order_at": None,
        "asserted_at": person.asserted_at,
        "asserted": {},
        "touched_at": now,
        "created_at": now,
    }


def learn(row: Row, person: Person) -> bool:
    """Let each field hold what was asserted of it last, whichever delivery came last. True when something changed."""
    at, times, changed = _microseconds(person.asserted_at), row["asserted"], False
    for name, value in _said(person):
        before, known = times.get(name), _known(row, name)
        if before is None and known:
            before = _microseconds(row["asserted_at"])
        if before is None or _order(at, value) > _order(before, known):
            _learn(row, name, value)
            times[name] = at
            changed = True
    if person.asserted_at > row["asserted_at"]:
        row["asserted_at"] = person.asserted_at
        changed = True
    return changed


def _said(person: Person) -> Iterator[tuple[str, Any]]:
    for name in _ALONE:
        if (value := getattr(person, name)) is not None:
            yield name, value
    for name in _PLACE:
        if (value := getattr(person, name)) is not None or person.country is not None:
            yield name, value
    if person.tags is not None:
        yield "tags", list(person.tags)
    yield from ((f"{TRAITS}{name}", value) for name, value in person.traits)


def _known(row: Row, name: str) -> Any:
    """What stands in a field, or in one of the shop's own."""
    return (row["traits"] or {}).get(name.removeprefix(TRAITS)) if name.startswith(TRAITS) else row[name]


def _learn(row: Row, name: str, value: Any) -> None:
    if name.startswith(TRAITS):
        row["traits"] = {**(row["traits"] or {}), name.removeprefix(TRAITS): value}
    else:
        row[name] = value


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _order(at: int, value: Any) -> tuple[Any, ...]:
    """Newer goes before older; of two at the same instant the same one wins whichever came first."""
    return (at, True, type(value).__name__, value) if value is not None else (at, False)
