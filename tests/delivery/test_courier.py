"""Does a message get out over real HTTP, once, whatever the vendor does?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from delivery_office import Office, Vendor, row_of, vendor_at, wanted
from delivery_shop import Shop, journey, send
from ports import free_port

from regulars.clock import identity
from regulars.delivery.receipt import Receipt

SECOND = timedelta(seconds=1)
Offices = Callable[..., Office]


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
