"""What has happened? Writes events once each, and lets the journeys that listen hear of them, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from regulars.ids import new_id
from regulars.intake import enter, listen
from regulars.intake.occurrence import Occurrence, Written, key_value
from regulars.store.events import Event, EventKey
from regulars.store.shelf import Shelf, Shown
from regulars.store.statements import add, add_new, lock_names


def write(
    connection: Connection, shelf: Shelf, shown: Shown, occurrences: Sequence[Occurrence], now: datetime
) -> list[Written]:
    """Write the events that are new, mark and hint the walks that listen, and let in whom they start."""
    rows = [_row(one, now) for one in occurrences]
    new = {key for (key,) in add_new(connection, Event, rows, "id")} if rows else set()
    written = [
        Written(row["id"], row["name"], row["occurred_at"], row["properties"], one.customer, row["message_id"])
        for row, one in zip(rows, occurrences, strict=True)
        if row["id"] in new
    ]
    keyed = [(event, name, key_value(event.properties, name)) for event in written for name in shown.keys]
    found = [(event, name, value) for event, name, value in keyed if value is not None]
    lock_names(connection, (f"key/{name}/{value}" for _, name, value in found))
    add(
        connection,
        EventKey,
        [{"property": name, "value": value, "event_id": event.id} for event, name, value in found],
    )
    listen.hear(connection, shelf, shown, written, now)
    enter.let_in(connection, shelf, shown, written, now)
    return written


def _row(one: Occurrence, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": one.happened.name,
        "customer_id": one.customer["id"] if one.customer else None,
        "message_id": one.message_id,
        "occurred_at": min(one.happened.occurred_at, now),
        "received_at": now,
        "source": one.source,
        "once": one.happened.once,
        "properties": one.happened.properties,
    }
