"""Does a step change the profile as it says, on both databases, and does nothing else change it back?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from walk_place import NOW, Place

from regulars.customers.context import customer_names, surroundings
from regulars.engine.act import Answer
from regulars.walks.change import Changes

JOURNEYS = """\
  marks:
    start: {event: Began Marks, again: always}
    steps:
      - tag: [regular, b2b]
      - untag: [newcomer, gone]
      - set:
          traits.colour: "{{ event.colour }}"
          traits.often: 3
          timezone: "{{ event.zone }}"
      - set: {traits.colour: 'red', first_name: Mei}
        id: again
"""


@pytest.fixture
def marks(place: Place) -> Place:
    place.apply(JOURNEYS, "Began Marks")
    place.tell("mei", "Began Marks", colour="green", zone="Asia/Tokyo")
    return place


def change(place: Place, *steps: str) -> list[Answer]:
    (row,) = place.enrollments("marks")
    changes = Changes(place.shelf)
    said: list[Answer] = []
    for step in steps:
        with place.database.write() as connection:
            said += changes.change(connection, [place.question("change", row, step)])
    return said


def names(place: Place) -> dict[str, Any]:
    """The customer, as conditions know them."""
    (row,) = place.customers()
    with place.database.read() as connection:
        return customer_names(row, surroundings(_house(place, connection), row))


def _house(place: Place, connection: Connection) -> Any:
    return place.shelf.live(connection).house


def test_tags_are_given_and_taken_whoever_gave_them(marks: Place) -> None:
    assert [answer.result for answer in change(marks, "tag_1", "untag_1")] == ["done", "done"]
    assert names(marks)["tags"] == ["b2b", "regular"]
    assert marks.decisions() == [("tag", "regular, b2b"), ("untag", "newcomer, gone")]


def test_what_a_journey_tagged_outlives_what_the_shop_says_later(marks: Place) -> None:
    change(marks, "tag_1", "untag_1")
    marks.tell("mei", "Order Completed", at=NOW + timedelta(days=2))  # its tags: newcomer, b2b
    assert names(marks)["tags"] == ["b2b", "regular"]


def test_a_tag_given_again_is_there_again(marks: Place) -> None:
    marks.apply(JOURNEYS + "      - tag: newcomer\n", "Began Marks")
    change(marks, "untag_1")
    (row,) = marks.enrollments("marks")
    with marks.database.write() as connection:
        version = marks.shelf.live(connection).plays["marks"].graph.version
        Changes(marks.shelf).change(connection, [marks.question("change", {**row, "version": version}, "tag_2")])
    assert names(marks)["tags"] == ["newcomer", "b2b"]


def test_fields_are_set_to_values_and_to_what_an_expression_is_worth(marks: Place) -> None:
    (answer,) = change(marks, "set_1")
    found = names(marks)
    assert (found["traits"], found["timezone"]) == ({"colour": "green", "often": 3}, "Asia/Tokyo")
    assert answer.zone == "Asia/Tokyo"  # the next wait is counted there
    change(marks, "again")
    assert (names(marks)["traits"], names(marks)["first_name"]) == ({"colour": "red", "often": 3}, "Mei")


def test_what_an_older_word_of_a_sender_says_does_not_overwrite_it(marks: Place) -> None:
    change(marks, "set_1")
    marks.tell("mei", "Order Completed")  # as of a day before: Europe/Berlin
    assert names(marks)["timezone"] == "Asia/Tokyo"


@pytest.mark.parametrize("zone", [None, "Mars/Olympus", ""])
def test_what_is_missing_or_no_such_value_leaves_the_field_and_is_on_record(place: Place, zone: str | None) -> None:
    place.apply(JOURNEYS, "Began Marks")
    place.tell("mei", "Began Marks", zone=zone)
    assert [answer.result for answer in change(place, "set_1")] == ["done"]
    assert (names(place)["traits"], names(place)["timezone"]) == ({"often": 3}, "Europe/Berlin")
    assert ("set", "traits.colour: no value") in place.decisions()
    assert ("set", "timezone: no value") in place.decisions()


def test_two_walks_of_one_customer_in_one_transaction_both_change_them(marks: Place) -> None:
    other = JOURNEYS.replace("marks", "others").replace("[regular, b2b]", "other")
    marks.apply(JOURNEYS + other, "Began Marks")
    marks.tell("tom", "Began Marks", colour="blue")
    rows = [marks.enrollments(journey)[-1] for journey in ("marks", "others")]
    assert rows[0]["customer_id"] == rows[1]["customer_id"]
    with marks.database.write() as connection:
        Changes(marks.shelf).change(connection, [marks.question("change", row, "tag_1") for row in rows])
    tom = next(row for row in marks.customers() if row["id"] == rows[0]["customer_id"])
    assert tom["own_tags"] == {"regular": True, "b2b": True, "other": True}


def test_who_has_reached_the_goal_is_changed_no_more(place: Place) -> None:
    goal = "    goal: {event: Order Completed, within: 7 days}\n    steps"
    place.apply(JOURNEYS.replace("    steps", goal), "Began Marks")
    place.tell("mei", "Began Marks")
    place.tell("mei", "Order Completed", at=NOW + timedelta(minutes=1))
    (row,) = place.enrollments("marks")
    if row["state"] != "closed":
        assert [answer.result for answer in change(place, "tag_1")] == ["goal"]
    assert names(place)["tags"] == ["newcomer", "b2b"]
