"""What becomes of a message of which nobody knows what became?"""

from __future__ import annotations

from datetime import timedelta

from delivery_shop import HOUR, NOON, Shop, journey, send

from regulars.delivery.providers.base import Found
from regulars.delivery.receipt import Receipt
from regulars.delivery.want import Fate

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
UNSURE, ABSENT = Found("unsure"), Found("absent")


def _in_doubt(shop: Shop, purpose: str = "marketing", owner: str = "run/1/1") -> Fate:
    """A message of which nobody knows what became."""
    ann = shop.enrollment("ann") if shop.told else shop.apply(journey("cart", send(purpose=purpose))).enter()
    shop.dispatched(shop.claimed(shop.want(ann, owner=owner)))
    (fate,) = shop.ask(shop.want(ann, owner=owner))
    assert isinstance(fate, Fate)
    return fate


def test_in_doubt_a_message_is_asked_for_again_until_its_time_runs_out(shop: Shop) -> None:
    fate = _in_doubt(shop)
    waiting = shop.settled(fate, UNSURE, fate.resolve_by - SECOND)
    assert waiting is not None
    assert (waiting.result, waiting.reason) == ("later", "fate unknown")
    over = shop.settled(fate, UNSURE, fate.resolve_by)
    assert over is not None
    assert (over.result, over.reason) == ("failed", "fate unknown")
    row = shop.message(fate.want)
    assert row is not None and row["state"] == "given_up"


def test_a_look_up_that_finds_it_settles_it(shop: Shop) -> None:
    fate = _in_doubt(shop)
    answer = shop.settled(fate, Found("accepted", "v1"), NOON + HOUR)
    row = shop.message(fate.want)
    assert row is not None and answer is not None
    assert (answer.result, answer.at) == ("done", NOON)
    assert (row["state"], row["vendor_id"], row["accepted_at"]) == ("accepted", "v1", NOON)


def test_what_is_proved_absent_is_claimed_anew_and_judged_afresh(shop: Shop) -> None:
    fate = _in_doubt(shop)
    assert shop.settled(fate, ABSENT, NOON + MINUTE) is None
    shop.consent("ann", "email", False, at=NOON)
    assert shop.asked(fate.want).reason == "consent withdrawn"


def test_service_is_sent_again_once(shop: Shop) -> None:
    fate = _in_doubt(shop, "service")
    assert shop.settled(fate, UNSURE, fate.resolve_by) is None
    again = _in_doubt(shop, owner="run/1/2")
    assert again.attempts == 2
    over = shop.settled(again, UNSURE, fate.resolve_by + HOUR)
    assert over is not None and over.result == "failed"


def test_a_callback_that_comes_after_it_was_given_up_counts(shop: Shop) -> None:
    fate = _in_doubt(shop)
    shop.settled(fate, UNSURE, fate.resolve_by)
    shop.report(Receipt("sendgrid", "k1", "delivered", "email", None, message_id=fate.message_id, vendor_id="v1"))
    row = shop.message(fate.want)
    assert row is not None
    assert (row["state"], row["vendor_id"]) == ("accepted", "v1")
    assert shop.asked(fate.want).result == "done"
