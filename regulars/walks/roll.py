"""Who is walking? The rows of some enrollments and all that their conditions may name, read set-based and locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers.context import Questions, Surroundings, customer_names, shop_names, surroundings
from regulars.journeys.model import House
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event
from regulars.store.messages import Message
from regulars.store.statements import locked, table

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Roll:
    """Rows by id. `sent`: the latest message of each step, by enrollment."""

    house: House
    enrollments: dict[str, Row]
    customers: dict[str, Row]
    starts: dict[str, Row]
    sent: dict[str, dict[str, Row]]

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
            "customer": customer_names(customer, place),
            "shop": shop_names(self.house),
            "event": start,
            "start": start,
            **Questions(connection, customer["id"], place.zone, now).names(),
        }


def read(connection: Connection, house: House, enrollments: Collection[str]) -> Roll:
    """Read, locking the customers and then the enrollments in id order, as intake does."""
    ids = sorted(set(enrollments))
    of = table(Enrollment)
    owners = set(connection.execute(select(of.c.customer_id).where(of.c.id.in_(ids))).scalars())
    customers = by_id(connection, Customer, owners, lock=True)
    rows = by_id(connection, Enrollment, set(ids), lock=True)
    starts = by_id(connection, Event, {row["start_event_id"] for row in rows.values() if row["start_event_id"]})
    return Roll(house, rows, customers, starts, sent_by(connection, ids))


def by_id(connection: Connection, model: type[Any], ids: set[str], *, lock: bool = False) -> dict[str, Row]:
    """Rows of a model by id, in id order."""
    if not ids:
        return {}
    of = table(model)
    query = select(of).where(of.c.id.in_(sorted(ids))).order_by(of.c.id)
    return {row["id"]: dict(row) for row in connection.execute(locked(connection, query) if lock else query).mappings()}


def sent_by(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Row]]:
    """What conditions may name of the latest message of each step, by enrollment."""
    of = table(Message)
    columns = (of.c.enrollment_id, of.c.step, of.c.id, of.c.state, of.c.accepted_at)
    found: dict[str, dict[str, Row]] = {}
    for row in connection.execute(select(*columns).where(of.c.enrollment_id.in_(ids)).order_by(of.c.visit)):
        names = {"message_id": row.id, "status": row.state, "sent_at": row.accepted_at}
        found.setdefault(row.enrollment_id, {})[row.step] = names
    return found
