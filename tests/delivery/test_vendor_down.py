"""A vendor that is down, or says when to come again: is nothing lost, and nobody asked before their time?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from delivery_office import Office, row_of, wanted
from delivery_shop import NOON, Shop, journey
from ports import free_port

from regulars.delivery.want import Claim, Outcome
from regulars.store.messages import Message, MessageState
from regulars.store.statements import table


@pytest.mark.parametrize("tries", [1024, 5000])
async def test_a_vendor_that_is_down_for_days_is_tried_on(
    open_shop: Shop, offices: Callable[..., Office], now: datetime, tries: int
) -> None:
    want = wanted(open_shop, now)
    office = offices(url=f"http://127.0.0.1:{free_port()}")
    assert (await office.deliver(want, at=now)).pop().result == "later"
    with open_shop.database.write() as connection:
        connection.execute(table(Message).update().values(attempts=tries))
    (said,) = await office.deliver(want, at=now + timedelta(minutes=1))
    assert said.result == "later" and said.until is not None
    assert timedelta(0) < said.until - said.at <= timedelta(minutes=1)
    assert row_of(open_shop, want)["state"] == "claimed"


def test_who_is_told_when_to_come_again_comes_no_sooner_whatever_wakes_the_walk(shop: Shop) -> None:
    want = shop.want(shop.apply(journey()).enter())
    claim = shop.claimed(want)
    shop.dispatched(claim)
    until = NOON + timedelta(minutes=2)
    shop.recorded(Outcome(claim, 1, MessageState.claimed, NOON, code="429", reason="too many", until=until))
    again = shop.asked(want)
    assert (again.result, again.until, again.reason) == ("later", until, "429")
    assert isinstance(shop.ask(replace(want, now=until))[0], Claim)
