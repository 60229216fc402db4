"""Where do walks stand on record? Opened under lock, mirrored where they rest, closed at their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam

from regulars.engine.member import Ending
from regulars.engine.standing import Closed, Opened, Position
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision, Enrollment, EnrollmentState
from regulars.store.messages import Message, MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table
from regulars.walks import roll, turn


@dataclass(frozen=True, slots=True)
class Opening:
    """A run of `party` begins for this enrollment."""

    party: str
    enrollment: str
    now: datetime


class Record:
    """The set-based transactions."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def open(self, connection: Connection, openings: Sequence[Opening]) -> list[Opened]:
        """Lock the rows and turn `due` into `walking`, so that what happened between row and run is seen."""
        house = self._shelf.live(connection).house
        rows = roll.read(connection, house, [opening.enrollment for opening in openings])
        said: list[Opened] = []
        begun: list[str] = []
        for opening in openings:
            row = rows.enrollments.get(opening.enrollment)
            if row is None or row["party_id"] != opening.party or row["state"] == EnrollmentState.closed:
                said.append(Opened(opening.enrollment, False, "UTC", reason="closed" if row else "unknown"))
                continue
            play = self._shelf.play(connection, row["journey"], row["version"])
            place = rows.place(opening.enrollment)
            names = partial(rows.names, connection, opening.enrollment, place, opening.now)
            over = turn.opening(play, row, names, place.zone)
            begun.append(opening.enrollment)
            if over is None:
                said.append(Opened(opening.enrollment, True, place.zone, due=row["due_at"]))
            else:
                ending: Ending = "goal" if over.result == "goal" else "left"
                said.append(Opened(opening.enrollment, True, place.zone, ending, over.reason))
        of = table(Enrollment)
        if begun:
            connection.execute(of.update().where(of.c.id.in_(begun)).values(state=EnrollmentState.walking))
        return said

    def rest(self, connection: Connection, positions: Sequence[Position]) -> list[None]:
        """Mirror where walks rest; a closed one stays as it was."""
        of = table(Enrollment)
        statement = (
            of.update()
            .where(of.c.id == bindparam("of_id"), of.c.state == EnrollmentState.walking)
            .values(
                version=bindparam("to_version"),
                step=bindparam("to_step"),
                visit=bindparam("to_visit"),
                phase=bindparam("to_phase"),
                wake_at=bindparam("to_wake"),
            )
        )
        rows = [
            {
                "of_id": one.enrollment,
                "to_phase": one.phase,
                "to_version": one.version,
                "to_step": one.step,
                "to_visit": one.visit,
                "to_wake": one.wake,
            }
            for one in sorted(positions, key=lambda one: one.enrollment)
        ]
        connection.execute(statement, rows)
        return [None] * len(positions)

    def close(self, connection: Connection, closings: Sequence[Closed]) -> list[None]:
        """Close rows before their run completes. Idempotent. A message still held will never go: it is skipped."""
        of, message = table(Enrollment), table(Message)
        statement = (
            of.update()
            .where(of.c.id == bindparam("of_id"), of.c.state != EnrollmentState.closed)
            .values(
                state=EnrollmentState.closed,
                outcome=bindparam("to_outcome"),
                reason=bindparam("to_reason"),
                closed_at=bindparam("to_at"),
                phase=None,
                wake_at=None,
            )
            .returning(of.c.id, of.c.customer_id, of.c.journey, of.c.step)
        )
        decisions: list[dict[str, Any]] = []
        for one in sorted(closings, key=lambda one: one.enrollment):
            values = {
                "of_id": one.enrollment,
                "to_outcome": one.ending,
                "to_reason": one.reason or None,
                "to_at": one.at,
            }
            decisions += [ended(one, row._asdict()) for row in connection.execute(statement, values)]
        add(connection, Decision, decisions)
        waiting = message.c.state.in_((MessageState.held, MessageState.claimed))
        connection.execute(
            message.update()
            .where(message.c.enrollment_id.in_([one.enrollment for one in closings]), waiting)
            .values(state=MessageState.skipped, reason="left the journey", counted_at=None)
        )
        return [None] * len(closings)


def ended(one: Closed, row: dict[str, Any]) -> dict[str, Any]:
    """The decision that says how a walk ended (its row: id, customer_id, journey, step)."""
    return decision(
        one.at,
        row["journey"],
        "walk",
        f"{one.ending}: {one.reason}" if one.reason else one.ending,
        customer=row["customer_id"],
        enrollment=row["id"],
        step=row["step"],
    )
