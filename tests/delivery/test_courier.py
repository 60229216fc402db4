"""Does a message get out over real HTTP, once, whatever the vendor does?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from delivery_office import SETTLES, Office, Vendor, free_port, vendor_at
from delivery_shop import HOUR, Shop, journey, send

from regulars.clock import identity
from regulars.delivery.courier import Line
from regulars.delivery.providers.base import Verdict, WireFailure, WireRequest, WireResponse
from regulars.delivery.providers.sendgrid import SendGrid
from regulars.delivery.receipt import Receipt
from regulars.delivery.want import Want
from regulars.sandbox.settings import SENDGRID_API_KEY
from regulars.store.messages import Rate
from regulars.store.statements import table

SECOND = timedelta(seconds=1)
Offices = Callable[..., Office]


@pytest.fixture
def now() -> datetime:
    """The vendor knows real time alone, so these tests keep it too."""
    return identity().now()


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is open at any hour: these tests run at all of them."""
    return shop.apply(journey(), quiet_hours={})


def wanted(shop: Shop, now: datetime, who: str = "ann", step: str = "email", **more: Any) -> Want:
    return shop.want(shop.enter(who, at=now - HOUR, **more), step, now)


def row_of(shop: Shop, want: Want) -> dict[str, Any]:
    row = shop.message(want)
    assert row is not None
    return row


@pytest.mark.parametrize("step", ["email", "sms"])
async def test_a_message_goes_once_and_is_on_record(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime, step: str
) -> None:
    want = wanted(open_shop, now, step=step)
    office = offices()
    (said,) = await office.deliver(want)
    assert said.result == "done"
    row = row_of(open_shop, want)
    assert (row["state"], row["attempts"], row["locale"]) == ("accepted", 1, "en")
    assert row["vendor_id"] and row["accepted_at"] == said.at
    (again,) = await office.deliver(replace(want, owner="run/1/2"))
    assert (again.result, again.at) == ("done", said.at)
    assert vendor.books()[row["id"]] == 1


async def test_a_party_is_answered_in_order_whatever_becomes_of_each(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    people = [f"p{number}" for number in range(30)]
    wants = [wanted(open_shop, now, who) for who in people]
    open_shop.consent("p3", "email", False, at=now)
    vendor.misbehave(
        {"kind": "status", "status": 400, "match": {"recipient": "p5@example.com"}},
        {"kind": "rate_limit", "seconds": 7, "match": {"recipient": "p7@example.com"}},
    )
    office = offices()
    said = await office.deliver(*wants)
    assert {one: answer.result for one, answer in zip(people, said, strict=True) if answer.result != "done"} == {
        "p3": "skipped", "p5": "failed", "p7": "later"
    }  # fmt: skip
    assert office.beats == 1  # between the two chunks
    books = vendor.books()
    assert all(books[row_of(open_shop, wants[at])["id"]] == 1 for at in range(30) if at not in (3, 5, 7))


async def test_too_many_requests_waits_as_long_as_the_vendor_says(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = wanted(open_shop, now)
    vendor.misbehave({"kind": "rate_limit", "seconds": 30, "match": {"recipient": "ann@example.com"}})
    office = offices()
    (said,) = await office.deliver(want)
    assert said.result == "later" and said.until is not None
    assert 25 * SECOND < said.until - said.at <= 31 * SECOND
    assert (row_of(open_shop, want)["state"], said.reason) == ("claimed", "429")
    assert [one.result for one in await office.deliver(want, at=said.until)] == ["done"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "hang", "status"])
async def test_what_is_ambiguous_is_looked_up_and_never_sent_blindly(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime, kind: str
) -> None:
    want = wanted(open_shop, now)
    office = offices(total_seconds=0.6)
    vendor.misbehave({"kind": kind, "seconds": 3, "match": {"recipient": "ann@example.com"}})
    (said,) = await office.deliver(want)
    assert said.result == "later"
    row = row_of(open_shop, want)
    assert (row["state"], row["attempts"]) == ("unknown", 1)
    assert [one.result for one in await office.until_final(want)] == ["done"]
    assert vendor.books()[row["id"]] == 1
    assert row_of(open_shop, want)["attempts"] == (1 if kind == "drop_after" else 2)


@pytest.mark.parametrize("step", ["email", "sms"])
async def test_an_error_that_hid_an_acceptance_is_found_out(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime, step: str
) -> None:
    want = wanted(open_shop, now, step=step)
    vendor.misbehave({"kind": "status", "status": 500, "accepted": True, "channel": step})
    office = offices()
    (said,) = await office.deliver(want)
    assert (said.result, row_of(open_shop, want)["state"]) == ("later", "unknown")
    await office.until_final(want)
    assert vendor.books()[row_of(open_shop, want)["id"]] == 1


async def test_while_look_ups_fail_a_callback_settles_it(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = wanted(open_shop, now)
    vendor.misbehave({"kind": "drop_after"}, {"kind": "status", "endpoint": "look_up", "times": "forever"})
    office = offices()
    await office.deliver(want)
    await asyncio.sleep(0.4)
    (said,) = await office.deliver(want)
    assert (said.result, said.reason) == ("later", "fate unknown")
    row = row_of(open_shop, want)
    open_shop.report(Receipt("sendgrid", row["id"], "accepted", "email", now, message_id=row["id"], vendor_id="v"), now)
    assert [one.result for one in await office.deliver(want)] == ["done"]
    assert vendor.books()[row["id"]] == 1


@pytest.mark.parametrize(("purpose", "result", "accepted"), [("marketing", "failed", 1), ("service", "done", 2)])
async def test_what_nobody_can_find_out_is_left_to_the_policy(
    shop: Shop, offices: Offices, vendor: Vendor, now: datetime, purpose: str, result: str, accepted: int
) -> None:
    """At most once for marketing, at least once for service: here the vendor had it all along."""
    shop.apply(journey("cart", send(purpose=purpose)))
    want = wanted(shop, now)
    vendor.misbehave({"kind": "drop_after"}, {"kind": "status", "endpoint": "look_up", "times": "forever"})
    office = offices(resolves=timedelta(seconds=0.5))
    said = await office.until_final(want)
    assert [one.result for one in said] == [result]
    row = row_of(shop, want)
    assert row["state"] == ("given_up" if purpose == "marketing" else "accepted")
    assert vendor.books()[row["id"]] == accepted
    if purpose == "marketing":  # a late callback puts the books right
        shop.report(Receipt("sendgrid", row["id"], "delivered", "email", now, message_id=row["id"]), identity().now())
        assert row_of(shop, want)["state"] == "accepted"


async def test_a_look_up_asks_less_and_less_often(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = wanted(open_shop, now)
    vendor.misbehave({"kind": "drop_after"}, {"kind": "status", "endpoint": "look_up", "times": "forever"})
    office = offices(resolves=timedelta(minutes=10))
    (said,) = await office.deliver(want, at=now)
    waits, at = [], said.until
    while at is not None and at < now + timedelta(minutes=10):
        (said,) = await office.deliver(want, at=at)
        assert said.until is not None
        waits.append((said.until - at) / SECOND)
        at = said.until
    assert waits[:3] == [5.0, 10.0, 20.0]
    assert at == now + timedelta(minutes=10)
    assert [one.result for one in await office.deliver(want, at=at)] == ["failed"]


async def test_a_vendor_that_is_down_is_waited_for_and_gets_it_once(
    open_shop: Shop, offices: Offices, tmp_path: Path, now: datetime
) -> None:
    want, port = wanted(open_shop, now), free_port()
    office = offices(url=f"http://127.0.0.1:{port}")
    at, waits = now, []
    for _ in range(4):
        (said,) = await office.deliver(want, at=at)
        assert (said.result, said.reason) == ("later", "unreachable")
        assert said.until is not None
        waits.append((said.until - at) / SECOND)
        at = said.until
    assert waits == [1.0, 2.0, 4.0, 8.0]
    with vendor_at(port, tmp_path / "late") as late:
        assert [one.result for one in await office.deliver(want, at=at)] == ["done"]
        assert late.books() == {row_of(open_shop, want)["id"]: 1}


async def test_an_unknown_error_is_recorded_as_it_came(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = wanted(open_shop, now, step="sms")
    strange = {"code": 29999, "message": "The moon is in the wrong house", "status": 400}
    vendor.misbehave({"kind": "status", "status": 400, "body": strange, "channel": "sms"})
    (said,) = await offices().deliver(want)
    row = row_of(open_shop, want)
    assert (row["state"], row["code"]) == ("rejected", "29999")
    assert "The moon is in the wrong house" in row["reason"]
    assert (said.result, said.reason) == ("failed", "29999")


async def test_a_template_that_fails_on_one_customers_data_fails_for_this_one(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    wants = [wanted(open_shop, now), wanted(open_shop, now, "ben", last_name="Nemo")]
    office = offices()
    first, second = await office.deliver(*wants)
    assert (first.result, second.result) == ("done", "failed")
    row = row_of(open_shop, wants[1])
    assert row["state"] == "failed"
    assert "cart/email" in row["reason"] and "Nemo" not in row["reason"]
    assert row["id"] not in vendor.books()
    assert [one.result for one in await office.deliver(wants[1])] == ["failed"]


async def test_what_a_template_asks_is_answered_when_it_is_rendered(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    """The claim's transaction is long over by then."""
    want = wanted(open_shop, now)
    (said,) = await offices().deliver(want)
    assert (said.result, row_of(open_shop, want)["reason"]) == ("done", None)


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
    assert [one.result for one in await office.deliver(ann, ben)] == ["done", "done"]


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
    while (row := open_shop.message(want)) is None or row["state"] != "dispatching":
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
