"""What if the worker was away when something was due? A walk that is late counts from when it should have been."""

from __future__ import annotations

from datetime import timedelta

import pytest
from walk_stage import DAY, Run, Shop

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("off", "letters"), [(-MINUTE, ["one", "two"]), (MINUTE, ["one", "three"])])
async def test_what_happened_after_the_deadline_is_not_heard_by_a_look_that_comes_late(
    shop: Shop, off: timedelta, letters: list[str]
) -> None:
    """No hint comes, and the look at the deadline finds in the books what happened a minute before or after it."""
    guest = shop.guest()
    run = await shop.enter(guest, "Began Ear")
    deadline = (await run.rests("wait_for_1"))["wake_at"]
    await shop.tell_only(guest, "Product Reviewed", at=deadline + off, rating=5)
    await run.ends()
    assert run.sent() == letters


async def test_what_happened_before_the_wait_began_is_not_heard(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Ear")
    row = await run.rests("wait_for_1")
    await shop.tell_only(guest, "Product Reviewed", at=row["wake_at"] - 3 * DAY - MINUTE, rating=5)
    await run.ends()
    assert run.sent() == ["one", "three"]


async def test_a_first_letter_is_late_by_the_time_since_its_walk_was_due(shop: Shop) -> None:
    guest = shop.guest()
    before = shop.clock.real_now() - timedelta(hours=2)
    await shop.tell_only(guest, "Began Plain", at=before)
    await shop.carry(shop.clock.real_now())
    run = Run(shop, shop.enrollments(guest)[-1]["id"])
    await run.rests("wait_1")
    (message,) = run.messages()
    assert (message["due_at"], message["ready_at"]) == (before, before)
    assert message["accepted_at"] - message["ready_at"] >= timedelta(hours=2)
