"""When may the next message go to this vendor? The vendor's rate as tokens in the database, across all processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from regulars.store.messages import Rate
from regulars.store.statements import insert, locked, table

AHEAD = 1.0  # seconds: nobody reserves further ahead, so that what is urgent never queues behind what is not


@dataclass(frozen=True, slots=True)
class Slot:
    """One message's place on a vendor's line. `now`: real epoch seconds; `per_second`: the line's rate."""

    line: str
    per_second: float
    now: float


def reserve(connection: Connection, slots: Sequence[Slot]) -> list[float | None]:
    """Seconds to wait before each message may go; None where the line is full for the next second: nothing is reserved."""
    of = table(Rate)
    lines = sorted({slot.line for slot in slots})
    connection.execute(
        insert(connection, Rate).values([{"line": line, "next_at": 0.0} for line in lines]).on_conflict_do_nothing()
    )
    query = locked(connection, select(of).where(of.c.line.in_(lines)).order_by(of.c.line))
    next_at = {row.line: row.next_at for row in connection.execute(query)}
    waits: list[float | None] = []
    for slot in slots:
        at = max(next_at[slot.line], slot.now)
        if at > slot.now + AHEAD:
            waits.append(None)
            continue
        next_at[slot.line] = at + 1 / slot.per_second
        waits.append(at - slot.now)
    for line, at in next_at.items():
        connection.execute(of.update().where(of.c.line == line).values(next_at=at))
    return waits
