"""Whom does an event let in? Judges starts, and writes the enrollment with the outbox row that will begin its walk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from regulars.customers.context import Questions, Surroundings, customer_names, shop_names, surroundings
from regulars.engine import calendar
from regulars.ids import new_id
from regulars.intake import listen
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Written, key_value
from regulars.journeys.condition import Condition
from regulars.journeys.play import Play
from regulars.journeys.span import Span
from regulars.store.decisions import seen_by
from regulars.store.enrollments import EnrollmentState

Row = dict[str, Any]
_HISTORY = timedelta(
    days=3
)  # longer than any sender tries again: what is told so late is an import, and lets nobody in


def let_in(batch: Batch, enrolled: Enrolled, events: Sequence[Written]) -> None:
    """For each event and each live journey that it starts: enter the customer, or put on record why not."""
    entered: list[tuple[Row, Play]] = []
    for event in events:
        for play in batch.shown.starts.get(event.name, ()):
            if event.customer is not None:
                _consider(batch, enrolled, event, event.customer, play, entered)
    if entered:
        listen.catch_up(batch, enrolled, entered)


def _consider(
    batch: Batch, enrolled: Enrolled, event: Written, customer: Row, play: Play, entered: list[tuple[Row, Play]]
) -> None:
    journey = play.journey
    key = key_value(event.properties, journey.start.key) if journey.start.key else None
    refusal, seen = _judge(batch, enrolled, event, customer, play, key)
    before = enrolled.keyed(journey.id, key) if key else None
    verdict, row = refusal or "entered", before
    if refusal is None and before is not None:
        verdict = _settle_anew(batch, enrolled, before, event, play)
    elif refusal is None:
        row = _row(batch, event, customer, play, key)
        enrolled.add(row, event)
        entered.append((row, play))
    enrollment = row["id"] if row and not refusal else None
    batch.decide(journey.id, "start", verdict, customer=customer["id"], enrollment=enrollment, seen=seen)


def _judge(
    batch: Batch, enrolled: Enrolled, event: Written, customer: Row, play: Play, key: str | None
) -> tuple[str | None, Row]:
    """Why this event does not let the customer in (None: it does), and what was seen."""
    start, place = play.journey.start, surroundings(batch.shown.house, customer)
    if event.occurred_at < batch.now - _HISTORY:
        return "too long ago", {"occurred_at": event.occurred_at.isoformat()}
    if start.key and key is None:
        return "no key", {start.key: None}
    others = [row for row in enrolled.of(play.journey.id, customer["id"]) if key is None or row["key"] != key]
    if key is None and any(row["key"] is None and row["state"] != EnrollmentState.closed for row in others):
        return "inside already", {}
    last = max((row["entered_at"] for row in others if _counts(row, play)), default=None)
    if last is not None and (refusal := _too_soon(start.again, last, place, batch.now)):
        return refusal, {"last_entered": last.isoformat()}
    conditions = {"where": play.start_where, "while": play.guard}
    return _hold({name: one for name, one in conditions.items() if one}, batch, event, customer, place)


def _counts(row: Row, play: Play) -> bool:
    """Was this an entry? What settled into nothing was none: a cart bought before its time."""
    settled = play.journey.start.settle is None or row["state"] != EnrollmentState.closed
    return settled or row["reason"] != listen.BEFORE_IT_BEGAN or row["closed_at"] >= row["due_at"]


def _too_soon(again: object, last: datetime, place: Surroundings, now: datetime) -> str | None:
    if again == "never":
        return "entered before"
    if isinstance(again, Span) and now < calendar.after(last, again, place.zone):
        return f"again only after {again}"
    return None


def _hold(
    conditions: dict[str, Condition], batch: Batch, event: Written, customer: Row, place: Surroundings
) -> tuple[str | None, Row]:
    """Which condition does not hold, and what was seen."""
    if not conditions:
        return None, {}
    context = {
        "customer": customer_names(customer, place),
        "shop": shop_names(batch.shown.house),
        "event": event.properties,
        "start": event.properties,
        **Questions(batch.connection, customer["id"], place.zone, batch.now).names(),
    }
    seen: Row = {}
    for name, condition in conditions.items():
        judged = condition.judge(context)
        seen |= seen_by(judged)
        if not judged.holds:
            return f"{name} does not hold", seen
    return None, seen


def _settle_anew(batch: Batch, enrolled: Enrolled, row: Row, event: Written, play: Play) -> str:
    """The key stirred again before it settled: the latest event counts, the walk begins later."""
    settle = play.journey.start.settle
    if row["state"] != EnrollmentState.due or settle is None:
        return "key entered before"
    due = calendar.after(event.occurred_at, settle, "UTC")
    if due < row["due_at"]:
        return "settles: a later one counts"
    enrolled.restart(row, event, due)
    return "settles anew"


def _row(batch: Batch, event: Written, customer: Row, play: Play, key: str | None) -> Row:
    settle, identifier = play.journey.start.settle, new_id()
    due = calendar.after(event.occurred_at, settle, "UTC") if settle else batch.now
    return {
        "id": identifier,
        "party_id": identifier,
        "journey": play.journey.id,
        "version": play.graph.version,
        "customer_id": customer["id"],
        "key": key,
        "state": EnrollmentState.due,
        "start_event_id": event.id,
        "due_at": due,
        "entered_at": due,
        "visit": 0,
        **dict.fromkeys(("step", "phase", "wake_at", "goal_at", "leaving", "outcome", "reason", "closed_at")),
    }
