"""Who entered a segment, and who left one? Judged afresh when something happens; what changed is an event too."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from regulars.customers.context import Questions, surroundings
from regulars.customers.counts import Counts
from regulars.intake.arrival import Happened
from regulars.intake.batch import Batch
from regulars.intake.ground import Ground
from regulars.intake.occurrence import Occurrence, Written
from regulars.journeys import segments
from regulars.journeys.model import House
from regulars.store.audiences import KnownSegment, SegmentMember
from regulars.store.lists import one_of
from regulars.store.statements import add_new, table

Row = dict[str, Any]
_SOURCE = "segments"
_MEMBER, _KNOWN = table(SegmentMember), table(KnownSegment)
_OF_CUSTOMERS = select(_MEMBER.c.customer_id, _MEMBER.c.segment).where(one_of(_MEMBER.c.customer_id, "customers"))
_KNOWN_BY = select(_KNOWN.c.segment, _KNOWN.c.mark)
_OUT = _MEMBER.delete().where(
    _MEMBER.c.segment == bindparam("of_segment"), _MEMBER.c.customer_id == bindparam("of_customer")
)


def told(batch: Batch, events: Sequence[Written]) -> list[Occurrence]:
    """What moves the customers of `events`, who are held under lock; by what is history nobody enters, but is in."""
    customers, fresh = movers(batch, events)
    if not customers:
        return []
    known = known_segments(batch.connection, batch.shown.house)
    return weigh(batch, list(customers.values()), known, fresh)


def movers(batch: Ground, events: Sequence[Written]) -> tuple[dict[str, Row], set[str]]:
    """The customers whom some of the events may move, by id; and those whom something moves that is no history."""
    moving = batch.shown.moving
    moved = [(event, event.customer) for event in events if event.customer is not None and event.name in moving]
    fresh = {customer["id"] for event, customer in moved if not batch.is_history(event.occurred_at)}
    return {customer["id"]: customer for _, customer in moved}, fresh


def write_down(batch: Batch, customers: Sequence[Row]) -> None:
    """Have what an import says of customers, held under lock, move them between segments in silence."""
    if customers and batch.shown.house.segments:
        known = known_segments(batch.connection, batch.shown.house)
        weigh(batch, list({one["id"]: one for one in customers}.values()), known, (), silent=True)


def known_segments(connection: Connection, house: House) -> frozenset[str]:
    """The segments all of whose customers are written down, by what they go by now."""
    by = {row.segment: row.mark for row in connection.execute(_KNOWN_BY)}
    return frozenset(name for name, mark in marks(house).items() if by.get(name) == mark)


def marks(house: House) -> dict[str, str]:
    """By segment, what tells an edit: of its condition, or of what the house says of places, languages and money."""
    places = (house.timezone, house.locale, house.currency, sorted(house.markets.items()))
    return {
        name: hashlib.sha256(repr((segment.where, places)).encode()).hexdigest()[:16]
        for name, segment in house.segments.items()
    }


def weigh(
    batch: Batch, customers: Sequence[Row], of: Collection[str], fresh: Collection[str], *, silent: bool = False
) -> list[Occurrence]:
    """Judge customers, held under lock, by the segments `of`, and write down who is in; gives what changed as events,
    for those in `fresh` and unless `silent`."""
    ids = [customer["id"] for customer in customers]
    was, counts = members(batch.connection, ids), Counts(batch.connection, ids)
    entering: list[Row] = []
    leaving: list[Row] = []
    for customer in customers:
        before = was.get(customer["id"], frozenset())
        house = batch.shown.house
        place = surroundings(house, customer)
        names = Questions(batch.connection, customer, place, house, batch.now, counts).segment_names()
        into, out = changes(house, names, of, before)
        entering += [{"segment": segment, "customer": customer} for segment in into]
        leaving += [{"segment": segment, "customer": customer} for segment in out]
    rows = [{"segment": one["segment"], "customer_id": one["customer"]["id"], "since": batch.now} for one in entering]
    add_new(batch.connection, SegmentMember, rows, "customer_id")
    gone = [{"of_segment": one["segment"], "of_customer": one["customer"]["id"]} for one in leaving]
    if gone:
        batch.connection.execute(_OUT, gone)
    told = [("Segment Entered", one) for one in entering] + [("Segment Left", one) for one in leaving]
    return [
        occurrence(name, one["segment"], one["customer"]["id"], batch.now)
        for name, one in told
        if not silent and one["customer"]["id"] in fresh
    ]


def members(connection: Connection, customers: Sequence[str]) -> dict[str, frozenset[str]]:
    """The segments that each is written down in; who is in none is left out."""
    found: dict[str, set[str]] = {}
    for customer, segment in connection.execute(_OF_CUSTOMERS, {"customers": sorted(customers)}).all():
        found.setdefault(customer, set()).add(segment)
    return {customer: frozenset(names) for customer, names in found.items()}


def holding(house: House, names: Mapping[str, Any], of: Collection[str] | None = None) -> frozenset[str]:
    """The segments (those `of`, or all) whose condition holds, over a customer's names."""
    return frozenset(
        name
        for name, segment in house.segments.items()
        if (of is None or name in of) and segments.condition(segment).judge(names).holds
    )


def changes(
    house: House, names: Mapping[str, Any], of: Collection[str], before: Collection[str]
) -> tuple[list[str], list[str]]:
    """The segments, of those in `of`, that a customer enters and leaves who was in `before`, over their names."""
    holds = holding(house, names, of)
    moved = [segment for segment in sorted(of) if (segment in holds) != (segment in before)]
    return [one for one in moved if one in holds], [one for one in moved if one not in holds]


def occurrence(name: str, segment: str, customer: str, now: datetime) -> Occurrence:
    """The event of a customer who enters or leaves."""
    return Occurrence(Happened(name, now, {"segment": segment}), _SOURCE, customer)
