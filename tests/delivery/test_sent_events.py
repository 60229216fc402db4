"""Does a message that went become an event, once, however it is found out, and do journeys hear of it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from delivery_shop import NOON, Shop, journey, send
from sqlalchemy import select

from regulars.delivery.providers.base import Found
from regulars.delivery.receipt import Receipt
from regulars.delivery.want import Claim, Fate, Outcome
from regulars.journeys.happening import Start
from regulars.journeys.model import Channel
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event
from regulars.store.messages import MessageState
from regulars.store.statements import table

LATER = NOON + timedelta(minutes=1)


def sent(shop: Shop, name: str = "Email Sent") -> list[dict[str, Any]]:
    of = table(Event)
    with shop.database.read() as connection:
        return [dict(row) for row in connection.execute(select(of).where(of.c.name == name)).mappings()]


def on_the_wire(shop: Shop, step: Channel = "email") -> Claim:
    claim = shop.claimed(shop.want(shop.apply(journey()).enter(), step))
    shop.dispatched(claim)
    return claim


def accepted(claim: Claim) -> Outcome:
    return Outcome(claim, 1, MessageState.accepted, LATER, vendor_id="v1")


def test_what_the_vendor_took_is_an_event_of_its_customer(shop: Shop) -> None:
    claim = on_the_wire(shop)
    assert sent(shop) == []
    shop.recorded(accepted(claim))
    (event,) = sent(shop)
    assert (event["customer_id"], event["message_id"]) == (shop.customer("ann"), claim.message_id)
    assert event["occurred_at"] == LATER
    known = {"journey": "cart", "step": "email", "template": "cart/email", "message_id": claim.message_id}
    assert event["properties"] == known


def test_a_text_that_went_is_one_of_its_own_channel(shop: Shop) -> None:
    shop.recorded(accepted(on_the_wire(shop, "sms")))
    assert (len(sent(shop, "SMS Sent")), sent(shop)) == (1, [])


def test_what_the_vendor_refused_did_not_go(shop: Shop) -> None:
    shop.recorded(Outcome(on_the_wire(shop), 1, MessageState.rejected, LATER, code="400"))
    assert sent(shop) == []


def test_a_report_that_comes_first_tells_it_and_the_record_not_again(shop: Shop) -> None:
    claim = on_the_wire(shop)
    for key in ("k1", "k2"):
        shop.report(Receipt("sendgrid", key, "delivered", "email", None, message_id=claim.message_id), LATER)
    assert len(sent(shop)) == 1
    shop.recorded(accepted(claim), accepted(claim))
    assert len(sent(shop)) == 1


def test_a_look_up_that_finds_it_tells_it_as_of_when_it_went(shop: Shop) -> None:
    claim = on_the_wire(shop)
    (fate,) = shop.ask(claim.want)
    assert isinstance(fate, Fate)
    shop.settled(fate, Found("unsure"), LATER)
    assert sent(shop) == []
    shop.settled(fate, Found("accepted", "v1"), LATER)
    shop.settled(fate, Found("accepted", "v1"), LATER)
    assert [event["occurred_at"] for event in sent(shop)] == [NOON]


def test_a_journey_that_it_starts_lets_the_customer_in(shop: Shop) -> None:
    after = replace(journey("after", send(of="other"), goal=None, leave=()), start=Start("Email Sent", again="never"))
    claim = shop.claimed(shop.want(shop.apply(journey(), after).enter()))
    shop.dispatched(claim)
    shop.recorded(accepted(claim))
    of = table(Enrollment)
    with shop.database.read() as connection:
        inside = connection.execute(select(of.c.customer_id).where(of.c.journey == "after")).scalars().all()
    assert inside == [shop.customer("ann")]
