"""What do all parts of one transaction of the way in share? Where it writes, what is live, what time it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.customers.context import Questions, Surroundings
from regulars.ids import new_id
from regulars.intake.occurrence import key_value
from regulars.journeys.play import Play
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision, Outbox
from regulars.store.events import Inbound
from regulars.store.lists import among, grouped
from regulars.store.shelf import Shelf, Shown
from regulars.store.statements import add, add_all, add_columns, lock_names, table

Row = dict[str, Any]
_HISTORY = timedelta(days=3)  # longer than any sender tries again


@dataclass(frozen=True, slots=True)
class Batch:
    """One transaction. `now`: the shop's instant at which the latest of what it takes came."""

    connection: Connection
    shelf: Shelf
    shown: Shown
    now: datetime
    _decisions: list[Row] = field(default_factory=list)
    _hinted: dict[str, Row] = field(default_factory=dict)

    def new(self, deliveries: Sequence[tuple[str, str]]) -> list[bool]:
        """For each (source, sender's key): was it never seen before, not even in this batch? Puts them on record."""
        lock_names(self.connection, (f"inbound/{source}/{key}" for source, key in deliveries))
        if add_all(self.connection, Inbound, self._inbound(deliveries)):
            return [True] * len(deliveries)
        senders, bound = grouped(deliveries)
        seen = {tuple(row) for row in self.connection.execute(_seen(senders), bound)}
        said, unseen = [], []
        for one in deliveries:
            said.append(one not in seen)
            if one not in seen:
                seen.add(one)
                unseen.append(one)
        if unseen:
            add_columns(self.connection, Inbound, self._inbound(unseen))
        return said

    def _inbound(self, deliveries: Sequence[tuple[str, str]]) -> dict[str, Sequence[Any]]:
        sources, keys = zip(*deliveries, strict=True)
        return {"source": sources, "key": keys, "received_at": [self.now] * len(deliveries)}

    def play(self, journey: str, version: str) -> Play:
        """A version, compiled. Raises KeyError when there was never such a one."""
        return self.shelf.play(self.connection, journey, version)

    def asking(self, customer: Row, place: Surroundings) -> Questions:
        """The questions that conditions may ask of the customer, as of now."""
        return Questions(self.connection, customer, place, self.shown.house, self.now)

    def keys_of(self, properties: Row) -> list[tuple[str, str]]:
        """(property, value) for every property by which some journey keys its runs."""
        return keys_of(self.shown, properties)

    def is_history(self, occurred_at: datetime) -> bool:
        """Is what happened then told so late that it is an import? Nobody enters by it."""
        return is_history(occurred_at, self.now)

    def decide(self, journey: str, gate: str, verdict: str, **more: Any) -> None:
        """Put on record, at the end, what was decided: regulars.store.decisions.decision says what `more` may be."""
        self._decisions.append(decision(self.now, journey, gate, verdict, **more))

    def hint(self, enrollment: Row) -> None:
        """Have Temporal told, at the end, that this enrollment's rows changed."""
        self._hinted[enrollment["id"]] = enrollment

    def close(self) -> None:
        """Write what was put off. A hint is a row each time: one that is under way may be too early."""
        hints = [
            {
                "id": new_id(),
                "kind": "hint",
                "party_id": row["party_id"],
                "enrollment_id": row["id"],
                "due_at": self.now,
            }
            for row in self._hinted.values()
        ]
        add(self.connection, Outbox, hints)
        add(self.connection, Decision, self._decisions)


def keys_of(shown: Shown, properties: Row) -> list[tuple[str, str]]:
    """(property, value) for every property by which some journey keys its runs."""
    if properties.keys().isdisjoint(shown.keys):  # as of nearly all
        return []
    keyed = [name for name in shown.keys if name in properties]
    return [(name, value) for name in keyed if (value := key_value(properties, name)) is not None]


def is_history(occurred_at: datetime, now: datetime) -> bool:
    """Is what is told now of then an import?"""
    return occurred_at < now - _HISTORY


@lru_cache
def _seen(senders: int) -> Select[Any]:
    of = table(Inbound)
    return select(of.c.source, of.c.key).where(among(of.c.source, of.c.key, senders))
