"""Do a split and a leave do their part, on the real server?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from walk_stage import Shop

from regulars.walks.lots import lot_of


async def test_a_walk_is_over_where_it_leaves_and_keeps_the_reason(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Leaver", colour="green")
    row = await run.ends()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "enough", ["one"])
    assert row["closed_at"] - run.at("one") >= timedelta(days=1)


async def test_a_leave_with_an_if_takes_out_those_for_whom_it_holds(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Leaver", colour="red")
    row = await run.ended()
    assert (row["outcome"], row["reason"]) == ("left", "not green")
    assert ("if", "then") in run.decisions()


@pytest.mark.parametrize("way", ["letters", "nothing"])
async def test_a_split_sends_each_customer_their_own_way_every_time(shop: Shop, way: str) -> None:
    for _ in range(40):
        guest = shop.guest()
        run = await shop.enter(guest, "Began Splitter")
        drawn = "letters" if lot_of(run.row["customer_id"], "splitter", "split_1") < 5_000 else "nothing"
        if drawn == way:
            break
        await run.ends()
    else:
        raise AssertionError(f"40 customers, and none goes the way {way}")
    letters = ["one", "two", "three"] if way == "letters" else ["three"]
    await run.ends()
    assert run.sent() == letters
    assert ("split", way) in run.decisions()
    again = await shop.enter(guest, "Began Splitter", at=run.row["closed_at"] + timedelta(minutes=1))
    await again.ends()
    assert again.sent() == letters
