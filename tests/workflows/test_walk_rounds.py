"""Does a repeat make its rounds, no more and no fewer, on the real server?"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from walk_stage import DAY, Shop


async def test_three_rounds_a_week_apart_and_then_on(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Rounds")
    await run.ends()
    assert run.sent() == ["three", "one", "one", "one"]
    letters = [row for row in run.messages() if row["step"] == "one"]
    assert [row["visit"] for row in letters] == [1, 2, 3]
    times = [row["accepted_at"] for row in letters]
    assert all(abs(b - a - 7 * DAY) < timedelta(minutes=2) for a, b in pairwise(times))
    assert ("tag", "rounded") in run.decisions()


async def test_no_further_round_begins_once_until_holds(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Rounds")
    await run.rests("wait_for_1")
    await run.forward(3 * DAY)
    await run.rests("repeat_1")
    await shop.tell(guest, "Stopped Rounds", at=await run.now())
    await run.ends()
    assert run.sent() == ["three", "one"]
    assert [one for one in run.decisions() if one[0] == "until"] == [("until", "else"), ("until", "then")]


async def test_a_click_on_the_letter_of_an_earlier_round_is_not_heard_in_the_next(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Rounds")
    await run.rests("wait_for_1")
    first = next(row["id"] for row in run.messages() if row["step"] == "one")
    await shop.report("clicked", "email", first, await run.now())
    await run.rests("repeat_1")
    assert run.sent() == ["three", "one", "two"]
    await run.ends()
    assert run.sent() == ["three", "one", "two", "one", "one"]
