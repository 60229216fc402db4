"""How is a decision put on record? One row: who, where, by which gate, with which verdict, seeing which values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.ids import new_id
from regulars.journeys.condition import Judgement


def decision(
    at: datetime,
    journey: str,
    gate: str,
    verdict: str,
    *,
    customer: str | None = None,
    enrollment: str | None = None,
    step: str | None = None,
    seen: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A row of the decision table."""
    return {
        "id": new_id(),
        "decided_at": at,
        "customer_id": customer,
        "enrollment_id": enrollment,
        "journey": journey,
        "step": step,
        "gate": gate,
        "verdict": verdict,
        "seen": seen or {},
    }


def seen_by(judgement: Judgement, **rules: str | None) -> dict[str, Any]:
    """What a condition saw, and what was empty, for the record. `rules`: the condition itself, as the file has it, by
    the word under which it stands there (`if`, `where`): an edit later does not change what was decided by it."""
    told: dict[str, Any] = {**judgement.seen, **({"empty": list(judgement.empty)} if judgement.empty else {})}
    known = {word: source for word, source in rules.items() if source}
    return told | ({"rules": known} if known else {})
