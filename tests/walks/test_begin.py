"""Does a step let its customer into another journey once, and by the rules of that journey?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from walk_place import NOW, Place

from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.statements import table
from regulars.walks.change import Changes

OPENER = """\
  opener:
    start: {event: Began Opener, again: always}
    steps: [{journey: other}]
"""
OTHER = "  other:\n    start: {event: Began Other, again: %s}\n%s    steps: [{wait: 1 day}]\n"


def opened(place: Place, again: str = "never", more: str = "", times: int = 1, **properties: object) -> list[str]:
    """What came of the step, asked so many times."""
    place.apply(OPENER + OTHER % (again, more), "Began Opener", "Began Other")
    place.tell("mei", "Began Opener", **properties)
    row = place.enrollments("opener")[-1]
    for _ in range(times):
        with place.database.write() as connection:
            (answer,) = Changes(place.shelf).change(connection, [place.question("change", row, "journey_1")])
        assert answer.result == "done"
    return verdicts(place)


def verdicts(place: Place) -> list[str]:
    of = table(Decision)
    query = select(of.c.verdict).where(of.c.journey == "other", of.c.gate == "start").order_by(of.c.id)
    return [row["verdict"] for row in place.rows(query)]


def starts(place: Place) -> int:
    return len(place.rows(select(table(Outbox).c.id).where(table(Outbox).c.kind == "start")))


def test_the_customer_is_in_the_other_journey_and_its_walk_is_to_be_started(place: Place) -> None:
    assert opened(place) == ["entered"]
    (row,) = place.enrollments("other")
    assert (row["state"], row["due_at"], row["party_id"]) == ("due", NOW, row["id"])
    assert row["customer_id"] == place.enrollments("opener")[0]["customer_id"]
    assert starts(place) == 2


def test_what_let_in_here_is_known_there_only_where_both_start_with_it(place: Place) -> None:
    opened(place)
    (row,) = place.enrollments("other")
    assert row["start_event_id"] is None


def test_who_asks_twice_lets_in_once(place: Place) -> None:
    opened(place, again="always", times=3)
    assert len(place.enrollments("other")) == 1
    assert starts(place) == 2


@pytest.mark.parametrize(
    ("again", "closed", "verdict"),
    [
        ("always", False, "inside already"),
        ("never", True, "entered before"),
        ("after 7 days", True, "again only after 7 days"),
        ("always", True, "entered"),
    ],
)
def test_the_other_journeys_rules_keep_out(place: Place, again: str, closed: bool, verdict: str) -> None:
    place.apply(OPENER + OTHER % (again, ""), "Began Opener", "Began Other")
    place.tell("mei", "Began Other", at=NOW - timedelta(days=1))
    of = table(Enrollment)
    with place.database.write() as connection:
        if closed:
            connection.execute(of.update().where(of.c.journey == "other").values(state="closed"))
    assert opened(place, again)[-1] == verdict
    assert len(place.enrollments("other")) == (2 if verdict == "entered" else 1)


def test_whose_while_does_not_hold_is_kept_out(place: Place) -> None:
    assert opened(place, more="    while: customer.phone\n") == ["while does not hold"]
    assert place.enrollments("other") == []


def test_a_step_that_asks_again_after_the_other_walk_is_over_does_not_start_it_anew(place: Place) -> None:
    opened(place, again="always")
    of = table(Enrollment)
    with place.database.write() as connection:
        connection.execute(of.update().where(of.c.journey == "other").values(state="closed"))
        question = place.question("change", place.enrollments("opener")[0], "journey_1")
        Changes(place.shelf).change(connection, [question])
    assert len(place.enrollments("other")) == 1
    assert starts(place) == 2
