"""Does every kind of step do its part, on the real server?"""

from __future__ import annotations

from walk_stage import DAY, Shop


async def test_a_letter_goes_at_once_and_the_next_one_two_days_later(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    row = await run.rests("wait_2_days")
    assert run.sent() == ["one"]
    assert row["wake_at"] == run.at("one") + 2 * DAY
    row = await run.ends()
    assert run.sent() == ["one", "two"]
    assert run.at("two") - run.at("one") >= 2 * DAY
    assert (row["state"], row["outcome"]) == ("closed", "finished")
