"""Who of an audience enters? Page by page, each in one transaction: a kill repeats none and leaves none out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers.context import Asking, Questions, surroundings
from regulars.customers.counts import Counts
from regulars.intake import enter, segment_moves
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.ground import Ground
from regulars.intake.occurrence import Written
from regulars.journeys import segments
from regulars.journeys.model import EVERYONE, House
from regulars.store.audiences import Audience, SegmentMember
from regulars.store.customers import Customer
from regulars.store.decisions import seen_by
from regulars.store.events import Event
from regulars.store.lists import one_of
from regulars.store.shelf import Shelf
from regulars.store.statements import for_update, rows_of, table

Row = dict[str, Any]
_PAGE = 500
_OF, _WHO, _WHAT, _MEMBER = (table(one) for one in (Audience, Customer, Event, SegmentMember))
_LOCKED = for_update(select(_WHO).where(one_of(_WHO.c.id, "ids")).order_by(_WHO.c.id))


@dataclass(frozen=True, slots=True)
class Turn:
    """It is an audience's turn, as of `now`."""

    audience: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """How many entered and how many did not, so far; `done`: there is no further page."""

    entered: int
    refused: int
    done: bool


class Pages:
    """The set-based transaction."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def let_in(self, connection: Connection, turns: Sequence[Turn]) -> list[Page]:
        """Let the next page of each audience in."""
        return [self._let_in(connection, turn) for turn in turns]

    def _let_in(self, connection: Connection, turn: Turn) -> Page:
        row = next(iter(rows_of(connection, for_update(select(_OF).where(_OF.c.id == turn.audience)), {})), None)
        if row is None or row["finished_at"] is not None:
            return Page(row["entered"] if row else 0, row["refused"] if row else 0, done=True)
        shown = self._shelf.live(connection)
        batch = Batch(connection, self._shelf, shown, turn.now)
        ids = self._ids(connection, row, shown.house)
        play = shown.plays.get(row["journey"])
        if play is None:
            batch.decide(row["journey"], "start", "not on", seen={"audience": row["id"]})
            ids = []
        elif ids:
            event = _event(connection, row["event_id"])
            customers = self._customers(batch, row, ids)
            enrolled = Enrolled(batch, {one["id"]: one for one in customers}, [event.properties])
            entered = enter.let_many_in(batch, enrolled, event, play, customers)
            enrolled.save()
            row |= {"entered": row["entered"] + entered, "refused": row["refused"] + len(ids) - entered}
        if len(ids) < _PAGE:
            row["finished_at"] = turn.now
            if play is not None and not row["entered"] + row["refused"]:
                batch.decide(row["journey"], "start", "nobody there", seen={"segment": row["segment"]})
        new = {name: row[name] for name in ("entered", "refused", "finished_at")}
        new["cursor"] = ids[-1] if ids else row["cursor"]
        connection.execute(_OF.update().where(_OF.c.id == row["id"]).values(new))
        batch.close()
        return Page(row["entered"], row["refused"], done=row["finished_at"] is not None)

    def _ids(self, connection: Connection, row: Row, house: House) -> list[str]:
        """The next customers. A segment that is not written down yet may have any."""
        segment, after = row["segment"], row["cursor"]
        if segment in segment_moves.known_segments(connection, house):
            column = _MEMBER.c.customer_id
            query = select(column).where(_MEMBER.c.segment == segment, column > after).order_by(column)
        else:
            query = select(_WHO.c.id).where(_WHO.c.id > after).order_by(_WHO.c.id)
        return list(connection.execute(query.limit(_PAGE)).scalars())

    def _customers(self, batch: Batch, row: Row, ids: Sequence[str]) -> list[Row]:
        """Those of the page, held under lock, who were known when the audience was called and are in its segment."""
        found = rows_of(batch.connection, _LOCKED, {"ids": list(ids)})
        there = [one for one in found if one["created_at"] <= row["called_at"]]
        house, counts = batch.shown.house, Counts(batch.connection, ids)
        inside: list[Row] = []
        for one in there:
            ask = Questions(batch.connection, one, surroundings(house, one), house, batch.now, counts)
            if not stays_out(batch, ask, one, row["event_id"], row["segment"], row["journey"]):
                inside.append(one)
        return inside


def stays_out(batch: Ground, asking: Asking, customer: Row, event: str, segment: str | None, journey: str) -> bool:
    """Is a customer not of the audience that a journey calls by an event (its id)? It is on record."""
    if segment is None or segment == EVERYONE or asking.in_segment(segment):
        return False
    seen = {"event": event, "segment": segment, **_judged(batch.shown.house, segment, asking)}
    batch.decide(journey, "start", "not in the segment", customer=customer["id"], seen=seen)
    return True


def _judged(house: House, segment: str, ask: Asking) -> Row:
    """What the segment's condition saw; nothing of one that is no more."""
    found = house.segments.get(segment)
    return seen_by(segments.condition(found).judge(ask.segment_names()), where=found.where) if found else {}


def _event(connection: Connection, identifier: str) -> Written:
    query = select(_WHAT.c.id, _WHAT.c.name, _WHAT.c.occurred_at, _WHAT.c.properties).where(_WHAT.c.id == identifier)
    row = connection.execute(query).one()
    return Written(row.id, row.name, row.occurred_at, row.properties, None)
