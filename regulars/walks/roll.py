"""Who is walking? The rows of some enrollments and all that their conditions may name, read set-based and locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.customers.context import Questions, Surroundings, customer_names, shop_names, surroundings
from regulars.journeys.model import House
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

    def customer(self, enrollment: str) -> Row:
        return self.customers[self.enrollments[enrollment]["customer_id"]]

    def place(self, enrollment: str) -> Surroundings:
        """Zone, locale, currency and senders of the customer."""
        return surroundings(self.house, self.customer(enrollment))

    def names(self, connection: Connection, enrollment: str, place: Surroundings, now: datetime) -> Row:
        """Everything that conditions and templates of this walk may name."""
        row, customer = self.enrollments[enrollment], self.customer(enrollment)
        start = self.starts.get(row["start_event_id"] or "", {}).get("properties", {})
        return {
            **self.sent.get(enrollment, {}),
            **self.heard.get(enrollment, {}),
            "customer": customer_names(customer, place),
            "shop": shop_names(self.house),
            "event": start,
            "start": start,
            **Questions(connection, customer, place, self.house, now).names(),
        }


def read(connection: Connection, house: House, enrollments: Collection[str]) -> Roll:
    """Read, locking the customers and then the enrollments in id order, as intake does."""
    bound = {"ids": sorted(set(enrollments))}
    customers = _by_id(connection, _CUSTOMERS, bound)
    rows = _by_id(connection, _WALKING, bound)
    starts, sent = _by_id(connection, _STARTS, bound), sent_by(connection, bound["ids"])
    return Roll(house, rows, customers, starts, sent, heard_by(connection, rows.values()))


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
_PROFILE = select(*(column for column in _WHO.c if not column.name.startswith("asserted"))).order_by(_WHO.c.id)
_EVENT = select(_WHAT.c.id, _WHAT.c.name, _WHAT.c.occurred_at, _WHAT.c.properties)
_OTHERS, _EVENTS = _PROFILE.where(one_of(_WHO.c.id, "ids")), _EVENT.where(one_of(_WHAT.c.id, "ids"))
_CUSTOMERS = for_update(_PROFILE.where(_WHO.c.id.in_(select(_OF.c.customer_id).where(one_of(_OF.c.id, "ids")))))
_WALKING = for_update(
    select(
        *(_OF.c.id, _OF.c.party_id, _OF.c.journey, _OF.c.version, _OF.c.customer_id, _OF.c.key, _OF.c.state),
        *(_OF.c.start_event_id, _OF.c.due_at, _OF.c.goal_at, _OF.c.leaving, _OF.c.reason, _OF.c.heard),
    )
    .where(one_of(_OF.c.id, "ids"))
    .order_by(_OF.c.id)
)
_STARTS = _EVENT.where(_WHAT.c.id.in_(select(_OF.c.start_event_id).where(one_of(_OF.c.id, "ids"))))
_SENT = (
    select(_HAD.c.enrollment_id, _HAD.c.step, _HAD.c.id, _HAD.c.state, _HAD.c.accepted_at)
    .where(one_of(_HAD.c.enrollment_id, "ids"))
    .order_by(_HAD.c.visit)
)
