"""Where do a call's tries stand? Its decisions tell: one a try, and one where it is held back, under the call's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from regulars.calls.verdict import Trying, Verdict
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.lists import one_of
from regulars.store.statements import rows_of, table
from regulars.walks.moment import Question

GATE = "webhook"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on record last. `made`: how many tries there were; `until`: none is to follow before, None where none is
    to follow at all; `done`: it was received."""

    made: int
    reason: str
    done: bool
    until: datetime | None


def call_id(question: Question) -> str:
    """The one name of this visit's call, whatever run or try makes it: enrollment/step key/visit."""
    return f"{question.enrollment}/{question.act.key}/{question.act.visit}"


def standings(connection: Connection, questions: Sequence[Question]) -> dict[str, Standing]:
    """Of all that was on record before, by the call's id."""
    bound = {"ids": sorted({question.enrollment for question in questions})}
    found: dict[str, Standing] = {}
    for seen in (row["seen"] for row in rows_of(connection, _TRIES, bound)):
        before, until = found.get(seen["id"]), seen.get("until")
        if before is None or seen["attempt"] >= before.made:
            when = datetime.fromisoformat(until) if until else None
            found[seen["id"]] = Standing(seen["attempt"], seen["reason"], seen["result"] == "done", when)
    return found


def decided(question: Question, customer: str, host: str, trying: Trying, verdict: Verdict, at: datetime) -> Row:
    """The decision on one try, or on its being held back."""
    seen: Row = {
        "id": trying.call_id,
        "attempt": trying.number,
        "host": host,
        "status": verdict.status,
        "result": verdict.result,
        "reason": verdict.reason,
    }
    if verdict.until is not None:
        seen["until"] = verdict.until.isoformat()
    names = {"customer": customer, "enrollment": question.enrollment, "step": question.act.step}
    return decision(at, question.journey, GATE, verdict.word, **names, seen=seen)


_OF = table(Decision)
_TRIES = select(_OF.c.seen).where(one_of(_OF.c.enrollment_id, "ids"), _OF.c.gate == GATE).order_by(_OF.c.id)
