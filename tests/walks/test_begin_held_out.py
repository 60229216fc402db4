"""Is who is held out of the other journey let in by a step without a walk?"""

from __future__ import annotations

from sqlalchemy import select
from walk_place import Place

from regulars.store.enrollments import Decision, Outbox
from regulars.store.statements import table
from regulars.walks.change import Changes

OPENER = "  opener:\n    start: {event: Began Opener, again: always}\n    steps: [{journey: other}]\n"
OTHER = """\
  other:
    start: {event: Began Other, again: always}
    goal: {event: Order Completed, within: 7 days}
    holdout: %s
    steps: [{wait: 1 day}]
"""


def opened(place: Place, share: str, people: int) -> None:
    """So many people reach the step that lets them into the other journey, which holds out that share."""
    place.apply(OPENER + OTHER % share, "Began Opener", "Began Other")
    for number in range(people):
        place.tell(f"guest {number}", "Began Opener")
    questions = [place.question("change", row, "journey_1") for row in place.enrollments("opener")]
    with place.database.write() as connection:
        answers = Changes(place.shelf).change(connection, questions)
    assert {answer.result for answer in answers} == {"done"}


def test_who_is_held_out_enters_the_other_journey_and_no_walk_is_started(place: Place) -> None:
    opened(place, "50%", 40)
    rows = place.enrollments("other")
    held = {row["id"] for row in rows if row["outcome"] == "held_out"}
    due = {row["id"] for row in rows if row["state"] == "due"}
    assert min(len(held), len(due)) > 4 and len(held) + len(due) == 40
    assert {(row["state"], row["reason"]) for row in rows if row["id"] in held} == {("closed", "journey")}
    of = table(Outbox)
    started = {row["enrollment_id"] for row in place.rows(select(of.c.enrollment_id).where(of.c.kind == "start"))}
    assert started - {row["id"] for row in place.enrollments("opener")} == due


def test_it_is_on_record_who_was_held_out_and_by_which_walk(place: Place) -> None:
    opened(place, "50%", 40)
    of = table(Decision)
    decided = place.rows(select(of).where(of.c.journey == "other", of.c.gate == "start"))
    by_id = {row["id"]: "held out" if row["outcome"] else "entered" for row in place.enrollments("other")}
    assert {row["enrollment_id"]: row["verdict"] for row in decided} == by_id
    openers = {row["customer_id"]: row["id"] for row in place.enrollments("opener")}
    assert all(row["seen"]["from"] == openers[row["customer_id"]] for row in decided)
