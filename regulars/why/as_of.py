"""How did a row stand at an instant of the past? What was filled in later is taken back, by the instants on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from regulars.store.enrollments import EnrollmentState
from regulars.store.messages import MessageState

Row = dict[str, Any]
_FILLED = ("accepted_at", "delivered_at", "opened_at", "clicked_at", "failed_at", "dispatched_at", "counted_at")


def entered(row: Row, decisions: Sequence[Row], at: datetime) -> bool:
    """Was the enrollment there? A journey that settles enters somebody for later, and says so at once."""
    if row["entered_at"] <= at:
        return True
    return any(one["enrollment_id"] == row["id"] for one in decisions)


def enrollment(row: Row, at: datetime) -> Row:
    """As it was: over only if it was by then."""
    found = dict(row)
    if found["goal_at"] is not None and found["goal_at"] > at:
        found["goal_at"] = None
    if found["closed_at"] is not None and found["closed_at"] > at:
        state = EnrollmentState.walking if found["due_at"] <= at else EnrollmentState.due
        found |= {"state": state, "outcome": None, "reason": None, "closed_at": None, "leaving": None}
    return found


def message(row: Row, decisions: Sequence[Row], over: bool, at: datetime) -> Row:
    """As it was. A state that leaves no instant of its own is told by the last gate that had a say; `over`: its walk
    was, and with it what was held."""
    later = [name for name in _FILLED if row[name] is not None and row[name] > at]
    found = {**row, **dict.fromkeys(later)}
    said = [one for one in decisions if one["enrollment_id"] == row["enrollment_id"] and one["step"] == row["step"]]
    if found["accepted_at"] is not None or (over and not later):
        return found
    unsaid = {"vendor_id": None, "code": None, "reason": None}
    if found["dispatched_at"] is not None:
        return found | unsaid | {"state": MessageState.dispatching} if later else found
    if found["counted_at"] is not None:
        return found | unsaid | {"state": MessageState.claimed} if later else found
    if said and said[-1]["verdict"].startswith("later"):
        until = said[-1]["seen"].get("until")
        held = {"state": MessageState.held, "reason": said[-1]["verdict"].partition(": ")[2]}
        return found | unsaid | held | {"held_until": datetime.fromisoformat(until) if until else None}
    return found
