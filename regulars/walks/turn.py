"""May a walk go on? What is judged at its turns, in the same words wherever it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from regulars.engine import dates
from regulars.journeys.condition import Condition
from regulars.journeys.happening import OnDate
from regulars.journeys.play import Play
from regulars.store.decisions import seen_by

Row = dict[str, Any]
_LATE = timedelta(days=3, hours=1)  # what came longer ago lets nobody in


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was judged. `go`: nothing stands in the way. `gate` judged it; `seen`: the values that decided."""

    result: Literal["go", "skipped", "later", "left", "goal"]
    gate: str = ""
    reason: str = ""
    until: datetime | None = None
    seen: Row | None = None


def over(play: Play, enrollment: Row) -> Verdict | None:
    """Goal and leave: written on the row by intake, in the event's own transaction."""
    if enrollment["state"] == "closed":
        return Verdict("left", "walk", enrollment["reason"] or "closed")
    goal = play.journey.goal
    if goal and enrollment["goal_at"] and not goal.stay:
        return Verdict("goal", "goal", goal.event)
    if enrollment["leaving"]:
        return Verdict("left", "leave", enrollment["leaving"])
    return None


def guard(play: Play, names: Row) -> Verdict | None:
    """Does the journey's `while` still hold?"""
    return condition("while", "left", play.guard, names)


def moved(play: Play, enrollment: Row, names: Row, zone: str) -> Verdict | None:
    """Is the date that let them in another one by now? It was told hours before it came."""
    on, date = play.journey.start.on, play.date
    if not isinstance(on, OnDate) or date is None or enrollment["key"] is None:
        return None
    worth, due = date.of(names), enrollment["due_at"]
    told = dates.occurrences(on, worth.value, zone, due - _LATE, due)
    if any(one.name == enrollment["key"].rpartition("/")[2] for one in told):
        return None
    return Verdict("left", "date", "the date was moved", seen=worth.seen)


def opening(play: Play, enrollment: Row, names: Callable[[], Row], zone: str) -> Verdict | None:
    """What keeps a walk from beginning, now that it is due."""
    found = over(play, enrollment)
    if found is None and (play.guard or play.date):
        known = names()
        found = guard(play, known) or moved(play, enrollment, known, zone)
    return found


def condition(gate: str, falls: Literal["left", "skipped"], test: Condition | None, names: Row) -> Verdict | None:
    """None where the condition holds or there is none."""
    if test is None:
        return None
    judged = test.judge(names)
    if judged.holds:
        return None
    return Verdict(falls, gate, f"{gate} does not hold", seen=seen_by(judged, **{gate: test.source}))
