"""What happens to a message, and is it told? The SQL of events: planned on acceptance, due in time, then told."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

# sendgrid: one of a batch for the event webhook; status, inbound: Twilio's callbacks; visit: a person's GET of a link.
Kind = Literal["sendgrid", "status", "inbound", "visit"]
State = Literal["pending", "told", "given_up", "silent"]
CallbackFault = Literal["callbacks_off", "duplicate_callbacks", "shuffled_callbacks"]

_LEASE_MS = 120_000
_REPEAT_MS = 250
_CLAIM = 500


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at `happens_at` (milliseconds since 1970) and is told to `url`, if there is one."""

    kind: Kind
    name: str
    happens_at: int
    payload: dict[str, Any]
    url: str | None
    repeats: int = 0
    tell_at: int | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event in the store. `answer`: what the last telling met."""

    id: int
    message: int
    kind: Kind
    name: str
    happens_at: int
    payload: dict[str, Any]
    url: str | None
    state: State
    attempts: int
    answer: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """How a telling ended: `state` pending with `again_at` tries once more."""

    id: int
    state: State
    answer: str
    again_at: int = 0


def event_id() -> str:
    """An id as SendGrid's, unique to each event."""
    return secrets.token_urlsafe(16)


def misbehaving(planned: Sequence[Event], faults: frozenset[CallbackFault]) -> tuple[Event, ...]:
    """The same happenings, told as the faults want it: not at all, twice, or newest first once all have happened."""
    changed = list(planned)
    if "callbacks_off" in faults:
        changed = [event if event.kind == "visit" else replace(event, url=None) for event in changed]
    if "duplicate_callbacks" in faults:
        changed = [event if event.kind == "visit" else replace(event, repeats=1) for event in changed]
    if "shuffled_callbacks" in faults:
        last = max((event.happens_at for event in changed), default=0)
        changed = [replace(event, tell_at=last + len(changed) - place) for place, event in enumerate(changed, 1)]
    return tuple(changed)


def add(connection: sqlite3.Connection, message: int, planned: Iterable[Event]) -> None:
    connection.executemany(
        "INSERT INTO event (message, kind, name, happens_at, payload, url, state, repeats, tell_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                message, event.kind, event.name, event.happens_at, json.dumps(event.payload), event.url,
                "silent" if event.url is None else "pending", event.repeats,
                event.happens_at if event.tell_at is None else event.tell_at,
            )
            for event in planned
        ],
    )  # fmt: skip


def of(connection: sqlite3.Connection, messages: Sequence[int]) -> dict[int, list[StoredEvent]]:
    """The events of each message, in the order in which they happen."""
    found: dict[int, list[StoredEvent]] = defaultdict(list)
    for start in range(0, len(messages), _CLAIM):
        some = messages[start : start + _CLAIM]
        rows = connection.execute(
            f"SELECT * FROM event WHERE message IN ({', '.join('?' * len(some))}) ORDER BY happens_at, id",
            some,
        )
        for row in rows:
            found[row["message"]].append(_stored(row))
    return found


def claim(connection: sqlite3.Connection, now: int) -> tuple[list[StoredEvent], int | None]:
    """Take what is due to be told, in order, and say when the next is. What is not reported back is due again."""
    rows = connection.execute(
        "SELECT * FROM event WHERE state = 'pending' AND tell_at <= ? ORDER BY tell_at, id LIMIT ?", (now, _CLAIM)
    ).fetchall()
    connection.executemany(
        "UPDATE event SET tell_at = ?, attempts = attempts + 1 WHERE id = ?",
        [(now + _LEASE_MS, row["id"]) for row in rows],
    )
    following = connection.execute("SELECT MIN(tell_at) FROM event WHERE state = 'pending'").fetchone()[0]
    return [replace(_stored(row), attempts=row["attempts"] + 1) for row in rows], following


def end_leases(connection: sqlite3.Connection, now: int) -> None:
    """After a restart nobody is telling anything: what was being told is due at once."""
    connection.execute(
        "UPDATE event SET tell_at = MAX(happens_at, ?) WHERE state = 'pending' AND tell_at > ?", (now, now)
    )


def record(connection: sqlite3.Connection, outcomes: Sequence[Told], now: int) -> None:
    """Write how tellings ended. One that is to be repeated is told again, as vendors do at times."""
    connection.executemany(
        "UPDATE event SET answer = ?, tell_at = ?, repeats = MAX(0, repeats - (? = 'told')),"
        " state = CASE WHEN ? = 'told' AND repeats > 0 THEN 'pending' ELSE ? END WHERE id = ?",
        [
            (told.answer, told.again_at or now + _REPEAT_MS, told.state, told.state, told.state, told.id)
            for told in outcomes
        ],
    )


def _stored(row: sqlite3.Row) -> StoredEvent:
    return StoredEvent(
        id=row["id"], message=row["message"], kind=row["kind"], name=row["name"], happens_at=row["happens_at"],
        payload=json.loads(row["payload"]), url=row["url"], state=row["state"], attempts=row["attempts"],
        answer=row["answer"],
    )  # fmt: skip
