"""How does a walk start another journey? It lets its customer in as an event would, with the reasons to and not to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, select

from regulars.ids import LENGTH, encode
from regulars.journeys.play import Play
from regulars.store.decisions import decision
from regulars.store.enrollments import Enrollment, EnrollmentState, Outbox, Outcome, start_of
from regulars.store.shelf import Shelf
from regulars.store.statements import add, add_new, table
from regulars.walks import entry, turn
from regulars.walks.lots import draw
from regulars.walks.moment import Moment

Row = dict[str, Any]


class Door(Protocol):
    """Where walks begin: in the database, or in a simulation's memory."""

    def live(self, journey: str) -> Play | None:
        """The journey as new customers enter it, if it is on."""

    def others(self, customer: str, journey: str) -> Sequence[Row]:
        """The customer's enrollments in it."""

    def enroll(self, row: Row) -> None:
        """Write one that is new, and have its walk begin; one that there is stays."""


@dataclass(frozen=True, slots=True)
class DatabaseDoor:
    shelf: Shelf
    connection: Connection

    def live(self, journey: str) -> Play | None:
        return self.shelf.live(self.connection).plays.get(journey)

    def others(self, customer: str, journey: str) -> Sequence[Row]:
        of = table(Enrollment)
        names = ("id", "key", "state", "outcome", "reason", "entered_at", "due_at", "closed_at")
        query = select(*(of.c[name] for name in names)).where(of.c.customer_id == customer, of.c.journey == journey)
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def enroll(self, row: Row) -> None:
        new = add_new(self.connection, Enrollment, [row], "id")
        add(self.connection, Outbox, [start_of(row)] if new and row["state"] == EnrollmentState.due else [])


def begin(door: Door, moment: Moment, journey: str) -> str:
    """Let the walk's customer, who is held under lock, into `journey`; or put on record why not. Gives the verdict.

    The enrollment's id is made of the step's visit, so that who asks twice lets in once.
    """
    play = door.live(journey)
    verdict, seen = _judge(door, moment, play) if play else ("not on", None)
    row = _row(moment, play) if play and verdict == "entered" else None
    if row is not None:
        door.enroll(row)
    moment.decisions.append(
        decision(
            moment.question.now,
            journey,
            "start",
            "held out" if row and row["state"] == EnrollmentState.closed else verdict,
            customer=moment.customer["id"],
            enrollment=row["id"] if row else None,
            seen={
                **(seen or {}),
                **_drawn(moment, play, row),
                "from": moment.question.enrollment,
            },
        )
    )
    return verdict


def _judge(door: Door, moment: Moment, play: Play) -> tuple[str, Row | None]:
    """The same reasons for which an event lets nobody in: inside already, too soon, `while` does not hold."""
    journey, now = play.journey, moment.question.now
    rows = door.others(moment.customer["id"], journey.id)
    mine = _id(moment)
    if any(row["id"] == mine for row in rows):
        return "entered", None
    if refused := entry.refusal(journey, rows, moment.place.zone, now, keyed=False):
        return refused
    begun = moment.names["start"] if _same_start(moment, play) else {}
    kept_out = turn.guard(play, {**moment.names, "event": begun, "start": begun})
    return (kept_out.reason, kept_out.seen) if kept_out else ("entered", None)


def _drawn(moment: Moment, play: Play | None, row: Row | None) -> Row:
    """The lot of who is held out; nothing of others."""
    if play is None or row is None or row["outcome"] != Outcome.held_out:
        return {}
    return dict(draw(moment.rows.house, moment.customer["id"], row["reason"], play.journey))


def _same_start(moment: Moment, play: Play) -> bool:
    """Does the other journey start with the event that this one did? Only then does it know what that tells."""
    return play.journey.start.event == moment.play.journey.start.event


def _id(moment: Moment) -> str:
    act = moment.question.act
    digest = hashlib.sha256(f"{moment.question.enrollment}/{act.key}/{act.visit}".encode()).digest()
    return encode(int.from_bytes(digest[:9], "big"), LENGTH)


def _row(moment: Moment, play: Play) -> Row:
    identifier, now = _id(moment), moment.question.now
    return {
        "id": identifier,
        "party_id": identifier,
        "journey": play.journey.id,
        "version": play.graph.version,
        "customer_id": moment.customer["id"],
        "key": None,
        **entry.state(play, moment.rows.house, moment.customer["id"], now),
        "start_event_id": moment.enrollment["start_event_id"] if _same_start(moment, play) else None,
        "due_at": now,
        "entered_at": now,
        "visit": 0,
    }
