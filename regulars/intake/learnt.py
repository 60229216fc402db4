"""Which events of the shop's own have come in? Their names, so that journeys may speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from regulars.intake.arrival import Arrival
from regulars.journeys.events import STANDARD
from regulars.store.events import LearntEvent
from regulars.store.statements import add_new

Named = tuple[str, datetime]


class Learnt:
    """What this process knows to be on record: a name is written once, not with every event."""

    def __init__(self) -> None:
        self._known: set[str] = set(STANDARD)

    def new(self, arrivals: Iterable[Arrival], at: datetime) -> list[Named]:
        """Names that are not known to be on record, in one order for everybody."""
        names = {event.name for arrival in arrivals for event in arrival.events}
        return [(name, at) for name in sorted(names - self._known)]

    def record(self, connection: Connection, named: Sequence[Named]) -> list[None]:
        """Put names on record, each with the shop's instant at which it came."""
        rows = {name: {"name": name, "first_seen_at": at} for name, at in named}
        add_new(connection, LearntEvent, [rows[name] for name in sorted(rows)], "name")
        return [None] * len(named)

    def know(self, named: Sequence[Named]) -> None:
        """They are on disk."""
        self._known.update(name for name, _ in named)
