"""Why did somebody get no text, or no mail? Read back from the decisions that were made, with the values they saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from regulars.desk.customer import Walk
from regulars.journeys.model import Channel, House
from regulars.journeys.play import Play
from regulars.store.enrollments import Decision, EnrollmentState
from regulars.store.events import Event
from regulars.store.lists import one_of
from regulars.store.messages import Message, MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table

Row = Mapping[str, Any]
Answer = Literal["sent", "not sent", "not yet", "never came to it"]
_SENT = frozenset({MessageState.accepted, MessageState.dispatching, MessageState.unknown})
_OPEN = frozenset({MessageState.held, MessageState.claimed})


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision. `seen`: the values that it saw, as they stand on record, and what the house's rule is."""

    at: datetime
    gate: str
    verdict: str
    step: str | None
    seen: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One message of one journey, sent or not. `message`: its row's id, if there ever was one."""

    journey: str
    title: str
    step: str
    answer: Answer
    reasons: tuple[Reason, ...]
    message: str | None

    @property
    def last(self) -> Reason | None:
        """What decided it."""
        return self.reasons[-1] if self.reasons else None


def why(connection: Connection, shelf: Shelf, house: House, walks: Sequence[Walk], channel: Channel) -> list[Case]:
    """Every message of a channel that one customer's journeys had for them, oldest journey first."""
    rows = sorted((walk.row for walk in walks), key=lambda row: (row["entered_at"], row["id"]))
    decided, messages = _decided(connection, rows), _messages(connection, rows)
    quiet = house.quiet_hours.get(channel)
    known = _Known(_heard(connection, decided), f"{quiet.start} to {quiet.end}" if quiet else "")
    found = []
    for row in rows:
        play = shelf.play(connection, row["journey"], row["version"])
        mine = [one for one in decided if one["enrollment_id"] == row["id"]]
        steps = [step for step, node in play.graph.nodes.items() if node.kind == channel]
        found += [_case(play, row, step, mine, messages.get((row["id"], step)), known) for step in steps]
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What decisions name and do not spell out: events by id, and the house's quiet hours of the channel."""

    events: Mapping[str, Row]
    quiet: str


def _case(play: Play, walk: Row, step: str, decided: Sequence[Row], message: Row | None, known: _Known) -> Case:
    own = [one for one in decided if one["step"] == step]
    answer: Answer
    if message is not None:
        state = message["state"]
        answer = "sent" if state in _SENT else "not yet" if state in _OPEN else "not sent"
        own = [one for one in own if ": " in one["verdict"] and one["gate"] != "walk"]  # those of its gates
    elif own:
        answer = "not sent"
    else:
        answer = "never came to it" if walk["state"] == EnrollmentState.closed else "not yet"
        own = [one for one in decided if one["gate"] != "start"]
    reasons = tuple(_reason(one, known) for one in own)
    return Case(walk["journey"], play.graph.title, step, answer, reasons, message["id"] if message else None)


def _reason(row: Row, known: _Known) -> Reason:
    """The decision, and beside what it saw the rule or the event that it names."""
    seen = dict(row["seen"])
    if row["gate"] == "quiet hours" and known.quiet:
        seen["quiet_hours"] = known.quiet
    if (event := known.events.get(str(seen.get("event")))) is not None:
        seen |= {"event": event["name"], "occurred_at": event["occurred_at"].isoformat()}
    return Reason(row["decided_at"], row["gate"], row["verdict"], row["step"], seen)


def _decided(connection: Connection, walks: Sequence[Row]) -> list[dict[str, Any]]:
    of = table(Decision)
    query = select(of).where(one_of(of.c.enrollment_id, "walks")).order_by(of.c.decided_at, of.c.id)
    return rows_of(connection, query, {"walks": sorted(row["id"] for row in walks)})


def _messages(connection: Connection, walks: Sequence[Row]) -> dict[tuple[str, str], dict[str, Any]]:
    """The latest of each step."""
    of = table(Message)
    query = select(of).where(one_of(of.c.enrollment_id, "walks")).order_by(of.c.due_at, of.c.id)
    rows = rows_of(connection, query, {"walks": sorted(row["id"] for row in walks)})
    return {(row["enrollment_id"], row["step"]): row for row in rows}


def _heard(connection: Connection, decided: Sequence[Row]) -> dict[str, dict[str, Any]]:
    named = sorted({str(row["seen"]["event"]) for row in decided if row["seen"].get("event")})
    of = table(Event)
    rows = rows_of(connection, select(of).where(one_of(of.c.id, "named")), {"named": named}) if named else []
    return {row["id"]: row for row in rows}
