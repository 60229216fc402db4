"""From when on does time let customers into a journey? From when it was applied: nobody enters by what was before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from regulars.engine import dates
from regulars.journeys.happening import OnBroadcast
from regulars.journeys.model import Journey
from regulars.store.audiences import Agenda
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.statements import add, add_new, table

EVERYBODY = "*"


def keep(
    connection: Connection, journeys: Mapping[str, Journey], edited: Collection[str], zone: str, now: datetime
) -> None:
    """Put the journeys that time starts on the agenda, as of now where they are new; take the others off. A broadcast
    that was `edited` to a time that has passed is on record as such, and will not be sent. `zone`: the house's."""
    timed = {name: journey for name, journey in journeys.items() if journey.start.on is not None}
    of = table(Agenda)
    connection.execute(of.delete().where(of.c.what.not_in([*timed, EVERYBODY])))
    add_new(connection, Agenda, [{"what": name, "looked_at": now} for name in timed], "what")
    passed = [
        decision(now, name, "start", "its time has passed", seen={"broadcast": on.at})
        for name in sorted(timed.keys() & set(edited))
        if isinstance(on := timed[name].start.on, OnBroadcast) and dates.announced(on.at, zone) <= now
    ]
    add(connection, Decision, passed)
