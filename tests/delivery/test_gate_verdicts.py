"""Does each gate close where it must, and stay open where it just need not?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from delivery_shop import DAY, HOUR, NOON, Shop, journey, phone_of, send
from sqlalchemy import event

from regulars.delivery.want import Claim
from regulars.engine.act import Answer
from regulars.journeys.happening import Goal, Happening
from regulars.journeys.span import Span

TICK = timedelta(microseconds=1)


def test_a_message_that_nothing_holds_back_is_claimed_and_counted(shop: Shop) -> None:
    shop.apply(journey())
    want = shop.want(shop.enter())
    claim = shop.claimed(want)
    row = shop.message(want)
    assert row is not None
    assert (row["state"], row["owner"], row["counted_at"]) == ("claimed", "run/1/1", NOON)
    assert (row["id"], row["address"]) == (claim.message_id, "ann@example.com")


def test_nothing_follows_a_goal(shop: Shop) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben")
    shop.hear("ann", "Order Completed", at=NOON - TICK)
    said = shop.asked(shop.want(ann))
    assert (said.result, said.reason) == ("goal", "Order Completed")
    assert shop.message(shop.want(ann)) is None
    assert shop.decisions(ann)[-1]["verdict"] == "goal: Order Completed"
    assert shop.claimed(shop.want(ben))


def test_a_goal_that_lets_stay_lets_messages_follow(shop: Shop) -> None:
    shop.apply(journey(goal=Goal("Order Completed", Span(7, "day"), stay=True)))
    ann = shop.enter()
    shop.hear("ann", "Order Completed")
    assert shop.claimed(shop.want(ann))


def test_nothing_follows_a_leaving(shop: Shop) -> None:
    shop.apply(journey(leave=(Happening("Order Cancelled", "event.order_id == 'ann'"),)))
    ann, ben = shop.enter("ann"), shop.enter("ben")
    shop.hear("ann", "Order Cancelled")
    shop.hear("ben", "Order Cancelled")
    assert shop.asked(shop.want(ann)).result == "left"
    assert shop.claimed(shop.want(ben))


def test_while_is_judged_again_before_a_message(shop: Shop) -> None:
    shop.apply(journey(while_="customer.country == 'US'"))
    ann, ben = shop.enter("ann", country="US"), shop.enter("ben", country="US")
    shop.hear("ann", country="DE", at=NOON)
    said = shop.asked(shop.want(ann))
    assert (said.result, said.reason) == ("left", "while does not hold")
    (decided,) = shop.decisions(ann)
    rule = {"while": "customer.country == 'US'"}
    assert (decided["gate"], decided["seen"]) == ("while", {"customer.country": "DE", "rules": rule})
    assert shop.claimed(shop.want(ben))


def test_if_beside_a_message_skips_just_that_message(shop: Shop) -> None:
    shop.apply(journey("cart", send(condition="customer.country == 'US'"), send("sms")))
    ann, ben = shop.enter("ann", country="DE"), shop.enter("ben", country="US")
    said = shop.asked(shop.want(ann))
    assert (said.result, said.reason) == ("skipped", "if does not hold")
    row = shop.message(shop.want(ann))
    assert row is not None and row["state"] == "skipped"
    assert shop.claimed(shop.want(ben))


def test_what_is_missing_falls_the_quiet_way(shop: Shop) -> None:
    shop.apply(journey("cart", send(condition="customer.country != 'DE'"), send("sms")))
    ann = shop.enter()
    assert shop.asked(shop.want(ann)).result == "skipped"
    assert shop.decisions(ann)[-1]["seen"]["empty"] == ["customer.country"]


def test_without_consent_nothing_goes_but_service(shop: Shop) -> None:
    shop.apply(journey("cart", send(), send("sms", purpose="service")))
    shop.hear("ann", "Cart Started", phone="+14155550101")
    ann = shop.enrollment("ann")
    assert shop.asked(shop.want(ann)).reason == "no consent"
    assert shop.claimed(shop.want(ann, "sms"))


@pytest.mark.parametrize(("withdrawn", "goes"), [(NOON - 2 * HOUR, True), (NOON - HOUR, False), (NOON, False)])
def test_the_latest_word_counts_and_at_one_instant_the_withdrawal(shop: Shop, withdrawn: object, goes: bool) -> None:
    shop.apply(journey())
    ann = shop.enter(at=NOON - HOUR)
    shop.consent("ann", "email", False, at=withdrawn)  # type: ignore[arg-type]
    (said,) = shop.ask(shop.want(ann))
    assert isinstance(said, Claim) == goes
    if not goes:
        assert said.result == "skipped" and said.reason == "consent withdrawn"  # type: ignore[union-attr]
        assert shop.decisions(ann)[-1]["seen"]["source"] == "test"


def test_consent_is_of_its_channel(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.consent("ann", "sms", False, at=NOON)
    assert shop.claimed(shop.want(ann))
    assert shop.asked(shop.want(ann, "sms")).reason == "consent withdrawn"


def test_an_address_that_was_unsubscribed_gets_nothing_under_another_record_either(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter("ann")
    claim = shop.claimed(shop.want(ann))
    shop.hear("anna", "Cart Left", email="ann@example.com", at=NOON - 2 * HOUR)
    shop.take_in([("anna", (), {"email": False})], NOON, email="ann@example.com")
    (verdict,) = shop.dispatched(claim)
    assert (verdict.result, verdict.gate) == ("later", "consent")
    said = shop.asked(shop.want(ann))
    assert (said.result, said.reason) == ("skipped", "consent withdrawn")


def test_a_grant_of_texts_is_for_the_number_that_it_was_given_for(shop: Shop) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben")
    shop.hear("ann", phone=phone_of("another"), at=NOON)
    assert shop.asked(shop.want(ann, "sms")).reason == "no consent"
    assert shop.claimed(shop.want(ben, "sms"))
    assert shop.claimed(shop.want(ann))


@pytest.mark.parametrize("people", [1, 12])
def test_the_gate_asks_as_few_questions_of_many_as_of_one(shop: Shop, people: int) -> None:
    shop.apply(journey())
    wants = [shop.want(shop.enter(f"p{number}")) for number in range(people)]
    asked: list[str] = []
    listener = (shop.database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    event.listen(*listener)
    shop.ask(*wants)
    event.remove(*listener)
    assert len([statement for statement in asked if " consent" in statement]) == 2  # their words, their addresses'


def test_without_an_address_a_message_is_skipped(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter(phone=None)
    assert shop.asked(shop.want(ann, "sms")).reason == "no phone"


@pytest.mark.parametrize("purpose", ["marketing", "service"])
def test_a_suppressed_address_gets_nothing_whatever_the_purpose(shop: Shop, purpose: str) -> None:
    shop.apply(journey("cart", send(purpose=purpose), send("sms")))
    ann, ben = shop.enter("ann"), shop.enter("ben")
    shop.suppress("email", "ann@example.com")
    shop.suppress("sms", "ben@example.com")  # another channel's
    assert shop.asked(shop.want(ann)).reason == "suppressed: bounced"
    assert shop.claimed(shop.want(ben))


def test_a_message_is_stale_from_the_end_of_its_time_on(shop: Shop) -> None:
    shop.apply(journey("cart", send(), send("sms", valid_for=Span(1, "hour"))))
    ann, ben = shop.enter("ann"), shop.enter("ben")
    assert shop.claimed(shop.want(ann, now=NOON - TICK, due=NOON - 2 * DAY))
    assert shop.asked(shop.want(ben, now=NOON, due=NOON - 2 * DAY)).reason == "stale"
    assert shop.claimed(shop.want(ann, "sms", NOON - TICK, due=NOON - HOUR))
    assert shop.asked(shop.want(ben, "sms", NOON, due=NOON - HOUR)).reason == "stale"


def test_staleness_counts_from_when_it_was_first_wanted_and_says_what_held_it(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.brake("email")
    assert shop.asked(shop.want(ann)).result == "later"
    said = shop.asked(shop.want(ann, now=NOON + 2 * DAY, due=NOON + 2 * DAY))
    assert (said.result, said.reason) == ("skipped", "stale")
    assert shop.decisions(ann)[-1]["seen"] == {
        "due": NOON.isoformat(),
        "held_by": "email stopped",
        "expired": (NOON + 2 * DAY).isoformat(),
    }


@pytest.mark.parametrize(("scope", "held"), [("email", True), ("all", True), ("sms", False)])
def test_a_brake_holds_its_channel_back(shop: Shop, scope: str, held: bool) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.brake(scope)
    (said,) = shop.ask(shop.want(ann))
    assert isinstance(said, Answer) == held
    if held:
        assert said.until == NOON + timedelta(minutes=5)  # type: ignore[union-attr]
        shop.brake(scope, on=False)
        assert shop.claimed(shop.want(ann, now=NOON + timedelta(minutes=5)))


@pytest.mark.parametrize(("state", "held"), [("paused", True), ("off", True), ("on", False)])
@pytest.mark.parametrize("retired", [True, False])
def test_a_paused_journey_sends_nothing_and_one_no_longer_in_the_file_is_walked_to_its_end(
    shop: Shop, state: str, held: bool, retired: bool
) -> None:
    shop.apply(journey())
    want = shop.want(shop.enter())
    shop.state("cart", state)
    if retired:
        shop.apply(journey("other"))
    (said,) = shop.ask(want)
    assert isinstance(said, Answer) == held


def test_a_journey_paused_for_long_is_on_record_once(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.state("cart", "paused")
    for minutes in range(0, 60, 5):
        shop.asked(shop.want(ann, now=NOON + timedelta(minutes=minutes)))
    (decided,) = shop.decisions(ann)
    assert (decided["gate"], decided["verdict"]) == ("pause", "later: journey paused")


def test_the_gates_have_their_order(shop: Shop) -> None:
    """One after the other, what stands in the way is put before what stood there already."""
    text = send("sms", condition="customer.country == 'US'")
    shop.apply(journey("cart", text, while_="customer.first_name == 'Ann'"))
    ann = shop.enter(country="US", first_name="Ann")
    night, visits = NOON + 10 * HOUR, iter(range(1, 20))

    def reason(**more: Any) -> str:
        return shop.asked(shop.want(ann, "sms", night, visit=next(visits), **more)).reason

    assert reason() == "quiet hours"
    for visit in (30, 31):
        shop.claimed(shop.want(ann, "sms", NOON, visit=visit))
    assert reason() == "sms cap"
    shop.brake("sms")
    assert reason() == "sms stopped"
    assert reason(due=NOON - DAY) == "stale"
    shop.suppress("sms", phone_of("ann"))
    assert reason(due=NOON - DAY) == "suppressed: bounced"
    shop.consent("ann", "sms", False, at=night)
    assert reason() == "consent withdrawn"
    shop.hear("ann", country="DE", at=night)
    assert reason() == "if does not hold"
    shop.hear("ann", first_name="Anna", at=night)
    assert reason() == "while does not hold"
    shop.hear("ann", "Order Completed", at=night)
    assert reason() == "Order Completed"


def test_a_stranger_and_an_unknown_step_get_an_answer_and_harm_nobody(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    known = shop.want(ann)
    stranger = shop.want("0000000000000")
    nowhere = shop.want(ann, "fax")
    said = shop.ask(stranger, known, nowhere)
    assert [one.result if isinstance(one, Answer) else "claim" for one in said] == ["left", "claim", "failed"]


def test_nobody_is_held_back_beyond_the_end_of_the_messages_time(shop: Shop) -> None:
    shop.apply(journey("cart", send(), send("sms", valid_for=Span(3, "hour"))))
    ann = shop.enter()
    night = NOON + 10 * HOUR  # the quiet hours end eleven hours later
    assert shop.asked(shop.want(ann, "sms", night)).until == night + 3 * HOUR
