"""Whom do passing days move? Everybody is looked at once an hour: who is in which segment by now, whose date is near.

What comes of it is written under lock and by intake's own rules. A segment that is new, or whose condition was edited,
is first written down in silence: nobody enters by an edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from regulars.clock import Clock
from regulars.customers.context import Questions, surroundings
from regulars.customers.counts import Counts
from regulars.engine import dates
from regulars.engine.dates import Told
from regulars.intake import event_log, segment_moves
from regulars.intake.arrival import Happened
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence
from regulars.journeys.happening import OnDate
from regulars.journeys.play import Play
from regulars.store.agenda import EVERYBODY
from regulars.store.audiences import Agenda, KnownSegment
from regulars.store.customers import Customer
from regulars.store.lists import one_of
from regulars.store.shelf import Shelf
from regulars.store.statements import for_update, insert, lock_names, rows_of, table

Row = dict[str, Any]
HOUR = timedelta(hours=1)
AHEAD = 2  # rounds: a date is told of before it comes, whatever a round takes
_PAGE = 500
_WHO, _AGENDA = table(Customer), table(Agenda)
_NEXT = select(_WHO).where(_WHO.c.id > bindparam("after")).order_by(_WHO.c.id).limit(_PAGE)
_LOCKED = for_update(select(_WHO).where(one_of(_WHO.c.id, "ids")).order_by(_WHO.c.id))


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everybody, as of `now`. `since` when the journeys that dates start were looked at, by journey; dates
    up to `until` are let in. `silent`: segments that are written down and move nobody, by name with their marks."""

    now: datetime
    until: datetime
    since: Mapping[str, datetime]
    silent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Near:
    """A date of a customer's that is near."""

    customer: str
    journey: str
    told: Told

    @property
    def once(self) -> str:
        return f"date/{self.journey}/{self.customer}/{self.told.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of customers. `moved`: those who are in other segments than is written down; `last`: whom the next page
    comes after, None after the last one."""

    round: Round
    moved: tuple[str, ...]
    near: tuple[Near, ...]
    last: str | None


class Scan:
    """Its steps: begun, page after page read without a lock and written where something changed, ended."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        # By a demo's clock an hour is nothing, and looking takes as long as anywhere.
        self._every = max(HOUR, clock.passing(timedelta(seconds=2)))

    def begin(self, connection: Connection, moments: Sequence[datetime]) -> list[Round | None]:
        """What is to be looked at; None where it was, not long ago."""
        return [self._begin(connection, now) for now in moments]

    def page(self, connection: Connection, round: Round, after: str) -> Found:
        """Read the next customers behind the id `after`."""
        shown = self._shelf.live(connection)
        rows = rows_of(connection, _NEXT, {"after": after})
        was = segment_moves.members(connection, [row["id"] for row in rows])
        counts = Counts(connection, [row["id"] for row in rows])
        plays = {name: play for name in round.since if (play := shown.plays.get(name)) is not None}
        moved: list[str] = []
        near: list[Near] = []
        for row in rows:
            place = surroundings(shown.house, row)
            names = Questions(connection, row, place, shown.house, round.now, counts).segment_names()
            if segment_moves.holding(shown.house, names) != was.get(row["id"], frozenset()):
                moved.append(row["id"])
            near += [one for play in plays.values() for one in near_dates(play, row, names, place.zone, round)]
        return Found(round, tuple(moved), tuple(near), rows[-1]["id"] if len(rows) == _PAGE else None)

    def settle(self, connection: Connection, pages: Sequence[Found]) -> list[None]:
        """Write down who moved, and let the dates that are near be events."""
        lock_names(connection, [f"once/{one.once}" for found in pages for one in found.near])
        for found in pages:
            self._settle(connection, found)
        return [None] * len(pages)

    def end(self, connection: Connection, rounds: Sequence[Round]) -> list[None]:
        """Everybody was looked at."""
        for one in rounds:
            _put(connection, Agenda, [{"what": EVERYBODY, "looked_at": one.now}], "what")
            moved = _AGENDA.c.what.in_(list(one.since)), _AGENDA.c.looked_at < one.now  # not put on again by this
            connection.execute(_AGENDA.update().where(*moved).values(looked_at=one.now))
            known = [{"segment": name, "mark": one.silent[name], "known_since": one.now} for name in sorted(one.silent)]
            _put(connection, KnownSegment, known, "segment")
        return [None] * len(rounds)

    def _begin(self, connection: Connection, now: datetime) -> Round | None:
        shown = self._shelf.live(connection)
        house = shown.house
        marks, known = segment_moves.marks(house), segment_moves.known_segments(connection, house)
        silent = {name: mark for name, mark in marks.items() if name not in known}
        looked = {row.what: row.looked_at for row in connection.execute(select(_AGENDA)).all()}
        since = {
            name: looked.get(name, now)
            for name, play in shown.plays.items()
            if isinstance(play.journey.start.on, OnDate)
        }
        last = looked.get(EVERYBODY)
        if not (house.segments or since) or (not silent and last is not None and now < last + self._every):
            return None
        return Round(now, now + AHEAD * self._every, since, silent)

    def _settle(self, connection: Connection, found: Found) -> None:
        shown, now = self._shelf.live(connection), found.round.now
        ids = sorted({*found.moved, *(one.customer for one in found.near)})
        customers = {row["id"]: row for row in rows_of(connection, _LOCKED, {"ids": ids})}
        batch = Batch(connection, self._shelf, shown, now)
        moved = [customers[one] for one in found.moved if one in customers]
        # By conditions that are other ones since the round began, nobody is judged before the next.
        marks = segment_moves.marks(shown.house)
        silent = {name for name, mark in found.round.silent.items() if marks.get(name) == mark}
        known = segment_moves.known_segments(connection, shown.house) - silent
        segment_moves.weigh(batch, moved, silent, (), silent=True)
        told = segment_moves.weigh(batch, moved, known, found.moved)
        near = [one for one in found.near if one.customer in customers and one.journey in shown.plays]
        told += [reached(one) for one in near]
        event_log.write(batch, Enrolled(batch, customers, [one.happened.properties for one in told]), told)
        batch.close()


def near_dates(play: Play, customer: Row, names: Row, zone: str, round: Round) -> list[Near]:
    """The customer's dates that are to come, or came since the last look; not those told of only after they had passed:
    nothing is ever sent at once because of it."""
    on, date = play.journey.start.on, play.date
    if not isinstance(on, OnDate) or date is None:
        return []
    found = dates.occurrences(on, date.of(names).value, zone, round.since[play.journey.id], round.until)
    known = customer["touched_at"]
    return [
        Near(customer["id"], play.journey.id, told)
        for told in found
        if told.at > round.now or known is None or known <= told.at
    ]


def reached(near: Near) -> Occurrence:
    """The event of a date that is near: told before it happens."""
    told = near.told
    properties = {
        "journey": near.journey,
        "date": told.day.isoformat(),
        "occurrence": f"{near.customer}/{told.name}",
    }
    happened = Happened("Date Reached", told.at, properties, once=near.once)
    return Occurrence(happened, "agenda", near.customer, ahead=True)


def _put(connection: Connection, model: Any, rows: Sequence[Row], key: str) -> None:
    for row in rows:
        statement = insert(connection, model).values(**row)
        connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=row))
