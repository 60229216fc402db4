"""Which walks does an event concern? Marks goals and leavings on their rows, and hints those that are on their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from regulars.customers.context import surroundings
from regulars.engine import calendar
from regulars.intake.ground import Ground, Walks
from regulars.intake.occurrence import Written
from regulars.journeys.condition import Judgement
from regulars.journeys.play import Play, Watch
from regulars.store.decisions import seen_by
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.walks.entry import BEFORE_IT_BEGAN

Row = dict[str, Any]


def hear(batch: Ground, enrolled: Walks, events: Sequence[Written]) -> None:
    """Let every enrollment of the events' customers, and of the keys they carry, hear of them.

    A goal or a leaving is written on the row in this transaction: no message can follow it, however late the hint. Who
    is still `due` is closed by it, and costs no workflow.
    """
    for event in events:
        for row in enrolled.concerned(event):
            _tell(batch, enrolled, row, event)


def catch_up(batch: Ground, enrolled: Walks, entered: Sequence[tuple[Row, Play]]) -> None:
    """Let new enrollments hear of what happened since their start but came in before it: webhooks come in any order."""
    for row, event in _since(batch, enrolled, entered):
        _tell(batch, enrolled, row, event)


def _since(batch: Ground, enrolled: Walks, entered: Sequence[tuple[Row, Play]]) -> Iterator[tuple[Row, Written]]:
    names = {name for _, play in entered for name in play.hears}
    if not names:
        return
    keys: dict[tuple[str, str], Row] = {}
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row, play in entered:
        rows[row["customer_id"]].append(row)
        if play.journey.start.key is not None and row["key"] is not None:
            keys[play.journey.start.key, row["key"]] = row
    for heard, customer in enrolled.history([row for row, _ in entered], names, keys):
        keyed = [keys[pair] for pair in batch.keys_of(heard.properties) if pair in keys]
        for row in {row["id"]: row for row in (*rows.get(customer or "", ()), *keyed)}.values():
            yield row, heard


def _tell(batch: Ground, enrolled: Walks, row: Row, event: Written) -> None:
    """Let one enrollment hear of one event, which may have happened before the start did."""
    play = batch.play(row["journey"], row["version"])
    if event.name not in play.hears or event.id == row["start_event_id"]:
        return
    if event.occurred_at < enrolled.begun(row):
        return
    if _reaches(batch, enrolled, row, event, play) or _leaves(batch, enrolled, row, event, play):
        enrolled.change(row)
    if row["state"] == EnrollmentState.walking:
        batch.hint(row)


def _reaches(batch: Ground, enrolled: Walks, row: Row, event: Written, play: Play) -> bool:
    """Write a goal on the row, in whatever state it is: the earliest, whichever came in first."""
    goal = play.journey.goal
    if goal is None or event.name != goal.event or (row["goal_at"] and row["goal_at"] <= event.occurred_at):
        return False
    zone = surroundings(batch.shown.house, enrolled.customer(row)).zone
    in_time = event.occurred_at <= calendar.after(row["entered_at"], goal.within, zone)
    if not in_time and row["state"] == EnrollmentState.closed:
        return False  # long over: nothing is decided about it any more
    judged = _judged(play.goal, enrolled, row, event)
    reached = in_time and judged is not None and judged.holds
    rule = {"where": goal.where}
    seen = {"event": event.id, **(seen_by(judged, **rule) if judged else {}), "in_time": in_time}
    _decide(batch, row, "goal", "reached" if reached else "not this one", seen)
    if reached:
        row["goal_at"] = event.occurred_at
        if row["outcome"] == Outcome.held_out and event.occurred_at < row["due_at"]:
            row["reason"] = BEFORE_IT_BEGAN  # as of those with whom they are compared
        if not goal.stay:
            _close_if_due(row, Outcome.goal, event.occurred_at)
    return reached


def _leaves(batch: Ground, enrolled: Walks, row: Row, event: Written, play: Play) -> bool:
    """Write a leaving on the row of who is inside. A condition that lacks a value takes out too: leaving is safe."""
    if row["state"] == EnrollmentState.closed or row["leaving"] is not None:
        return False
    for watch in play.leave:
        of = watch.happening.of
        if event.name != watch.happening.event or (of and not enrolled.sent(row, of, event.message_id)):
            continue
        judged = _judged(watch, enrolled, row, event)
        leaves = judged is not None and (judged.holds or judged.unknown)
        rule = {"where": watch.happening.where}
        seen = {"event": event.id, **(seen_by(judged, **rule) if judged else {})}
        _decide(batch, row, "leave", "leaves" if leaves else "stays", seen)
        if leaves:
            row["leaving"] = event.name
            _close_if_due(row, Outcome.left, event.occurred_at)
            return True
    return False


def _judged(watch: Watch | None, enrolled: Walks, row: Row, event: Written) -> Judgement | None:
    if watch is None:
        return None
    names = enrolled.names(row) if watch.where else {}
    return watch.hears(event.name, {**names, "event": event.properties})


def _close_if_due(row: Row, outcome: Outcome, at: datetime) -> None:
    """Who was still to begin is over with it: no workflow is started."""
    if row["state"] == EnrollmentState.due:
        row |= {"state": EnrollmentState.closed, "outcome": outcome, "reason": BEFORE_IT_BEGAN, "closed_at": at}


def _decide(batch: Ground, row: Row, gate: str, verdict: str, seen: Row) -> None:
    batch.decide(
        row["journey"],
        gate,
        verdict,
        customer=row["customer_id"],
        enrollment=row["id"],
        step=row["step"],
        seen=seen,
    )
