"""Does every kind of step do its part, on the real server?"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from shop_books import zone_at
from walk_stage import DAY, Shop


async def test_a_letter_goes_at_once_and_the_next_one_two_days_later(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    row = await run.rests("wait_1")
    assert run.sent() == ["one"]
    assert abs(row["wake_at"] - run.at("one") - 2 * DAY) < timedelta(seconds=1)
    wake = row["wake_at"]
    row = await run.ends()
    assert run.sent() == ["one", "two"]
    assert timedelta() <= run.at("two") - wake < timedelta(minutes=1)
    assert (row["state"], row["outcome"]) == ("closed", "finished")


async def test_a_text_goes_at_once_by_day(shop: Shop) -> None:
    run = await shop.enter(shop.guest(hour=12), "Began Texts")
    assert (await run.ended())["outcome"] == "finished"
    assert run.sent() == ["text"]


async def test_a_text_wanted_at_night_is_held_until_nine_and_then_goes(shop: Shop) -> None:
    guest = shop.guest(hour=23)
    run = await shop.enter(guest, "Began Texts")
    row = await run.rests("text")
    zone = guest.person.timezone or ""
    assert [message["state"] for message in run.messages()] == ["held"]
    assert "held back: quiet hours, until" in await run.page()
    await run.ends()
    assert run.sent() == ["text"]
    assert f"{run.local('text', zone):%H:%M}" == "09:00"
    assert run.at("text") >= row["wake_at"]
    assert len(run.messages()) == 1


async def test_wait_until_ten_is_ten_on_the_customers_clock(shop: Shop) -> None:
    guest = shop.guest(hour=14)
    zone = guest.person.timezone or ""
    run = await shop.enter(guest, "Began Until")
    await run.ends()
    assert [f"{run.local(step, zone):%H:%M}" for step in ("one", "two")] == ["10:00", "10:00"]
    assert run.at("two") - run.at("one") < DAY + timedelta(minutes=1)
    assert run.at("one") - guest.at > timedelta(hours=19)


async def test_what_was_waited_for_is_heard_and_then_is_taken_at_once(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Ear")
    await run.rests("wait_for_1")
    await run.forward(DAY)
    now = await run.now()
    await shop.tell(guest, "Product Reviewed", at=now, rating=5)
    await run.ended()
    assert run.sent() == ["one", "two"]
    assert run.at("two") - now < timedelta(minutes=1)
    assert ("wait_for", "heard") in run.decisions()


async def test_another_rating_is_not_what_was_waited_for_and_otherwise_comes_at_the_deadline(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Ear")
    deadline = (await run.rests("wait_for_1"))["wake_at"]
    await run.forward(DAY)
    await shop.tell(guest, "Product Reviewed", at=await run.now(), rating=2)
    await run.ends()
    assert run.sent() == ["one", "three"]
    assert timedelta() <= run.at("three") - deadline < timedelta(minutes=1)
    assert ("wait_for", "otherwise") in run.decisions()


async def test_a_click_on_another_letter_is_not_heard_and_on_this_one_it_is(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Clicked")
    await run.rests("wait_for_1")
    await run.forward(timedelta(hours=2))
    letters = {message["step"]: message["id"] for message in run.messages()}
    await shop.report("clicked", "email", letters["two"], await run.now())
    assert (await run.rests())["step"] == "wait_for_1"
    await run.forward(timedelta(hours=2))
    await shop.report("clicked", "email", letters["one"], await run.now())
    await run.ended()
    assert run.sent() == ["one", "two", "three"]


async def test_without_the_click_the_walk_is_over_after_a_day(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Clicked")
    await run.rests("wait_for_1")
    row = await run.ends()
    assert (run.sent(), row["outcome"]) == (["one", "two"], "finished")


@pytest.mark.parametrize(("colour", "letters"), [("green", ["one", "three"]), ("red", ["two", "three"])])
async def test_a_fork_is_taken_by_what_the_condition_sees(shop: Shop, colour: str, letters: list[str]) -> None:
    run = await shop.enter(shop.guest(), "Began Fork", colour=colour)
    await run.ended()
    assert run.sent() == letters


@pytest.mark.parametrize(("colour", "letters", "days"), [("green", ["two"], 8), ("red", [], 0), ("blue", ["three"], 0)])
async def test_an_if_beside_a_step_skips_just_that_step(shop: Shop, colour: str, letters: list[str], days: int) -> None:
    run = await shop.enter(shop.guest(), "Began Beside", colour=colour)
    entered = run.row["entered_at"]
    row = await run.ends()
    assert run.sent() == letters
    assert timedelta() <= row["closed_at"] - entered - days * DAY < timedelta(minutes=1)


def test_zones_are_chosen_by_the_hour_it_is_there(shop: Shop) -> None:
    now = shop.clock.real_now()
    for hour in range(24):
        assert now.astimezone(ZoneInfo(zone_at(hour, now))).hour == hour


@pytest.mark.parametrize(("rating", "letter"), [(5, "two"), (2, "three"), (None, "three")])
async def test_what_a_wait_heard_is_known_behind_it_by_its_id(shop: Shop, rating: int | None, letter: str) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Rated")
    await run.rests("review")
    if rating is None:
        await run.forward(3 * DAY)
    else:
        await run.forward(DAY)
        await shop.tell(guest, "Product Reviewed", at=await run.now(), rating=rating)
    await run.rests("wait_1")
    assert run.sent() == ["heard", letter]
    assert (f"You gave {rating} stars" in shop.mail(guest)) is (rating is not None)
    await shop.tell(guest, "Order Completed", at=await run.now())
    row = await run.ends()
    assert row["outcome"] == ("finished" if rating == 2 else "left")  # known to intake too; what is missing takes out
