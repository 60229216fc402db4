"""What has happened? Writes events once each; the journeys that listen hear of them in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from regulars.ids import new_ids
from regulars.intake import enter, listen, segment_moves
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.ground import Ground, Walks
from regulars.intake.occurrence import Occurrence, Written
from regulars.store.events import Event, EventKey
from regulars.store.lists import one_of
from regulars.store.statements import add, add_columns, save, table

Row = dict[str, Any]
_ABOUT = "about order"  # no property has such a name: the key of an event that waits for its order's customer


_EVENT, _KEY = table(Event), table(EventKey)
_ONCE = select(_EVENT.c.once).where(one_of(_EVENT.c.once, "told"))
_ORPHANS = (
    select(_EVENT, _KEY.c.value)
    .join(_KEY, _KEY.c.event_id == _EVENT.c.id)
    .where(_KEY.c.property == _ABOUT, one_of(_KEY.c.value, "orders"), _EVENT.c.customer_id.is_(None))
)


def write(batch: Batch, enrolled: Enrolled, occurrences: Sequence[Occurrence], adopted: Sequence[Written] = ()) -> None:
    """Write the events that are new, the names of whose `once` are held; have these and the adopted mark and hint the
    walks that listen, and let in whom they start."""
    written = [
        Written(
            identifier,
            one.happened.name,
            _instant(batch.now, one),
            one.happened.properties,
            enrolled.customer_of(one.customer),
            one.message_id,
        )
        for identifier, one in note(batch, occurrences)
    ]
    events = spread(batch, enrolled, [*adopted, *written])
    enrolled.save()
    if moved := segment_moves.told(batch, events):
        write(batch, enrolled, moved)


def spread(batch: Ground, enrolled: Walks, events: Sequence[Written]) -> list[Written]:
    """Have walks hear of events that are written, and let in whom they start; gives them by their times."""
    events = sorted(events, key=lambda event: event.occurred_at)
    listen.hear(batch, enrolled, events)
    enter.let_in(batch, enrolled, events)
    return events


def note(batch: Batch, occurrences: Sequence[Occurrence]) -> list[tuple[str, Occurrence]]:
    """Write the events that are new, the names of whose `once` are held, and the keys that they can be found by; gives
    these events, each with its id."""
    untold = _untold(batch, occurrences)
    if not untold:
        return []
    ids = new_ids(len(untold))
    columns = columns_of(batch.now, ids, untold)
    add_columns(batch.connection, Event, columns)
    keys = [_key(of, *key) for of, told in zip(ids, columns["properties"], strict=True) for key in batch.keys_of(told)]
    found = list(zip(ids, untold, strict=True))
    waiting = [(of, one.about) for of, one in found if one.about and one.customer is None]
    add(batch.connection, EventKey, [*keys, *(_key(of, _ABOUT, _about(order)) for of, order in waiting)])
    return found


def adopt(batch: Batch, owners: Mapping[tuple[str, str], Row]) -> list[Written]:
    """Give events that came in before it was known whose order they are about to that order's customer, by (source,
    sender's order id)."""
    if not owners:
        return []
    by_value = {_about(order): customer for order, customer in owners.items()}
    found = batch.connection.execute(_ORPHANS, {"orders": sorted(by_value)}).all()
    save(
        batch.connection,
        Event,
        [{"id": row.id, "customer_id": by_value[row.value]["id"]} for row in found],
        "customer_id",
    )
    return [
        Written(row.id, row.name, row.occurred_at, row.properties, by_value[row.value], row.message_id) for row in found
    ]


def _untold(batch: Batch, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Those that were not told before, under whatever topic."""
    told = {one.happened.once for one in occurrences if one.happened.once is not None}
    if not told:
        return list(occurrences)
    told = set(batch.connection.execute(_ONCE, {"told": sorted(told)}).scalars())
    untold: list[Occurrence] = []
    for one in occurrences:
        once = one.happened.once
        if once is None or once not in told:
            untold.append(one)
        if once is not None:
            told.add(once)
    return untold


def columns_of(now: datetime, ids: Sequence[str], told: Sequence[Occurrence]) -> dict[str, Sequence[Any]]:
    """Events that are told now, at least one, as the values of each of their columns."""
    happened, sources, customers, messages, _, _ = zip(*told, strict=True)
    names, _, properties, onces = zip(*happened, strict=True)
    return {
        "id": ids,
        "name": names,
        "customer_id": customers,
        "message_id": messages,
        "occurred_at": [_instant(now, one) for one in told],
        "received_at": [now] * len(ids),
        "source": sources,
        "once": onces,
        "properties": properties,
    }


def _instant(now: datetime, one: Occurrence) -> datetime:
    """What is told of the future happened now, unless it may lie ahead."""
    occurred_at = one.happened.occurred_at
    return occurred_at if occurred_at < now or one.ahead else now


def _key(event: str, name: str, value: str) -> Row:
    return {"property": name, "value": value, "event_id": event}


def _about(order: tuple[str, str]) -> str:
    source, identifier = order
    return f"{source}/{identifier}"
