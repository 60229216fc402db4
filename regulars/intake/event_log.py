"""What has happened? Writes events once each; the journeys that listen hear of them in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from regulars.ids import new_id
from regulars.intake import enter, listen
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence, Written
from regulars.store.events import Event, EventKey
from regulars.store.statements import add, add_new, table

Row = dict[str, Any]
_ABOUT = "about order"  # no property has such a name: the key of an event that waits for its order's customer


def write(batch: Batch, enrolled: Enrolled, occurrences: Sequence[Occurrence], adopted: Sequence[Written] = ()) -> None:
    """Write the events that are new; have these and the adopted mark and hint the walks that listen, and let in whom
    they start."""
    rows = [_row(one, batch) for one in occurrences]
    new = add_new(batch.connection, Event, rows, "id")
    pairs = [(row, one) for row, one in zip(rows, occurrences, strict=True) if (row["id"],) in new]
    add(batch.connection, EventKey, [key for row, one in pairs for key in _keys(batch, row, one)])
    written = [
        Written(row["id"], row["name"], row["occurred_at"], row["properties"], one.customer, row["message_id"])
        for row, one in pairs
    ]
    events = sorted([*adopted, *written], key=lambda event: event.occurred_at)
    listen.hear(batch, enrolled, events)
    enter.let_in(batch, enrolled, events)
    enrolled.save()


def adopt(batch: Batch, owners: Mapping[tuple[str, str], Row]) -> list[Written]:
    """Give events that came in before it was known whose order they are about to that order's customer, by (source,
    sender's order id)."""
    if not owners:
        return []
    event, key = table(Event), table(EventKey)
    by_value = {_about(order): customer for order, customer in owners.items()}
    query = (
        select(event, key.c.value)
        .join(key, key.c.event_id == event.c.id)
        .where(key.c.property == _ABOUT, key.c.value.in_(sorted(by_value)), event.c.customer_id.is_(None))
        .order_by(event.c.occurred_at)
    )
    adopted: list[Written] = []
    for row in batch.connection.execute(query):
        customer = by_value[row.value]
        batch.connection.execute(event.update().where(event.c.id == row.id).values(customer_id=customer["id"]))
        adopted.append(Written(row.id, row.name, row.occurred_at, row.properties, customer, row.message_id))
    return adopted


def _row(one: Occurrence, batch: Batch) -> Row:
    return {
        "id": new_id(),
        "name": one.happened.name,
        "customer_id": one.customer["id"] if one.customer else None,
        "message_id": one.message_id,
        "occurred_at": min(one.happened.occurred_at, batch.now),
        "received_at": batch.now,
        "source": one.source,
        "once": one.happened.once,
        "properties": one.happened.properties,
    }


def _keys(batch: Batch, row: Row, one: Occurrence) -> list[Row]:
    keys = [*batch.keys_of(row["properties"])]
    if one.about and one.customer is None:
        keys.append((_ABOUT, _about(one.about)))
    return [{"property": name, "value": value, "event_id": row["id"]} for name, value in keys]


def _about(order: tuple[str, str]) -> str:
    source, identifier = order
    return f"{source}/{identifier}"
