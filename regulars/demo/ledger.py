"""What does the shop's own database say? The numbers of its journeys, what is still under way, and how late it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from regulars.journeys.model import CHANNELS
from regulars.store.enrollments import Enrollment, EnrollmentState, Outbox, Outcome
from regulars.store.events import Event
from regulars.store.journeys import JourneyVersion, LiveJourney
from regulars.store.messages import Message, MessageState
from regulars.store.orders import Order
from regulars.store.statements import table
from regulars.walks.entry import BEFORE_IT_BEGAN

IN_DOUBT = (MessageState.claimed, MessageState.dispatching, MessageState.unknown)
NEVER_SENT = (MessageState.given_up, MessageState.rejected, MessageState.failed, MessageState.skipped)


@dataclass(slots=True)
class JourneyNumbers:
    """One journey. `entered` are those who began or are about to; `goals` counts walks that the goal ended. `held_out`
    are not among the entered: they get nothing, so that others can be compared with them."""

    entered: int = 0
    active: int = 0
    held_out: int = 0
    sent: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0))
    goals: int = 0
    finished: int = 0
    left: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whoever entered is inside or got out in one of three ways."""
        return self.entered == self.active + self.goals + self.finished + sum(self.left.values())

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tail:
    """What fell due by some instant and is not done. `in_doubt`: messages; `unbegun`: enrollments without a run;
    `asleep`: walks past their wake; `overdue`: outbox rows."""

    in_doubt: int
    unbegun: int
    asleep: int
    overdue: int

    @property
    def settled(self) -> bool:
        return not (self.in_doubt or self.unbegun or self.asleep or self.overdue)


def journeys(connection: Connection) -> dict[str, JourneyNumbers]:
    """By journey, all that are live or have been entered."""
    of = table(LiveJourney)
    names = connection.execute(select(of.c.journey).order_by(of.c.journey)).scalars()
    found = {name: JourneyNumbers() for name in names}
    _enrollments(connection, found)
    _messages(connection, found)
    return found


def _enrollments(connection: Connection, found: dict[str, JourneyNumbers]) -> None:
    of = table(Enrollment)
    began = or_(of.c.reason.is_(None), of.c.reason != BEFORE_IT_BEGAN)
    group = (of.c.journey, of.c.state, of.c.outcome, of.c.reason)
    for row in connection.execute(select(*group, func.count().label("many")).where(began).group_by(*group)):
        numbers = found.setdefault(row.journey, JourneyNumbers())
        if row.outcome == Outcome.held_out:
            numbers.held_out += row.many
            continue
        numbers.entered += row.many
        if row.state != EnrollmentState.closed:
            numbers.active += row.many
        elif row.outcome == Outcome.goal:
            numbers.goals += row.many
        elif row.outcome == Outcome.finished:
            numbers.finished += row.many
        else:
            _count(numbers.left, row.reason or "no reason", row.many)


def _messages(connection: Connection, found: dict[str, JourneyNumbers]) -> None:
    of = table(Message)
    group = (of.c.journey, of.c.channel, of.c.state, of.c.reason)
    wanted = of.c.state.in_((MessageState.accepted, MessageState.skipped))
    for row in connection.execute(select(*group, func.count().label("many")).where(wanted).group_by(*group)):
        numbers = found.setdefault(row.journey, JourneyNumbers())
        if row.state == MessageState.accepted:
            _count(numbers.sent, row.channel, row.many)
        else:
            _count(numbers.skipped, row.reason or "no reason", row.many)


def _count(of: dict[str, int], name: str, many: int) -> None:
    of[name] = of.get(name, 0) + many


def tail(connection: Connection, by: datetime) -> Tail:
    """What fell due by the shop's instant `by` and is not done. The shop goes on: what came later is not counted."""
    message, enrollment, outbox = table(Message), table(Enrollment), table(Outbox)
    walking = enrollment.c.state == EnrollmentState.walking
    wanted = (
        (message, and_(message.c.state.in_(IN_DOUBT), message.c.ready_at <= by)),
        (enrollment, and_(enrollment.c.state == EnrollmentState.due, enrollment.c.due_at <= by)),
        (enrollment, and_(walking, enrollment.c.wake_at <= by)),
        (outbox, outbox.c.due_at <= by),
    )
    counts = [
        int(connection.execute(select(func.count()).select_from(of).where(where)).scalar_one()) for of, where in wanted
    ]
    return Tail(*counts)


def messages(connection: Connection) -> dict[str, str]:
    """The state of every message, by its id."""
    of = table(Message)
    return {row.id: row.state for row in connection.execute(select(of.c.id, of.c.state))}


def missing_orders(connection: Connection, posted: Collection[str]) -> int:
    """How many of the sender's order ids are not there."""
    known = set(connection.execute(select(table(Order).c.external_id)).scalars())
    return len(set(posted) - known)


def lateness(connection: Connection) -> list[float]:
    """Shop seconds from when each accepted message was free to go to when the vendor had it.

    For a walk's first message, if it stands at the journey's very beginning and nothing held it back, that is when the
    walk itself was due, so that the way through the outbox counts too; a webhook that came after that is not our delay.
    """
    of, enrollment, event = table(Message), table(Enrollment), table(Event)
    earlier = of.alias("earlier")
    before = select(earlier.c.id).where(earlier.c.enrollment_id == of.c.enrollment_id, earlier.c.due_at < of.c.due_at)
    at_once = and_(~before.exists(), of.c.due_at >= of.c.ready_at)
    query = (
        select(
            *(of.c.journey, of.c.version, of.c.step, of.c.accepted_at, of.c.ready_at, event.c.received_at),
            case((at_once, enrollment.c.due_at)).label("began"),
        )
        .join(enrollment, enrollment.c.id == of.c.enrollment_id)
        .outerjoin(event, event.c.id == enrollment.c.start_event_id)
        .where(of.c.state == MessageState.accepted, of.c.accepted_at.is_not(None))
    )
    begin = _beginnings(connection)
    return [
        _late(row.accepted_at, row.ready_at, row.began if row[:3] in begin else None, row.received_at)
        for row in connection.execute(query)
    ]


def _beginnings(connection: Connection) -> set[tuple[str, str, str]]:
    """The first step of each version: (journey, version, step). A walk that begins by waiting has none here to send."""
    of = table(JourneyVersion)
    rows = connection.execute(select(of.c.journey, of.c.version, of.c.graph))
    return {(row.journey, row.version, row.graph["first"]) for row in rows if row.graph["first"]}


def _late(accepted: datetime, ready: datetime, began: datetime | None, received: datetime | None) -> float:
    if began is not None:
        ready = min(ready, max(began, received) if received else began)
    return max((accepted - ready).total_seconds(), 0.0)
