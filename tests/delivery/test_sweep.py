"""Is every doubt resolved, also where no walk asks any more?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from delivery_office import Office, Vendor, row_of, wanted
from delivery_shop import Shop, journey, send

from regulars.clock import Clock, identity
from regulars.delivery.sweep import Sweep
from regulars.delivery.want import Want
from regulars.engine.standing import Closed
from regulars.walks.record import Record

RESOLVES = timedelta(seconds=0.5)
SOON, NEVER = timedelta(), timedelta(hours=1)
UNKNOWABLE = {"kind": "status", "endpoint": "look_up", "times": "forever"}
Offices = Callable[..., Office]
Doubt = Callable[..., Any]


@pytest.fixture
def in_doubt(shop: Shop, offices: Offices, vendor: Vendor, now: datetime) -> Doubt:
    """Makes a message of which nobody knows what became, `asks`: and whose walk is still open, and an office."""

    async def make(fault: str, *, asks: bool, purpose: str = "marketing", known: bool = True) -> tuple[Want, Office]:
        shop.apply(journey("cart", send(purpose=purpose)), quiet_hours={})
        want, office = wanted(shop, now), offices(resolves=RESOLVES)
        vendor.misbehave({"kind": fault}, *([] if known else [UNKNOWABLE]))
        (said,) = await office.deliver(want)
        assert (said.result, row_of(shop, want)["state"]) == ("later", "unknown")
        if not asks:
            with shop.database.write() as connection:
                Record(shop.shelf).close(connection, [Closed(want.enrollment, "left", "support", now)])
        return want, office

    return make


def _sweep(office: Office, margin: timedelta = NEVER, clock: Clock | None = None) -> Sweep:
    return Sweep(office.shop.database, office.courier, clock or identity(), margin)


async def _passed() -> None:
    await asyncio.sleep(RESOLVES.total_seconds() + 0.1)


@pytest.mark.parametrize(
    ("fault", "known", "state", "accepted"),
    [("drop_after", True, "accepted", 1), ("drop_before", True, "skipped", 0), ("drop_after", False, "given_up", 1)],
)
@pytest.mark.parametrize("purpose", ["marketing", "service"])
async def test_of_a_walk_that_is_over_every_message_is_settled_and_none_is_sent(
    shop: Shop, vendor: Vendor, in_doubt: Doubt, fault: str, known: bool, state: str, accepted: int, purpose: str
) -> None:
    want, office = await in_doubt(fault, asks=False, purpose=purpose, known=known)
    await _passed()
    assert await _sweep(office).round() == 1
    row = row_of(shop, want)
    assert (row["state"], vendor.books().get(row["id"], 0)) == (state, accepted)
    assert await _sweep(office).round() == 0


@pytest.mark.parametrize("asks", [True, False])
async def test_what_still_has_time_is_left_alone(shop: Shop, in_doubt: Doubt, asks: bool) -> None:
    want, office = await in_doubt("drop_after", asks=asks)
    assert await _sweep(office, SOON).round() == 0
    assert row_of(shop, want)["state"] == "unknown"


async def test_a_walk_that_is_open_has_a_while_to_ask_itself(shop: Shop, in_doubt: Doubt) -> None:
    want, office = await in_doubt("drop_after", asks=True)
    await _passed()
    assert await _sweep(office, NEVER).round() == 0
    assert row_of(shop, want)["state"] == "unknown"
    assert await _sweep(office, SOON).round() == 1
    assert row_of(shop, want)["state"] == "accepted"


@pytest.mark.parametrize(("purpose", "state", "accepted"), [("marketing", "given_up", 1), ("service", "accepted", 2)])
async def test_for_a_walk_that_is_open_and_does_not_ask_the_policy_decides(
    shop: Shop, vendor: Vendor, in_doubt: Doubt, purpose: str, state: str, accepted: int
) -> None:
    """At least once is said of service messages whoever asks: parked, its walk would send it again when resumed."""
    want, office = await in_doubt("drop_after", asks=True, purpose=purpose, known=False)
    await _passed()
    await _sweep(office, SOON).round()
    row = row_of(shop, want)
    assert (row["state"], vendor.books()[row["id"]]) == (state, accepted)


async def test_marketing_that_was_never_taken_waits_for_the_walk_that_wants_it(
    shop: Shop, vendor: Vendor, in_doubt: Doubt
) -> None:
    want, office = await in_doubt("drop_before", asks=True)
    await _passed()
    await _sweep(office, SOON).round()
    row = row_of(shop, want)
    assert (row["state"], row["id"] in vendor.books()) == ("claimed", False)
    assert [one.result for one in await office.until_final(want)] == ["done"]


async def test_workers_that_sweep_side_by_side_and_a_walk_that_asks_settle_it_once(
    shop: Shop, vendor: Vendor, offices: Offices, in_doubt: Doubt
) -> None:
    want, office = await in_doubt("drop_after", asks=True, purpose="service", known=False)
    await _passed()
    sweeps = [_sweep(offices(resolves=NEVER), SOON) for _ in range(3)]
    await asyncio.gather(*(one.round() for one in sweeps), office.deliver(want))
    row = row_of(shop, want)
    assert (row["state"], row["attempts"], vendor.books()[row["id"]]) == ("accepted", 2, 2)


async def test_the_margin_is_real_time(shop: Shop, in_doubt: Doubt, now: datetime) -> None:
    """A demo's clock passes an hour in half a second: nobody is swept for that."""
    want, office = await in_doubt("drop_after", asks=True)
    fast = Clock(now, pace=7200)
    await _passed()
    assert await _sweep(office, timedelta(minutes=1), fast).round() == 0
    assert await _sweep(office, timedelta(milliseconds=50), fast).round() == 1
    assert row_of(shop, want)["state"] == "accepted"
