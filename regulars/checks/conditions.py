"""Does every condition decide anything? By the values that are known where it stands, some have one answer only."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.checks import facts
from regulars.checks.facts import Facts
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.checks.truth import Said, answers
from regulars.journeys.model import If, Journey, Repeat, Step, walk_steps


def found(looked: Looked) -> Iterator[Finding]:
    for journey in looked.book.journeys.values():
        yield from _at_start(looked, journey)
        known = facts.at_steps(journey)
        for step in walk_steps(journey.steps):
            yield from _at_step(looked, journey, step, known[step.id])
    for segment in looked.book.house.segments.values():
        if said := _one_answer(segment.where, ()):
            who = "everybody is" if said == "always holds" else "nobody is ever"
            yield looked.in_segment(segment.id, "constant-condition", f"this condition {said}: {who} in the segment")


def _at_start(looked: Looked, journey: Journey) -> Iterator[Finding]:
    where, guard = journey.start.where, journey.while_
    if where and (said := _one_answer(where, ())):
        who = "" if said == "always holds" else ": nobody enters"
        message = f"this condition {said}{who}"
        yield looked.in_journey(journey, "start", "constant-condition", message, "where")
    if guard and (said := _one_answer(guard, ())):
        who = "" if said == "always holds" else ": nobody stays"
        yield looked.in_journey(journey, "a journey", "constant-condition", f"this condition {said}{who}", "while")


def _at_step(looked: Looked, journey: Journey, step: Step, known: Facts) -> Iterator[Finding]:
    """The `if` of a step, which is all of it or stands beside it, and the `until` of a repeat."""
    test = step.test if isinstance(step, If) else step.condition
    if test and (said := _one_answer(test, known)):
        yield looked.in_step(journey, step, "constant-condition", f"this condition {said}", "if")
    if isinstance(step, Repeat) and step.until and (said := _one_answer(step.until, known)):
        yield looked.in_step(journey, step, "constant-condition", f"this condition {said}", "until", "repeat")


def _one_answer(source: str, known: Facts) -> str | None:
    found = answers(Said.of(source), known)
    if found is None or len(found) > 1:
        return None
    alone = answers(Said.of(source))
    why = "" if alone is not None and len(alone) == 1 else ", by what was decided before it"
    return f"{'always' if True in found else 'never'} holds{why}"
