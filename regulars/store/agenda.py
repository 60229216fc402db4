"""From when on does time let customers into a journey? From when it was applied: nobody enters by what was before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete

from regulars.engine import dates
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule
from regulars.journeys.model import Book
from regulars.store.audiences import Agenda, KnownSegment, SegmentMember
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.statements import add, insert, table

EVERYBODY = "*"
Timed = Mapping[str, tuple[OnDate | OnSchedule | OnBroadcast, str]]


def timed(book: Book) -> Timed:
    """What time lets customers into: by journey, when, and by which zone where no better one is known."""
    house = book.house.timezone
    return {name: (on, house) for name, journey in book.journeys.items() if (on := journey.start.on) is not None}


def keep(connection: Connection, book: Book, before: Timed, now: datetime) -> None:
    """Put the journeys that time starts on the agenda: as of now where they are new, or were given another time than
    `before`. Those that are gone are taken off, and segments that are gone are forgotten. A broadcast that was given a
    time that has passed is on record as such, and will not be sent."""
    of, now_timed = table(Agenda), timed(book)
    connection.execute(of.delete().where(of.c.what.not_in([*now_timed, EVERYBODY])))
    changed = sorted(name for name, when in now_timed.items() if before.get(name) != when)
    for name in changed:
        statement = insert(connection, Agenda).values(what=name, looked_at=now)
        connection.execute(statement.on_conflict_do_update(index_elements=["what"], set_={"looked_at": now}))
    for segments in (table(KnownSegment), table(SegmentMember)):
        connection.execute(delete(segments).where(segments.c.segment.not_in(list(book.house.segments))))
    passed = [
        decision(now, name, "start", "its time has passed", seen={"broadcast": on.at})
        for name, (on, zone) in ((name, now_timed[name]) for name in changed)
        if isinstance(on, OnBroadcast) and dates.announced(on.at, zone) <= now
    ]
    add(connection, Decision, passed)
