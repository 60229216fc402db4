"""Who leaves while a vendor may have their message: is its fate settled, and nothing sent any more?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from delivery_shop import HOUR, NOON, Shop, journey, send

from regulars.delivery.providers.base import Found
from regulars.delivery.want import Fate, Want
from regulars.engine.act import Answer
from regulars.engine.standing import Closed
from regulars.walks.record import Record

UNSURE, ABSENT = Found("unsure"), Found("absent")


def _leaving_in_doubt(shop: Shop, purpose: str = "marketing") -> Fate:
    """What is asked about a message on the wire of which nobody knows what became, of a customer who is leaving."""
    want = shop.want(shop.apply(journey("cart", send(purpose=purpose))).enter())
    shop.dispatched(shop.claimed(want))
    (fate,) = shop.ask(replace(want, leaving=True))
    assert isinstance(fate, Fate)
    return fate


def _state(shop: Shop, want: Want) -> str | None:
    row = shop.message(want)
    return row["state"] if row else None


@pytest.mark.parametrize("purpose", ["marketing", "service"])
def test_what_nobody_can_find_out_is_waited_for_and_then_given_up(shop: Shop, purpose: str) -> None:
    fate = _leaving_in_doubt(shop, purpose)
    waits = shop.settled(fate, UNSURE, NOON)
    assert waits is not None and waits.result == "later"
    over = shop.settled(fate, UNSURE, fate.resolve_by)
    assert over is not None and over.result == "failed"
    assert _state(shop, fate.want) == "given_up"


def test_what_was_never_taken_is_not_sent_and_skipped_when_the_walk_closes(shop: Shop) -> None:
    fate = _leaving_in_doubt(shop)
    assert shop.settled(fate, ABSENT, NOON + HOUR) is None
    assert shop.asked(fate.want).result == "left"
    assert _state(shop, fate.want) == "claimed"
    with shop.database.write() as connection:
        Record(shop.shelf).close(connection, [Closed(fate.want.enrollment, "left", "support", NOON + HOUR)])
    assert _state(shop, fate.want) == "skipped"


def test_what_was_never_wanted_before_leaves_no_trace(shop: Shop) -> None:
    want = replace(shop.want(shop.apply(journey()).enter()), leaving=True)
    assert shop.asked(want) == Answer("left", NOON, "America/New_York")
    assert shop.message(want) is None


def test_a_service_message_of_a_walk_that_is_over_is_not_sent_again(shop: Shop) -> None:
    """A goal is on the row, and the walk asks what became of its message: at least once is said of walks that go on."""
    want = shop.want(shop.apply(journey("cart", send(purpose="service"))).enter())
    shop.dispatched(shop.claimed(want))
    shop.hear("ann", "Order Completed", at=NOON)
    (fate,) = shop.ask(want)
    assert isinstance(fate, Fate)
    over = shop.settled(fate, UNSURE, fate.resolve_by)
    assert over is not None and over.result == "failed"
    assert _state(shop, want) == "given_up"


def test_a_service_message_to_be_sent_again_that_a_gate_then_stops_is_given_up_and_not_called_skipped(
    shop: Shop,
) -> None:
    """Skipped would say that the customer never had it; the vendor may."""
    want = shop.want(shop.apply(journey("cart", send(purpose="service"))).enter())
    shop.dispatched(shop.claimed(want))
    (fate,) = shop.ask(want)
    assert isinstance(fate, Fate)
    assert shop.settled(fate, UNSURE, fate.resolve_by) is None
    shop.suppress("email", "ann@example.com")
    assert shop.asked(want).result == "skipped"
    assert _state(shop, want) == "given_up"
