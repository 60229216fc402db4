"""Where does a walk rest first, as far as its graph alone can tell?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys.graph import graph_of
from regulars.journeys.load import read_book


@pytest.mark.parametrize(
    ("steps", "rests"),
    [
        (["{email: a/b, id: one}", "{wait: 1 day, id: two}", "{email: a/b, id: three}"], "two"),
        (["{sms: a/c, id: one}", "{email: a/b, id: two}", "{wait_until: '09:00', id: three}"], "three"),
        (["{wait: 1 day, id: one}"], "one"),
        (["{email: a/b, id: one}", "{sms: a/c, id: two}"], "one"),
        (["{email: a/b, id: one}", "{if: customer.orders > 1, id: two, then: [{wait: 1 day}]}"], "one"),
        (["{email: a/b, id: one}", "{wait: 1 day, id: two, if: customer.orders > 1}"], "one"),
    ],
)
def test_a_walk_rests_first_at_its_first_wait_unless_that_depends_on_the_customer(
    whole: Callable[..., str], steps: list[str], rests: str
) -> None:
    journey = read_book(whole("steps", "".join(f"      - {step}\n" for step in steps)), "journeys.yaml").journeys[
        "first"
    ]
    assert graph_of(journey).first_rest() == rests
