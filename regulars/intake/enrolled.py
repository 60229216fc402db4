"""Who is in which journey, of those whom one transaction's events may concern? Read once under lock, written back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, not_, or_, select

from regulars.customers.context import surroundings
from regulars.intake import audiences
from regulars.intake.batch import Batch
from regulars.intake.occurrence import Written, key_value
from regulars.journeys.play import Play
from regulars.store.enrollments import Enrollment, EnrollmentState, Outbox, start_of
from regulars.store.events import Event, EventKey
from regulars.store.lists import among, grouped, one_of
from regulars.store.messages import Message
from regulars.store.shelf import Shown
from regulars.store.statements import add, for_update, rows_of, save, table
from regulars.walks import roll

Row = dict[str, Any]
_MARKS = ("goal_at", "leaving", "state", "outcome", "reason", "closed_at")
_MOVED = ("due_at", "entered_at", "start_event_id", "customer_id")


class Enrolled:
    """Enrollments by customer and by key: changed in memory, written at `save`.

    `customers`: their rows, which are locked before enrollments are; those made later have none yet. `told`: the
    properties of all events to come, by whose keys others' enrollments are found.
    """

    def __init__(self, batch: Batch, customers: Mapping[str, Row], told: Iterable[Row]) -> None:
        self._batch, self._customers = batch, customers
        self._rows: dict[str, Row] = {}
        self._by_customer: defaultdict[str, list[Row]] = defaultdict(list)
        self._by_key: dict[tuple[str, str], Row] = {}
        self._starts: dict[str, Row] = {}
        self._others: dict[str, Row] | None = None
        self._sent: dict[str, dict[str, Row]] | None = None
        self._new: list[Row] = []
        self._changed: dict[str, Row] = {}
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for properties in told:
            for journey, value in self._keys(properties):
                keys[journey].add(value)
        for row in _load(batch, customers, keys):
            self._place(row)

    def concerned(self, event: Written) -> list[Row]:
        """The enrollments of the event's customer, and of the keys it carries: it may come under another's e-mail."""
        mine = self._by_customer.get(event.customer["id"], []) if event.customer else []
        keyed = [row for pair in self._keys(event.properties) if (row := self._by_key.get(pair)) is not None]
        return list({row["id"]: row for row in (*mine, *keyed)}.values())

    def of(self, journey: str, customer: str) -> list[Row]:
        """A customer's enrollments in a journey."""
        return [row for row in self._by_customer.get(customer, []) if row["journey"] == journey]

    def keyed(self, journey: str, key: str) -> Row | None:
        """The one enrollment of a key, ever."""
        return self._by_key.get((journey, key))

    def start(self, row: Row) -> Row:
        """Properties and instant of the event that let the customer in; empty where it is no more."""
        event = row["start_event_id"]
        if event is not None and event not in self._starts:
            events = {one["start_event_id"] for one in self._rows.values() if one["start_event_id"]}
            self._starts |= roll.events(self._batch.connection, events - self._starts.keys())
        return self._starts.get(event, {})

    def begun(self, row: Row) -> datetime:
        """When that happened: nothing of before concerns them. A date is told before it comes; and what concerns many
        begins for each when they are let in."""
        return begun(row, self.start(row), self._play(row))

    def names(self, row: Row) -> Row:
        """What conditions may name, about the customer who is inside, whoever the event came under."""
        connection, start = self._batch.connection, self.start(row)
        if self._sent is None:
            self._sent = roll.sent_by(connection, self._rows)
        steps = {**self._sent.get(row["id"], {}), **roll.heard_by(connection, [row]).get(row["id"], {})}
        customer = self.customer(row)
        asking = self._batch.asking(customer, surroundings(self._batch.shown.house, customer))
        return roll.named(asking, start.get("properties", {}), steps)

    def customer_of(self, customer: str | None) -> Row | None:
        """The row of whom an event concerns (an id), if anybody."""
        return None if customer is None else self._customers[customer]

    def customer(self, row: Row) -> Row:
        """The row of the customer who is inside."""
        if row["customer_id"] in self._customers:
            return self._customers[row["customer_id"]]
        if self._others is None:
            others = {one["customer_id"] for one in self._rows.values()} - self._customers.keys()
            self._others = roll.customers(self._batch.connection, others)
        return self._others[row["customer_id"]]

    def sent(self, row: Row, step: str, message: str | None) -> bool:
        """Is that the message of this enrollment's step?"""
        of = table(Message)
        query = select(of.c.id).where(of.c.id == message, of.c.enrollment_id == row["id"], of.c.step == step)
        return message is not None and self._batch.connection.execute(query).first() is not None

    def history(
        self, rows: Collection[Row], names: Collection[str], keys: Collection[tuple[str, str]]
    ) -> Iterator[tuple[Written, str | None]]:
        """Events of those names, each with its customer's id, that happened since the first of `rows` began, to their
        customers or under one of `keys`; but for those that let them in. Oldest first."""
        properties, bound = grouped(keys)
        bound |= {f"name_{number}": name for number, name in enumerate(sorted(names))}
        bound["customers"] = sorted({row["customer_id"] for row in rows})
        bound |= {"begun": min(map(self.begun, rows)), "starts": sorted({row["start_event_id"] for row in rows})}
        for one in self._batch.connection.execute(_history(properties, len(names)), bound):
            yield Written(one.id, one.name, one.occurred_at, one.properties, None, one.message_id), one.customer_id

    def call(self, event: Written, play: Play) -> None:
        """Have the segment that an event of the shop's is for let in; or put on record why not."""
        audiences.call(self._batch, event, play)

    def add(self, row: Row, start: Written) -> None:
        """A new one, let in by `start`."""
        self._place(row)
        self._new.append(row)
        self._begin(start)

    def restart(self, row: Row, start: Written, due: datetime) -> None:
        """Have one that has not begun be let in anew, by a later event and as its customer."""
        assert start.customer is not None  # noqa: S101 -- nobody else is let in
        if row["customer_id"] != start.customer["id"]:
            self._by_customer[row["customer_id"]].remove(row)
            self._by_customer[start.customer["id"]].append(row)
        row |= {"due_at": due, "entered_at": due, "start_event_id": start.id, "customer_id": start.customer["id"]}
        self.change(row)
        self._begin(start)

    def change(self, row: Row) -> None:
        """Have a changed row written."""
        if all(one is not row for one in self._new):
            self._changed[row["id"]] = row

    def save(self) -> None:
        """Write them, with the outbox rows that begin walks: moved with their enrollment, gone where it is closed."""
        connection, changed = self._batch.connection, list(self._changed.values())
        add(connection, Enrollment, self._new)
        parties = {row["party_id"]: row for row in self._new if row["state"] == EnrollmentState.due}
        add(connection, Outbox, [start_of(row) for row in parties.values()])
        if changed:
            save(connection, Enrollment, changed, *_MARKS, *_MOVED)
            _move(connection, [row for row in changed if row["state"] == EnrollmentState.due])
            _call_off(connection, [row for row in changed if row["state"] == EnrollmentState.closed])
        self._new, self._changed = [], {}

    def _begin(self, start: Written) -> None:
        times = {"occurred_at": start.occurred_at, "received_at": self._batch.now}
        self._starts[start.id] = {"properties": start.properties, **times}

    def _play(self, row: Row) -> Play:
        return self._batch.shelf.play(self._batch.connection, row["journey"], row["version"])

    def _keys(self, properties: Row) -> Iterable[tuple[str, str]]:
        return keys(self._batch.shown, properties)

    def _place(self, row: Row) -> None:
        self._rows[row["id"]] = row
        self._by_customer[row["customer_id"]].append(row)
        if row["key"] is not None:
            self._by_key[row["journey"], row["key"]] = row


def keys(shown: Shown, properties: Row) -> Iterator[tuple[str, str]]:
    """(journey, value) for every journey whose runs are keyed by a property that is there."""
    for journey, name in shown.keyed.items():
        if (value := key_value(properties, name)) is not None:
            yield journey, value


def begun(row: Row, start: Row, play: Play) -> datetime:
    """From when on an enrollment is concerned by what happens. `start`: the event that let in, where it is known."""
    if not start or play.journey.start.to is not None:
        entered: datetime = row["entered_at"]
        return entered
    instant: datetime = min(start["occurred_at"], start["received_at"])
    return instant


@lru_cache
def _history(properties: int, names: int) -> Select[Any]:
    event, key = table(Event), table(EventKey)
    mine = one_of(event.c.customer_id, "customers")
    keyed = event.c.id.in_(select(key.c.event_id).where(among(key.c.property, key.c.value, properties)))
    return (
        select(event)
        .where(
            or_(mine, keyed) if properties else mine,
            # Spelt out: else SQLite leaves the rest of the index unused.
            event.c.name.in_([bindparam(f"name_{number}") for number in range(names)]),
            event.c.occurred_at >= bindparam("begun"),
            not_(one_of(event.c.id, "starts")),
        )
        .order_by(event.c.occurred_at)
    )


def _load(batch: Batch, customers: Collection[str], keys: Mapping[str, set[str]]) -> list[Row]:
    if not customers and not keys:
        return []
    journeys, bound = grouped((journey, value) for journey, values in keys.items() for value in values)
    query = _locked(bool(customers), journeys)
    return rows_of(batch.connection, query, {"customers": sorted(customers), **bound} if customers else bound)


@lru_cache
def _locked(by_customer: bool, journeys: int) -> Select[Any]:
    of = table(Enrollment)
    wanted: list[ColumnElement[Any]] = []  # one that is never true would have SQLite read the whole table
    if by_customer:
        wanted.append(one_of(of.c.customer_id, "customers"))
    if journeys:  # the index of keys is a partial one, and used where its condition is said
        wanted.append(and_(of.c.key.is_not(None), among(of.c.journey, of.c.key, journeys)))
    return for_update(select(of).where(or_(*wanted)).order_by(of.c.id))


_OUTBOX = table(Outbox)
_MOVE = (
    _OUTBOX.update()
    .where(
        _OUTBOX.c.party_id == bindparam("of_party"),
        _OUTBOX.c.enrollment_id == bindparam("of_id"),
        _OUTBOX.c.kind == "start",
    )
    .values(due_at=bindparam("to_due"))
)
_CALL_OFF = _OUTBOX.delete().where(
    one_of(_OUTBOX.c.party_id, "parties"), one_of(_OUTBOX.c.enrollment_id, "ids"), _OUTBOX.c.kind == "start"
)


def _move(connection: Connection, rows: Sequence[Row]) -> None:
    if rows:
        values = [{"of_party": row["party_id"], "of_id": row["id"], "to_due": row["due_at"]} for row in rows]
        connection.execute(_MOVE, values)


def _call_off(connection: Connection, rows: Sequence[Row]) -> None:
    if rows:
        bound = {"parties": [row["party_id"] for row in rows], "ids": [row["id"] for row in rows]}
        connection.execute(_CALL_OFF, bound)
