"""Does a walk wait for a date and for an hour of the customer's own, on the real server?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from walk_stage import DAY, Shop


def in_days(shop: Shop, days: int) -> str:
    return f"{shop.clock.real_now() + timedelta(days=days):%Y-%m-%d}"


async def test_a_letter_goes_three_days_before_the_date_at_ten(shop: Shop) -> None:
    due = in_days(shop, 40)
    run = await shop.enter(shop.guest(), "Began Dated", due=due)
    row = await run.rests("wait_until_1")
    expected = datetime.combine(date.fromisoformat(due) - 3 * DAY, time(10), run.zone)
    assert row["wake_at"] == expected
    await run.ends()
    assert run.sent() == ["one"]
    assert timedelta() <= run.at("one") - expected < timedelta(minutes=1)


@pytest.mark.parametrize("due", ["2020-01-01", "someday", None])
async def test_a_date_that_is_past_or_none_takes_otherwise(shop: Shop, due: str | None) -> None:
    run = await shop.enter(shop.guest(), "Began Dated", due=due)
    await run.ended()
    assert run.sent() == ["three", "one"]


async def test_without_otherwise_whoever_has_no_date_leaves_and_gets_nothing(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Dated Leave")
    row = await run.ended()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "no date", [])


async def test_whose_while_fails_before_the_date_leaves(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Dated", due=in_days(shop, 20))
    await run.rests("wait_until_1")
    await run.forward(DAY)
    await shop.tell(guest, "Stopped Dated", at=await run.now())
    row = await run.ends()
    assert (row["outcome"], run.sent()) == ("left", [])


async def test_the_date_itself_is_not_in_temporals_history_but_for_the_timer(shop: Shop) -> None:
    due = in_days(shop, 33)
    run = await shop.enter(shop.guest(), "Began Dated", due=due)
    await run.ends()
    assert due not in (await run.handle.fetch_history()).to_json()


async def test_the_best_hour_of_whom_little_is_known_is_the_one_that_is_written(shop: Shop) -> None:
    run = await shop.enter(shop.guest(hour=14), "Began Best")
    await run.ends()
    assert f"{run.local('one', str(run.zone)):%H:%M}" == "11:00"
    assert isinstance(run.zone, ZoneInfo)
