"""When may the next message go to this vendor? The vendor's rate as tokens in the database, across all processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from regulars.store.lists import one_of
from regulars.store.messages import Rate
from regulars.store.statements import for_update, insert, table

GRAIN = 0.01  # seconds: finer than this no place is kept, for a commit or a connection takes as long
AHEAD = 1.0  # seconds: nobody reserves further ahead, so that what is urgent never queues behind what is not


@dataclass(frozen=True, slots=True)
class Slot:
    """One message's place on a vendor's line. `now`: real epoch seconds; `per_second`: the line's rate."""

    line: str
    per_second: float
    now: float


@dataclass(frozen=True, slots=True)
class Place:
    """`reserved`: it may go after `wait` real seconds. Else nothing is reserved, and about then there will be room."""

    wait: float
    reserved: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """A line on which nothing goes before `until`, in real epoch seconds."""

    line: str
    until: float


def reserve(connection: Connection, slots: Sequence[Slot]) -> list[Place]:
    """A place for each message, first come first served."""
    if not slots:
        return []
    next_at = _next(connection, {slot.line for slot in slots})
    expected = dict(next_at)
    places: list[Place] = []
    for slot in slots:
        at = max(expected[slot.line], slot.now)
        expected[slot.line] = at + 1 / slot.per_second
        reserved = at <= slot.now + AHEAD
        if reserved:
            next_at[slot.line] = expected[slot.line]
        places.append(Place(at - slot.now, reserved))
    _write(connection, next_at)
    return places


def rest(connection: Connection, rests: Sequence[Rest]) -> list[None]:
    """Let lines rest: whatever they were to take next would fare like what they took last."""
    next_at = _next(connection, {one.line for one in rests})
    for one in rests:
        next_at[one.line] = max(next_at[one.line], one.until)
    _write(connection, next_at)
    return [None] * len(rests)


def _next(connection: Connection, lines: set[str]) -> dict[str, float]:
    """From when on each line is free, locked; a line nobody used yet is made."""
    wanted = {"lines": sorted(lines)}
    found = {row.line: row.next_at for row in connection.execute(_LINES, wanted)}
    if len(found) < len(lines):
        rows = [{"line": line, "next_at": 0.0} for line in wanted["lines"]]
        connection.execute(insert(connection, Rate).values(rows).on_conflict_do_nothing())
        found = {row.line: row.next_at for row in connection.execute(_LINES, wanted)}
    return found


def _write(connection: Connection, next_at: dict[str, float]) -> None:
    connection.execute(_FREE, [{"of_line": line, "to_next": at} for line, at in sorted(next_at.items())])


_RATE = table(Rate)
_LINES = for_update(select(_RATE).where(one_of(_RATE.c.line, "lines")).order_by(_RATE.c.line))
_FREE = _RATE.update().where(_RATE.c.line == bindparam("of_line")).values(next_at=bindparam("to_next"))
