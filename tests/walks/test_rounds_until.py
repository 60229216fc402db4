"""Is there another round? None where `until` holds, nor where what it asks for is missing, and that is on record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from walk_place import Place

from regulars.store.enrollments import Decision
from regulars.store.statements import table
from regulars.walks.look import Lookout

JOURNEY = """\
  letters:
    start: {event: Began, again: always}
    steps:
      - repeat: {times: 3, every: 1 day, until: start.size > 2}
        steps: [wait: 1 hour]
"""


@pytest.mark.parametrize(
    ("told", "answer", "seen"),
    [
        ({"size": 3}, "then", {"start.size": 3}),
        ({"size": 1}, "else", {"start.size": 1}),
        ({}, "then", {"start.size": None, "empty": ["start.size"]}),
    ],
)
def test_what_is_missing_ends_the_rounds(place: Place, told: dict[str, Any], answer: str, seen: dict[str, Any]) -> None:
    place.apply(JOURNEY, "Began")
    place.tell("mei", "Began", **told)
    (row,) = place.enrollments("letters")
    with place.database.write() as connection:
        (said,) = Lookout(place.shelf).branch(connection, [place.question("until", row, "repeat_1")])
    assert said.result == answer
    of = table(Decision)
    (judged,) = place.rows(select(of.c.seen).where(of.c.gate == "until"))
    assert judged["seen"] == {**seen, "rules": {"until": "start.size > 2"}}
