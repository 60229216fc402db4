"""Does the ledger's state machine hold, whoever comes between its transactions?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from delivery_shop import DAY, HOUR, NOON, Shop, dispatch, journey, phone_of, send

from regulars.delivery.providers.base import Found
from regulars.delivery.receipt import Receipt
from regulars.delivery.want import Claim, Fate, Outcome
from regulars.engine.act import Answer
from regulars.store.messages import Message, MessageState
from regulars.store.statements import table

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
UNSURE, ABSENT = Found("unsure"), Found("absent")


def told(claim: Claim, state: MessageState, **more: object) -> Outcome:
    """What the claim's own dispatch came to."""
    return Outcome(claim, claim.attempts + 1, state, NOON + SECOND, **more)  # type: ignore[arg-type]


def state(shop: Shop, claim: Claim) -> str:
    row = shop.message(claim.want)
    assert row is not None
    return str(row["state"])


def test_what_goes_on_the_wire_is_on_record_first(shop: Shop) -> None:
    shop.apply(journey())
    claim = shop.claimed(shop.want(shop.enter()))
    assert [verdict.result for verdict in shop.dispatched(claim)] == ["go"]
    row = shop.message(claim.want)
    assert row is not None
    assert (row["state"], row["dispatched_at"], row["resolve_by"], row["attempts"]) == (
        "dispatching", NOON, NOON + 20 * MINUTE, 1
    )  # fmt: skip


BETWEEN: dict[str, Callable[[Shop], None]] = {
    "Order Completed": lambda shop: shop.hear("ann", "Order Completed", at=NOON),
    "Order Cancelled": lambda shop: shop.hear("ann", "Order Cancelled", at=NOON),
    "consent withdrawn": lambda shop: shop.consent("ann", "sms", False, at=NOON),
    "suppressed: bounced": lambda shop: shop.suppress("sms", phone_of("ann")),
    "sms stopped": lambda shop: shop.brake("sms"),
    "journey paused": lambda shop: shop.state("cart", "paused"),
}


@pytest.mark.parametrize("reason", BETWEEN)
def test_what_comes_between_claim_and_wire_stops_the_message(shop: Shop, reason: str) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben")
    claims = [shop.claimed(shop.want(ann, "sms")), shop.claimed(shop.want(ben, "sms"))]
    BETWEEN[reason](shop)
    first, second = shop.dispatched(*claims)
    assert (first.result, first.reason, first.until) == ("later", reason, NOON)
    assert state(shop, claims[0]) == "claimed"
    assert (second.result == "go") == (reason not in ("sms stopped", "journey paused"))
    assert shop.asked(shop.want(ann, "sms")).reason == reason
    assert state(shop, claims[0]) in ("skipped", "held")


def test_a_claim_that_grew_stale_or_ran_into_the_night_does_not_go(shop: Shop) -> None:
    shop.apply(journey(), valid_for={})
    night = NOON + 8 * HOUR
    ann, ben = shop.enter("ann"), shop.enter("ben")
    late = shop.claimed(shop.want(ann, "sms", night - SECOND))
    assert [one.reason for one in shop.dispatched(late, now=night)] == ["quiet hours"]
    shop.apply(journey(), valid_for={"sms": shop.journeys["cart"].goal.within})  # type: ignore[union-attr]
    stale = shop.claimed(shop.want(ben, "sms", NOON, due=NOON - 7 * DAY + SECOND))
    assert [one.reason for one in shop.dispatched(stale, now=NOON + SECOND)] == ["stale"]


def test_service_goes_although_consent_is_withdrawn_meanwhile(shop: Shop) -> None:
    shop.apply(journey("cart", send(purpose="service"), send("sms")))
    claim = shop.claimed(shop.want(shop.enter()))
    shop.consent("ann", "email", False, at=NOON)
    assert [one.result for one in shop.dispatched(claim)] == ["go"]


def test_a_zombies_claim_is_worth_nothing(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    zombie = shop.claimed(shop.want(ann, owner="run/1/1"))
    fresh = shop.claimed(shop.want(ann, owner="run/1/2"))
    assert fresh.message_id == zombie.message_id
    assert [one.reason for one in shop.dispatched(zombie)] == ["claimed by another"]
    assert [one.result for one in shop.dispatched(fresh)] == ["go"]
    assert [one.reason for one in shop.dispatched(fresh)] == ["claimed by another"]


def test_two_attempts_in_one_batch_make_one_claim(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    claims = shop.ask(shop.want(ann, owner="run/1/1"), shop.want(ann, owner="run/1/2"))
    went = [one.result for claim in claims if isinstance(claim, Claim) for one in shop.dispatched(claim)]
    assert sorted(went) == ["go", "later"]


def test_a_claim_that_is_being_dispatched_cannot_be_taken_over(shop: Shop) -> None:
    """The next attempt's first transaction meets the zombie's second one, not yet committed."""
    shop.apply(journey())
    ann = shop.enter()
    claim = shop.claimed(shop.want(ann))
    said: list[object] = []
    other = threading.Thread(target=lambda: said.extend(shop.ask(shop.want(ann, owner="run/1/2"))))
    with shop.database.write() as connection:
        assert shop.ledger.dispatch(connection, [dispatch(claim)])[0].result == "go"
        other.start()
        other.join(0.3)
        waits = other.is_alive()
    other.join(10)
    assert waits
    (fate,) = said
    assert isinstance(fate, Fate)
    assert fate.attempts == 1


def test_what_the_vendor_said_is_not_overwritten_by_who_takes_over_meanwhile(shop: Shop) -> None:
    """The next attempt's first transaction meets the third one of the attempt before, not yet committed."""
    shop.apply(journey())
    ann = shop.enter()
    claim = shop.claimed(shop.want(ann))
    shop.dispatched(claim)
    said: list[object] = []
    other = threading.Thread(target=lambda: said.extend(shop.ask(shop.want(ann, owner="run/1/2"))))
    with shop.database.write() as connection:
        shop.ledger.record(connection, [told(claim, MessageState.accepted, vendor_id="v1")])
        other.start()
        other.join(0.3)
    other.join(10)
    assert state(shop, claim) == "accepted"
    (answer,) = said
    assert isinstance(answer, Answer)
    assert answer.result == "done"


def test_a_stop_comes_before_the_wire_or_after_never_between(shop: Shop) -> None:
    """A message on its way holds its customer: what answers a STOP with 2xx waits till it is on record."""
    shop.apply(journey())
    claim = shop.claimed(shop.want(shop.enter()))
    stop = threading.Thread(target=lambda: shop.consent("ann", "email", False, at=NOON))
    with shop.database.write() as connection:
        shop.ledger.dispatch(connection, [dispatch(claim)])
        stop.start()
        stop.join(0.3)
        waits = stop.is_alive()
    stop.join(10)
    assert waits


def test_what_was_accepted_is_answered_from_the_record(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    claim = shop.claimed(shop.want(ann))
    shop.dispatched(claim)
    shop.recorded(told(claim, MessageState.accepted, vendor_id="v1"))
    said = shop.asked(shop.want(ann, now=NOON + HOUR, owner="run/1/2"))
    assert (said.result, said.at) == ("done", NOON + SECOND)  # the next wait counts from when it went


def test_a_vendors_words_stay_in_the_database(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    claim = shop.claimed(shop.want(ann))
    shop.dispatched(claim)
    (said,) = shop.recorded(told(claim, MessageState.rejected, code="400", reason="no Ann Smith here"))
    row = shop.message(claim.want)
    assert row is not None
    assert (row["code"], row["reason"]) == ("400", "no Ann Smith here")
    assert (said.result, said.reason) == ("failed", "400")
    assert shop.asked(shop.want(ann)).reason == "400"


def taken_over(shop: Shop) -> tuple[Claim, Fate]:
    """A dispatch of which no answer has come yet, and what another attempt, which has taken over, wonders about it."""
    shop.apply(journey())
    ann = shop.enter()
    zombie = shop.claimed(shop.want(ann))
    shop.dispatched(zombie)
    (fate,) = shop.ask(shop.want(ann, owner="run/1/2"))
    assert isinstance(fate, Fate)
    return zombie, fate


@pytest.mark.parametrize("came", [MessageState.accepted, MessageState.rejected, MessageState.claimed])
def test_a_zombie_knows_what_came_of_its_own_dispatch(shop: Shop, came: MessageState) -> None:
    zombie, fate = taken_over(shop)
    shop.recorded(told(zombie, came))
    assert state(shop, zombie) == came
    answer = shop.settled(fate, UNSURE, NOON + DAY)
    assert (answer is None) == (came == MessageState.claimed)
    assert state(shop, zombie) == came


def test_what_a_zombie_says_of_its_dispatch_does_not_hold_for_a_later_one(shop: Shop) -> None:
    zombie, fate = taken_over(shop)
    assert shop.settled(fate, ABSENT, NOON + MINUTE) is None
    anew = shop.claimed(fate.want)
    shop.dispatched(anew)
    shop.recorded(told(zombie, MessageState.claimed, code="unreachable"))
    assert state(shop, anew) == "dispatching"
    shop.recorded(told(zombie, MessageState.rejected, code="400"))
    assert state(shop, anew) == "dispatching"
    shop.recorded(told(zombie, MessageState.accepted))
    assert state(shop, anew) == "accepted"


def test_a_look_up_proves_nothing_of_a_later_dispatch(shop: Shop) -> None:
    """Two attempts look the same message up; the slower one finds what the quicker one has long acted upon."""
    shop.apply(journey())
    ann = shop.enter()
    shop.dispatched(shop.claimed(shop.want(ann)))
    (slow,) = shop.ask(shop.want(ann, owner="run/1/2"))
    (quick,) = shop.ask(shop.want(ann, owner="run/1/3"))
    assert isinstance(slow, Fate) and isinstance(quick, Fate)
    assert shop.settled(quick, ABSENT, NOON + MINUTE) is None
    anew = shop.claimed(shop.want(ann, owner="run/1/3"))
    shop.dispatched(anew, now=NOON + MINUTE)
    shop.recorded(told(anew, MessageState.unknown, resolve_by=NOON + HOUR))
    answer = shop.settled(slow, ABSENT, NOON + MINUTE)
    assert answer is not None and answer.result == "later"
    assert state(shop, anew) == "unknown"


def test_a_callback_settles_what_is_on_the_wire_and_stays(shop: Shop) -> None:
    shop.apply(journey())
    claim = shop.claimed(shop.want(shop.enter()))
    shop.dispatched(claim)
    shop.report(Receipt("sendgrid", "k1", "accepted", "email", None, message_id=claim.message_id, vendor_id="v1"))
    (said,) = shop.recorded(told(claim, MessageState.unknown, resolve_by=NOON + HOUR))
    assert said.result == "done"
    assert state(shop, claim) == "accepted"


def test_a_refusal_for_good_suppresses_the_address(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    claim = shop.claimed(shop.want(ann, "sms"))
    shop.dispatched(claim)
    shop.recorded(told(claim, MessageState.rejected, code="21610", suppress=True))
    assert shop.asked(shop.want(ann, "sms", visit=2)).reason == "suppressed: stopped"


def test_a_person_erased_meanwhile_harms_nobody(shop: Shop) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben")
    gone, stays = shop.claimed(shop.want(ann)), shop.claimed(shop.want(ben))
    shop.dispatched(gone, stays)
    of = table(Message)
    with shop.database.write() as connection:
        connection.execute(of.delete().where(of.c.id == gone.message_id))
    said = shop.recorded(told(gone, MessageState.accepted), told(stays, MessageState.accepted))
    assert [one.result for one in said] == ["left", "done"]


def test_an_edit_while_a_message_waits_is_on_its_row(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.brake("email")
    before = shop.want(ann)
    assert isinstance(shop.asked(before), Answer)
    shop.brake("email", on=False)
    shop.apply(journey("cart", send(of="other", purpose="service"), priority="high"))
    after = shop.want(ann)
    shop.claimed(after)
    row = shop.message(after)
    assert row is not None
    assert (row["template"], row["purpose"], row["priority"], row["version"]) == (
        "other/email", "service", 0, after.version
    )  # fmt: skip
    assert row["version"] != before.version
