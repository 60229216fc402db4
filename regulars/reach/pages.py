"""What is on record of the next customers? Read page by page, each with a few statements however many they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, select

from regulars.journeys.happening import OnDate
from regulars.journeys.model import EVERYONE, House
from regulars.journeys.play import Play
from regulars.store import reading
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event
from regulars.store.lists import one_of
from regulars.store.orders import Order, OrderLine
from regulars.store.statements import table

Row = dict[str, Any]
PAGE = 1_000
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_WHO, _EVENT, _WALK, _ORDER, _LINE = (table(one) for one in (Customer, Event, Enrollment, Order, OrderLine))
_TOLD: ColumnElement[bool] = (
    select(_EVENT.c.id)
    .where(
        *(_EVENT.c.customer_id == _WHO.c.id, _EVENT.c.name == bindparam("event")),
        _EVENT.c.occurred_at > bindparam("since"),
    )
    .exists()
)
_NEXT = select(_WHO).where(_WHO.c.id > bindparam("after")).order_by(_WHO.c.id).limit(PAGE)
_NEXT_TOLD = select(_WHO).where(_WHO.c.id > bindparam("after"), _TOLD).order_by(_WHO.c.id).limit(PAGE)
_BARE = (_EVENT.c.id, _EVENT.c.name, _EVENT.c.customer_id, _EVENT.c.occurred_at, _EVENT.c.received_at)
_WALKS = select(_WALK).where(one_of(_WALK.c.customer_id, "ids"), one_of(_WALK.c.journey, "journeys"))
_ORDERS = select(_ORDER).where(one_of(_ORDER.c.customer_id, "ids"))
_LINES = (
    select(_LINE)
    .join(_ORDER, _ORDER.c.id == _LINE.c.order_id)
    .where(one_of(_ORDER.c.customer_id, "ids"))
    .order_by(_LINE.c.order_id, _LINE.c.position)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be known of customers to judge one journey. `told`: the events that let in, are a goal or take out,
    read with their properties; `asked`: names that conditions speak of, of events and of journeys."""

    start: str
    told: frozenset[str]
    asked: frozenset[str]
    journeys: frozenset[str]
    orders: bool
    lines: bool

    @staticmethod
    def of(play: Play, house: House, *, replayed: bool) -> Wanted:
        """`replayed`: the past happens again, and sums over orders with it."""
        sources = " ".join(_sources(play, house))
        asked = frozenset(_QUOTED.findall(sources))
        lines = "bought" in sources
        told = play.hears | {play.journey.start.event} if replayed else frozenset[str]()
        return Wanted(play.journey.start.event, told, asked, asked | {play.journey.id}, replayed or lines, lines)


@dataclass(frozen=True, slots=True)
class Known:
    """One customer. `events` by id, with properties where those matter; `lines` by order."""

    customer: Row
    events: Mapping[str, Row]
    walks: Sequence[Row]
    orders: Sequence[Row]
    lines: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def pages(connection: Connection, wanted: Wanted, since: datetime | None) -> Iterator[list[Known]]:
    """All customers by their ids; `since`: those alone to whom the start happened after it."""
    after: str | None = ""
    while after is not None:
        bound: Row = {"after": after}
        if since is not None:
            bound |= {"event": wanted.start, "since": since}
        customers = _rows(connection, _NEXT if since is None else _NEXT_TOLD, bound)
        if customers:
            yield _known(connection, wanted, customers, since)
        after = customers[-1]["id"] if len(customers) == PAGE else None


def last_told(connection: Connection, event: str) -> Row | None:
    """What the shop told of this event of its own the last time; the row."""
    query = select(_EVENT).where(_EVENT.c.customer_id.is_(None), _EVENT.c.name == event)
    row = connection.execute(query.order_by(_EVENT.c.occurred_at.desc()).limit(1)).mappings().first()
    return dict(row) if row is not None else None


def _known(connection: Connection, wanted: Wanted, customers: Sequence[Row], since: datetime | None) -> list[Known]:
    ids = [row["id"] for row in customers]
    events: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    found: list[Row] = []
    if wanted.asked:
        found += _rows(connection, _asked(), {"ids": ids, "names": sorted(wanted.asked)})
    if since is not None:
        found += _rows(connection, _told(), {"ids": ids, "names": sorted(wanted.told), "since": since})
    for row in found:
        events[row["customer_id"]][row["id"]] = row
    walks = _by(_rows(connection, _WALKS, {"ids": ids, "journeys": sorted(wanted.journeys)}), "customer_id")
    orders = _by(_rows(connection, _ORDERS, {"ids": ids}) if wanted.orders else (), "customer_id")
    lines = _by(_rows(connection, _LINES, {"ids": ids}) if wanted.lines else (), "order_id")
    return [Known(row, events[row["id"]], walks[row["id"]], orders[row["id"]], lines) for row in customers]


def _sources(play: Play, house: House) -> Iterator[str]:
    """Every condition that may be judged, of the segments too: any of them may be asked about."""
    journey = play.journey
    asked = [journey.start.where, journey.while_, *(one.where for one in journey.leave)]
    if journey.goal is not None:
        asked.append(journey.goal.where)
    if isinstance(journey.start.on, OnDate):
        asked.append(journey.start.on.term)
    own = [source for source in asked if source]
    about = journey.start.about[1] if journey.start.event == "Segment Entered" and journey.start.about else None
    named = {journey.start.to, about} - {None, EVERYONE} | set(_QUOTED.findall(" ".join(own)))
    yield from own
    yield from (segment.where for name, segment in house.segments.items() if name in named)


@lru_cache
def _asked() -> Select[Any]:
    return select(*_BARE).where(one_of(_EVENT.c.customer_id, "ids"), one_of(_EVENT.c.name, "names"))


@lru_cache
def _told() -> Select[Any]:
    mine = and_(one_of(_EVENT.c.customer_id, "ids"), one_of(_EVENT.c.name, "names"))
    return select(*_BARE, _EVENT.c.message_id, _EVENT.c.properties).where(
        mine, _EVENT.c.occurred_at > bindparam("since")
    )


def _rows(connection: Connection, statement: Select[Any], bound: Mapping[str, Any]) -> list[Row]:
    names = tuple(column.name for column in statement.selected_columns)
    return [dict(zip(names, row, strict=True)) for row in reading.rows(connection, statement, bound)]


def _by(rows: Sequence[Row], column: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
