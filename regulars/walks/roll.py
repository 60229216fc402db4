"""Who is walking? The rows of some enrollments and all that their conditions may name, read set-based and locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.customers.context import Asking, Questions, Surroundings, surroundings
from regulars.journeys.model import House
from regulars.store import reading
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event
from regulars.store.lists import one_of
from regulars.store.messages import Message
from regulars.store.statements import for_update, rows_of, table

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Roll:
    """Rows by id. By enrollment and step: `sent`, what is known of its latest message; `heard`, what it last heard."""

    house: House
    enrollments: dict[str, Row]
    customers: dict[str, Row]
    starts: dict[str, Row]
    sent: dict[str, dict[str, Row]]
    heard: dict[str, dict[str, Row]] = field(default_factory=dict)
    places: dict[tuple[str | None, ...], Surroundings] = field(default_factory=dict)  # as they were asked for

    def customer(self, enrollment: str) -> Row:
        return self.customers[self.enrollments[enrollment]["customer_id"]]

    def place(self, enrollment: str) -> Surroundings:
        """Zone, locale, currency and senders of the customer."""
        customer = self.customer(enrollment)
        where = (customer["country"], customer["timezone"], customer["locale"], customer["currency"])
        found = self.places.get(where)
        if found is None:
            found = self.places[where] = surroundings(self.house, customer)
        return found

    def names(self, connection: Connection, enrollment: str, place: Surroundings, now: datetime) -> Row:
        """Everything that conditions and templates of this walk may name."""
        row, customer = self.enrollments[enrollment], self.customer(enrollment)
        start = self.starts.get(row["start_event_id"] or "", {}).get("properties", {})
        steps = {**self.sent.get(enrollment, {}), **self.heard.get(enrollment, {})}
        return named(Questions(connection, customer, place, self.house, now), start, steps)


def named(asking: Asking, start: Row, steps: Row) -> Row:
    """Everything that conditions and templates of a walk may name. `start`: the properties of the event that let in;
    `steps`: by step, what is known of its message, or what it heard."""
    return {**steps, **asking.segment_names(), "event": start, "start": start}


def read(connection: Connection, house: House, enrollments: Collection[str]) -> Roll:
    """Read under lock: all in one statement, as every statement and every row of it costs."""
    ids = sorted(set(enrollments))
    lock(connection, ids)
    found = Roll(house, {}, {}, {}, sent_by(connection, ids))
    for row in reading.rows(connection, _ALL, {"ids": ids}):
        walk = dict(zip(_WALKS, row, strict=False))
        found.enrollments[walk["id"]] = walk
        found.customers[walk["customer_id"]] = dict(zip(_PROFILES, row[len(_WALKS) :], strict=False))
        if row[-1] is not None:
            found.starts[walk["start_event_id"]] = {"properties": row[-1]}
    found.heard.update(heard_by(connection, found.enrollments.values()))
    return found


def lock(connection: Connection, enrollments: Collection[str]) -> None:
    """Lock the customers and then the enrollments in id order, as intake does. SQLite's one writer holds all."""
    if connection.dialect.name == "postgresql":
        bound = {"ids": sorted(enrollments)}
        connection.execute(_CUSTOMERS, bound)
        connection.execute(_ENROLLMENTS, bound)


def events(connection: Connection, ids: Collection[str]) -> dict[str, Row]:
    """Events by id."""
    return _by_id(connection, _EVENTS, {"ids": sorted(ids)}) if ids else {}


def customers(connection: Connection, ids: Collection[str]) -> dict[str, Row]:
    """What conditions may name of customers, by id."""
    return _by_id(connection, _OTHERS, {"ids": sorted(ids)}) if ids else {}


def sent_by(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Row]]:
    """What conditions may name of the latest message of each step, by enrollment."""
    found: dict[str, dict[str, Row]] = {}
    for enrollment, step, message, state, accepted_at in connection.execute(_SENT, {"ids": sorted(ids)}).all():
        names = {"message_id": message, "status": state, "sent_at": accepted_at}
        found.setdefault(enrollment, {})[step] = names
    return found


def heard_by(connection: Connection, enrollments: Collection[Row]) -> dict[str, dict[str, Row]]:
    """The properties of what each `wait_for` heard last, by enrollment. Asks nothing where none has heard anything."""
    told = {row["id"]: heard for row in enrollments if (heard := row.get("heard"))}
    found = events(connection, {event for heard in told.values() for event in heard.values()})
    return {
        enrollment: {step: found[event]["properties"] for step, event in heard.items() if event in found}
        for enrollment, heard in told.items()
    }


def _by_id(connection: Connection, query: Select[Any], bound: dict[str, list[str]]) -> dict[str, Row]:
    return {row["id"]: row for row in rows_of(connection, query, bound)}


_OF, _WHO, _WHAT, _HAD = (table(model) for model in (Enrollment, Customer, Event, Message))
# `asserted` is what intake alone goes by, and as long as all the rest.
_PROFILE = [column for column in _WHO.c if not column.name.startswith("asserted")]
_WALK = [
    *(_OF.c.id, _OF.c.party_id, _OF.c.journey, _OF.c.version, _OF.c.customer_id, _OF.c.key, _OF.c.state),
    *(_OF.c.start_event_id, _OF.c.due_at, _OF.c.goal_at, _OF.c.leaving, _OF.c.reason, _OF.c.heard),
]
_PROFILES, _WALKS = (tuple(column.name for column in columns) for columns in (_PROFILE, _WALK))
_OTHERS = select(*_PROFILE).where(one_of(_WHO.c.id, "ids")).order_by(_WHO.c.id)
_EVENTS = select(*(_WHAT.c.id, _WHAT.c.name, _WHAT.c.occurred_at, _WHAT.c.received_at, _WHAT.c.properties)).where(
    one_of(_WHAT.c.id, "ids")
)
_ALL = (
    select(*_WALK, *_PROFILE, _WHAT.c.properties)
    .join_from(_OF, _WHO, _WHO.c.id == _OF.c.customer_id)
    .outerjoin(_WHAT, _WHAT.c.id == _OF.c.start_event_id)
    .where(one_of(_OF.c.id, "ids"))
    .order_by(_OF.c.id)
)
_WALKING = select(_OF.c.customer_id).where(one_of(_OF.c.id, "ids"))
_CUSTOMERS = for_update(select(_WHO.c.id).where(_WHO.c.id.in_(_WALKING)).order_by(_WHO.c.id))
_ENROLLMENTS = for_update(select(_OF.c.id).where(one_of(_OF.c.id, "ids")).order_by(_OF.c.id))
_SENT = (
    select(_HAD.c.enrollment_id, _HAD.c.step, _HAD.c.id, _HAD.c.state, _HAD.c.accepted_at)
    .where(one_of(_HAD.c.enrollment_id, "ids"))
    .order_by(_HAD.c.visit)
)
