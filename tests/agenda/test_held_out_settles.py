"""Does a start that settles settle for who is held out as for those with whom they are compared?"""

from __future__ import annotations

import pytest
from agenda_shop import HOUSE, MINUTE, Shop

from regulars.store.enrollments import Enrollment

JOURNEY = """\
  cart:
    start: {event: Checkout Started, key: event.checkout_id, settle: 60 minutes}
    goal: {event: Order Completed, within: 7 days}
    steps: [email: cart/letter]
"""
SENDER = 'email_from: "Leaf <hi@leaf.example>", postal_address: "1 Hill Road, New York", '
COMPARED = ("due_at", "entered_at", "start_event_id")


@pytest.fixture(params=["99.99%", "0.01%"], ids=["held out", "walked"])
def cart(shop: Shop, request: pytest.FixtureRequest) -> Shop:
    shop.apply(JOURNEY + f"    holdout: {request.param}\n", house=HOUSE.replace("house: {", f"house: {{{SENDER}"))
    shop.tell("ann", "Checkout Started", checkout_id="c1")
    return shop


def test_who_stirs_again_before_it_settled_enters_later(cart: Shop) -> None:
    cart.now += 40 * MINUTE
    cart.tell("ann", "Checkout Started", checkout_id="c1")
    assert cart.one(Enrollment)["entered_at"] == cart.now + 60 * MINUTE
    cart.now += 50 * MINUTE
    cart.order("ann")
    row = cart.one(Enrollment)
    assert (row["goal_at"], row["reason"]) == (cart.now, "before it began")


def test_who_stirs_after_it_settled_does_not_enter_anew(cart: Shop) -> None:
    entered = cart.one(Enrollment)["entered_at"]
    with cart.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'walking' WHERE state = 'due'")
    cart.now += 70 * MINUTE
    cart.tell("ann", "Checkout Started", checkout_id="c1")
    assert cart.one(Enrollment)["entered_at"] == entered
    assert "key entered before" in cart.verdicts("cart")


def test_whose_goal_was_reached_before_it_settled_does_not_enter_by_stirring(cart: Shop) -> None:
    cart.now += 10 * MINUTE
    cart.order("ann")
    before = cart.one(Enrollment)
    cart.now += 10 * MINUTE
    cart.tell("ann", "Checkout Started", checkout_id="c1")
    assert [cart.one(Enrollment)[name] for name in COMPARED] == [before[name] for name in COMPARED]
