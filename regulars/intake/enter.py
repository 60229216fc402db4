"""Whom does an event let in? Judges starts, and writes the enrollment with the outbox row that will begin its walk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from regulars.customers.context import Surroundings, surroundings
from regulars.engine import calendar
from regulars.ids import new_id
from regulars.intake import listen
from regulars.intake.ground import Ground, Walks
from regulars.intake.occurrence import Written, key_value
from regulars.journeys.condition import Condition
from regulars.journeys.play import Play, is_about
from regulars.store.decisions import seen_by
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.walks import entry
from regulars.walks.lots import draw
from regulars.walks.roll import named

Row = dict[str, Any]
PARTY = 100  # members at most: their walk's history stays far below what Temporal bears


def let_in(batch: Ground, enrolled: Walks, events: Sequence[Written]) -> None:
    """For each event and each live journey that it starts: enter the customer, or put on record why not. An event of
    the shop's calls its audience."""
    entered: list[tuple[Row, Play]] = []
    for event in events:
        for play in batch.shown.starts.get(event.name, ()):
            if not is_about(play.journey.start.about, event.properties):
                continue
            if play.journey.start.to is not None:
                enrolled.call(event, play)
            elif event.customer is not None:
                _consider(batch, enrolled, event, event.customer, play, entered)
        _kept_shut(batch, event)
    if entered:
        listen.catch_up(batch, enrolled, entered)


def _kept_shut(batch: Ground, event: Written) -> None:
    """Put on record that a journey was switched off or paused when the event came that would have let somebody in."""
    for play, state in batch.shown.shut.get(event.name, ()):
        if event.customer is not None and is_about(play.journey.start.about, event.properties):
            seen = {"event": event.id, "state": state}
            batch.decide(play.journey.id, "start", "not on", customer=event.customer["id"], seen=seen)


def let_many_in(batch: Ground, enrolled: Walks, event: Written, play: Play, customers: Sequence[Row]) -> int:
    """Enter those of an audience whom nothing keeps out, in parties by time zone; gives how many they are."""
    entered: list[tuple[Row, Play]] = []
    for customer in customers:
        _consider(batch, enrolled, replace(event, customer=customer, occurred_at=batch.now), customer, play, entered)
    by_zone: defaultdict[str, list[Row]] = defaultdict(list)
    whose = {customer["id"]: customer for customer in customers}
    for row, _ in entered:
        if row["state"] == EnrollmentState.due:
            by_zone[surroundings(batch.shown.house, whose[row["customer_id"]]).zone].append(row)
    for rows in by_zone.values():
        for first in range(0, len(rows), PARTY):
            _join(rows[first : first + PARTY])
    if entered:
        listen.catch_up(batch, enrolled, entered)
    return len(entered)


def _join(rows: Sequence[Row]) -> None:
    """One walk for all of them. Who is alone has a party of their own already."""
    if len(rows) > 1:
        party = new_id()
        for row in rows:
            row["party_id"] = party


def _consider(
    batch: Ground, enrolled: Walks, event: Written, customer: Row, play: Play, entered: list[tuple[Row, Play]]
) -> None:
    journey = play.journey
    key = key_value(event.properties, journey.start.key) if journey.start.key else None
    refusal, seen = _judge(batch, enrolled, event, customer, play, key)
    seen = {"event": event.id, **seen}
    before = enrolled.keyed(journey.id, key) if key else None
    verdict, row = refusal or "entered", before
    if refusal is None and before is not None:
        verdict = _settle_anew(batch, enrolled, before, event, play)
        seen |= {"key": key, "by": before["id"]}
    elif refusal is None:
        row = _row(batch, event, customer, play, key)
        enrolled.add(row, event)
        entered.append((row, play))
        verdict = "entered" if row["state"] == EnrollmentState.due else "held out"
        if verdict == "held out":
            seen |= draw(batch.shown.house, customer["id"], row["reason"], journey)
    enrollment = row["id"] if row and not refusal else None
    batch.decide(journey.id, "start", verdict, customer=customer["id"], enrollment=enrollment, seen=seen)


def _judge(
    batch: Ground, enrolled: Walks, event: Written, customer: Row, play: Play, key: str | None
) -> tuple[str | None, Row]:
    """Why this event does not let the customer in (None: it does), and what was seen."""
    start, place = play.journey.start, surroundings(batch.shown.house, customer)
    if batch.is_history(event.occurred_at):
        return "too long ago", {"occurred_at": event.occurred_at.isoformat()}
    if start.key and key is None:
        return "no key", {start.key: None}
    others = [row for row in enrolled.of(play.journey.id, customer["id"]) if key is None or row["key"] != key]
    if refused := entry.refusal(play.journey, others, place.zone, batch.now, keyed=key is not None):
        return refused
    conditions = {"where": play.start_where, "while": play.guard}
    return _hold({name: one for name, one in conditions.items() if one}, batch, event, customer, place)


def _hold(
    conditions: Mapping[str, Condition], batch: Ground, event: Written, customer: Row, place: Surroundings
) -> tuple[str | None, Row]:
    """Which condition does not hold, and what was seen."""
    if not conditions:
        return None, {}
    context = named(batch.asking(customer, place), event.properties, {})
    seen: Row = {}
    for name, condition in conditions.items():
        judged = condition.judge(context)
        told = seen_by(judged, **{name: condition.source})
        seen |= told | {"rules": {**seen.get("rules", {}), **told["rules"]}}
        if not judged.holds:
            return f"{name} does not hold", seen
    return None, seen


def _settle_anew(batch: Ground, enrolled: Walks, row: Row, event: Written, play: Play) -> str:
    """The key stirred again before it settled: the latest event counts, the walk begins later."""
    settle = play.journey.start.settle
    if settle is None or not _is_unsettled(row, batch.now):
        return "key entered before"
    due = calendar.after(event.occurred_at, settle, "UTC")
    if due < row["due_at"]:
        return "settles: a later one counts"
    enrolled.restart(row, event, due)
    return "settles anew"


def _is_unsettled(row: Row, now: datetime) -> bool:
    """Is it still to begin? Who is held out settles as those do with whom they are compared."""
    if row["outcome"] == Outcome.held_out:
        return row["goal_at"] is None and bool(now < row["due_at"])
    return bool(row["state"] == EnrollmentState.due)


def _row(batch: Ground, event: Written, customer: Row, play: Play, key: str | None) -> Row:
    settle, identifier = play.journey.start.settle, new_id()
    due = calendar.after(event.occurred_at, settle, "UTC") if settle else max(batch.now, event.occurred_at)
    return {
        "id": identifier,
        "party_id": identifier,
        "journey": play.journey.id,
        "version": play.graph.version,
        "customer_id": customer["id"],
        "key": key,
        "start_event_id": event.id,
        "due_at": due,
        "entered_at": due,
        "visit": 0,
        **dict.fromkeys(("step", "phase", "wake_at", "goal_at", "leaving")),
        **entry.state(play, batch.shown.house, customer["id"], batch.now),
    }
