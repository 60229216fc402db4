"""Does a line keep its rate, rest, and let nobody down who stops or does not understand?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from delivery_office import SETTLES, Office, Vendor, row_of, wanted
from delivery_shop import HOUR, Shop

from regulars.delivery.courier import Line
from regulars.delivery.providers.base import Verdict, WireFailure, WireRequest, WireResponse
from regulars.delivery.providers.sendgrid import SendGrid
from regulars.sandbox.settings import SENDGRID_API_KEY
from regulars.store.messages import Rate
from regulars.store.statements import table

SECOND = timedelta(seconds=1)
Offices = Callable[..., Office]


async def test_a_line_whose_account_is_refused_rests_for_all_messages(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    ann, ben = wanted(open_shop, now), wanted(open_shop, now, "ben")
    vendor.misbehave({"kind": "status", "status": 401, "match": {"recipient": "ann@example.com"}})
    office = offices()
    (said,) = await office.deliver(ann)
    assert (said.result, said.reason) == ("later", "401")
    (other,) = await office.deliver(ben)
    assert (other.result, other.reason) == ("later", "vendor's rate")
    assert other.until is not None and other.until - other.at > 50 * SECOND
    text = replace(wanted(open_shop, now, "cat"), step="sms", key="sms")
    assert [one.result for one in await office.deliver(text)] == ["done"]  # the other channel goes on
    with open_shop.database.write() as connection:
        connection.execute(table(Rate).update().values(next_at=0.0))
    assert [one.result for one in await office.deliver(ann, ben, at=said.until)] == ["done", "done"]


async def test_the_vendors_rate_is_kept_and_the_rest_is_told_when(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    wants = [wanted(open_shop, now, f"p{number}") for number in range(5)]
    office = offices(per_second=2.0)
    begun = asyncio.get_running_loop().time()
    said = await office.deliver(*wants)
    assert asyncio.get_running_loop().time() - begun >= 1.0
    assert [one.result for one in said] == ["done"] * 3 + ["later"] * 2
    waits = [(one.until - now) / SECOND for one in said if one.until]
    assert waits[1] - waits[0] == pytest.approx(0.5, abs=0.1)


async def test_a_text_does_not_lie_in_the_vendors_queue_until_it_is_stale(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = replace(wanted(open_shop, now, step="sms"), due=now - 11 * HOUR)
    sent: list[bytes] = []

    def overhear(line: Line) -> Line:
        class Overheard:
            async def carry(self, request: WireRequest) -> WireResponse | WireFailure:
                sent.append(request.body or b"")
                return await line.transport.carry(request)

        return replace(line, transport=Overheard())

    await offices(adjust=overhear).deliver(want)
    (body,) = sent
    seconds = int(dict(part.split("=") for part in body.decode().split("&"))["ValidityPeriod"])
    assert 3500 < seconds <= 3600


async def test_who_is_cancelled_on_the_wire_finishes_and_records_first(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    """Twice, as a worker does that stops while its activity is told to."""
    want = wanted(open_shop, now)
    vendor.misbehave({"kind": "slow", "seconds": 1, "match": {"recipient": "ann@example.com"}})
    office = offices()
    delivering = asyncio.create_task(office.deliver(want))
    while (row := open_shop.message(want)) is None or row["state"] != "dispatching":  # noqa: ASYNC110 - a row tells
        await asyncio.sleep(0.01)
    for _ in range(2):
        delivering.cancel()
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await delivering
    assert row_of(open_shop, want)["state"] == "accepted"


async def test_a_vendor_that_cannot_be_understood_leaves_one_fate_unknown(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    wants = [wanted(open_shop, now), wanted(open_shop, now, "ben")]

    class Baffled(SendGrid):
        seen = 0

        def classify(self, outcome: WireResponse | WireFailure) -> Verdict:
            self.seen += 1
            if self.seen == 1:
                raise LookupError("no such case")
            return super().classify(outcome)

    baffled = Baffled(SENDGRID_API_KEY, vendor.url, settles=SETTLES)
    office = offices(adjust=lambda line: replace(line, provider=baffled))
    said = await office.deliver(*wants)
    assert sorted(one.result for one in said) == ["done", "later"]
    assert [one.result for one in await office.until_final(*wants)] == ["done", "done"]
    books = vendor.books()
    assert [books[row_of(open_shop, want)["id"]] for want in wants] == [1, 1]
