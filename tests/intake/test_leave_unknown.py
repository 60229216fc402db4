"""Does a leaving that cannot be judged take the customer out? Leaving is the safe side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from intake_shop import START, Shop, completed, order, person

from regulars.intake.arrival import Happened
from regulars.store.enrollments import Enrollment


@pytest.mark.parametrize(
    ("told", "verdict"), [({}, "leaves"), ({"order_id": "1"}, "leaves"), ({"order_id": "2"}, "stays")]
)
def test_a_leaving_whose_condition_lacks_a_value_takes_out(shop: Shop, told: dict[str, str], verdict: str) -> None:
    """The cancelled order's number is missing: it may be the one that this walk is about."""
    shop.now = START
    facts = order("1", START)
    shop.take(shop.arrival(completed(facts), person=person(), order=facts))
    shop.walk(shop.one(Enrollment))
    shop.take(shop.arrival(Happened("Order Cancelled", START + timedelta(minutes=1), told), person=person()))
    assert shop.verdicts("first_order", "leave") == [verdict]
    assert (shop.one(Enrollment)["leaving"] == "Order Cancelled") is (verdict == "leaves")
