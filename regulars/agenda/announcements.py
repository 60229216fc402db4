"""Which schedules and broadcasts fell due? Each is an event of the shop's, which calls its audience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from regulars.engine import calendar, dates
from regulars.intake import event_log
from regulars.intake.arrival import Happened
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence
from regulars.journeys.happening import OnBroadcast, OnSchedule
from regulars.store.audiences import Agenda
from regulars.store.shelf import Shelf
from regulars.store.statements import lock_names, table

Row = dict[str, Any]
SOURCE = "agenda"
_LONGEST = timedelta(days=40)  # between two of one schedule; of what was missed the last alone is made good
_AGENDA = table(Agenda)
_MOVE_ON = _AGENDA.update().where(_AGENDA.c.what == bindparam("of_what")).values(looked_at=bindparam("to_looked_at"))


class Announcements:
    """The set-based transaction."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def due(self, connection: Connection, moments: Sequence[datetime]) -> list[datetime | None]:
        """Let happen what fell due by each moment (shop time); gives when the next is due, if any is."""
        return [self._due(connection, now) for now in moments]

    def _due(self, connection: Connection, now: datetime) -> datetime | None:
        shown = self._shelf.live(connection)
        timed = {
            name: on
            for name, play in shown.plays.items()
            if isinstance(on := play.journey.start.on, OnSchedule | OnBroadcast)
        }
        if not timed:
            return None
        lock_names(connection, [SOURCE])
        looked = {row.what: row.looked_at for row in connection.execute(select(_AGENDA)).all()}
        zone = shown.house.timezone
        found = [
            announced(name, on, at, zone)
            for name, on in sorted(timed.items())
            if name in looked and (at := _last(on, zone, looked[name], now)) is not None
        ]
        if found:
            batch = Batch(connection, self._shelf, shown, now)
            lock_names(connection, [f"once/{one.happened.once}" for one in found])
            event_log.write(batch, Enrolled(batch, {}, [one.happened.properties for one in found]), found)
            batch.close()
        moved = [{"of_what": name, "to_looked_at": now} for name in timed if name in looked and looked[name] < now]
        if moved:
            connection.execute(_MOVE_ON, moved)
        return min((at for on in timed.values() if (at := following(on, zone, now)) is not None), default=None)


def announced(journey: str, on: OnSchedule | OnBroadcast, at: datetime, zone: str) -> Occurrence:
    """The event of the shop's that a time is."""
    local = calendar.local(at, zone).to_plain().format_iso()
    name = "Schedule Due" if isinstance(on, OnSchedule) else "Broadcast Due"
    happened = Happened(name, at, {"journey": journey, "at": local}, once=f"{on.kind}/{journey}/{local}")
    return Occurrence(happened, SOURCE)


def following(on: OnSchedule | OnBroadcast, zone: str, after: datetime) -> datetime | None:
    """The first time after `after`, if there is one."""
    if isinstance(on, OnSchedule):
        return dates.scheduled(on, zone, after)
    at = dates.announced(on.at, zone)
    return at if at > after else None


def _last(on: OnSchedule | OnBroadcast, zone: str, after: datetime, until: datetime) -> datetime | None:
    """The last time after `after` that has come by `until`."""
    found, at = None, following(on, zone, max(after, until - _LONGEST))
    while at is not None and at <= until:
        found, at = at, following(on, zone, at)
    return found
