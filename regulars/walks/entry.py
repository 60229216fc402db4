"""What keeps a customer out of a journey? The same wherever it is asked: by an event, for many at once, by a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from regulars.engine import calendar
from regulars.journeys.model import House, Journey
from regulars.journeys.play import Play
from regulars.journeys.span import Span
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.walks.lots import held_out

Row = dict[str, Any]
BEFORE_IT_BEGAN = "before it began"


def refusal(
    journey: Journey, others: Sequence[Row], zone: str, now: datetime, *, keyed: bool
) -> tuple[str, Row] | None:
    """Why not, and what was seen; None: nothing of before stands in the way.

    `others`: the customer's enrollments in this journey (state, outcome, reason, entered_at, due_at, closed_at, key).
    `keyed`: runs may stand side by side, each under its own key.
    """
    inside = [row["entered_at"] for row in others if _is_inside(journey, row, zone, now)]
    if not keyed and inside:
        return "inside already", {"last_entered": max(inside).isoformat()}
    last: datetime | None = max((row["entered_at"] for row in others if _counts(journey, row)), default=None)
    if last is None:
        return None
    again = journey.start.again
    seen = {"last_entered": last.isoformat()}
    if again == "never":
        return "entered before", seen
    if isinstance(again, Span) and now < (free := calendar.after(last, again, zone)):
        return f"again only after {again}", seen | {"until": free.isoformat()}
    return None


def state(play: Play, house: House, customer: str, now: datetime) -> Row:
    """What a new enrollment's row says of where it stands: due; or closed at once, where the customer is held out."""
    by = held_out(play, house, customer)
    if by is None:
        return {"state": EnrollmentState.due, "outcome": None, "reason": None, "closed_at": None}
    return {"state": EnrollmentState.closed, "outcome": Outcome.held_out, "reason": by, "closed_at": now}


def _is_inside(journey: Journey, row: Row, zone: str, now: datetime) -> bool:
    """Who is held out has no walk: they count as inside as long as their goal does, or they would enter far more often
    than those with whom they are compared."""
    if row["key"] is not None:
        return False
    if row["outcome"] == Outcome.held_out and journey.goal is not None:
        return now < calendar.after(row["entered_at"], journey.goal.within, zone)
    return bool(row["state"] != EnrollmentState.closed)


def _counts(journey: Journey, row: Row) -> bool:
    """Was this an entry? What settled into nothing was none: a cart bought before its time."""
    settled = journey.start.settle is None or row["state"] != EnrollmentState.closed
    return settled or row["reason"] != BEFORE_IT_BEGAN or bool(row["closed_at"] >= row["due_at"])
