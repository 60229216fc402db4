"""Who is let in, and who is taken out, and when? Goals, leavings, `while`, keys, settling, coming again, cancelling."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from shop_books import eventually
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode
from walk_stage import DAY, Run, Shop


async def test_a_goal_in_the_middle_of_a_wait_takes_the_customer_out_at_once(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Goal")
    await run.rests("wait_1")
    await run.forward(3 * DAY)
    now = await run.now()
    await shop.tell(guest, "Order Completed", at=now)
    row = await run.ended()
    assert (row["outcome"], row["goal_at"], run.sent()) == ("goal", now, ["one"])
    assert row["closed_at"] - now < timedelta(minutes=1)


async def test_a_leave_event_takes_out_without_counting(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Goal")
    await run.rests("wait_1")
    await run.forward(DAY)
    await shop.tell(guest, "Order Cancelled", at=await run.now())
    row = await run.ended()
    assert (row["outcome"], row["reason"], row["goal_at"]) == ("left", "Order Cancelled", None)
    assert run.sent() == ["one"]


async def test_a_goal_whose_hint_never_comes_still_stops_the_next_letter(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Goal")
    await run.rests("wait_1")
    await shop.tell_only(guest, "Order Completed")
    row = await run.ends()
    assert (row["outcome"], run.sent()) == ("goal", ["one"])


@pytest.mark.parametrize("days", [1, 3])
async def test_while_is_judged_at_every_wake_up(shop: Shop, days: int) -> None:
    """Two waits of two days follow each other: who fails in the first leaves at its end, not at the letter."""
    guest = shop.guest()
    run = await shop.enter(guest, "Began Guarded")
    entered = run.at("one") if run.sent() else (await run.rests("wait_1"))["entered_at"]
    await run.forward(days * DAY)
    await shop.tell_only(guest, "Stopped Guarded")
    row = await run.ends()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "while does not hold", ["one"])
    assert row["closed_at"] - entered < (2 if days < 2 else 4) * DAY + timedelta(minutes=1)


async def test_while_is_judged_after_a_wait_that_is_the_last_step(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Guarded End")
    await run.rests("wait_1")
    await shop.tell_only(guest, "Stopped Guarded")
    assert (await run.ends())["outcome"] == "left"


async def test_while_that_holds_lets_the_walk_finish(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Guarded End")
    await run.rests("wait_1")
    row = await run.ends()
    assert row["outcome"] == "finished"
    assert row["closed_at"] - row["entered_at"] >= 2 * DAY


async def test_runs_of_several_keys_stand_side_by_side_and_a_goal_ends_its_own(shop: Shop) -> None:
    guest, settled = shop.guest(), shop.clock.real_now() + timedelta(minutes=46)
    carts = [uuid4().hex, uuid4().hex]
    for cart in carts:
        await shop.tell(guest, "Began Keyed", checkout_id=cart)
    await shop.carry(settled)
    runs = {row["key"]: Run(shop, row["id"]) for row in shop.enrollments(guest)}
    assert set(runs) == set(carts)
    for cart in carts:
        await runs[cart].rests("wait_1")
    # The order comes under another customer: the key is what counts.
    await shop.tell(shop.guest(), "Order Completed", at=settled, checkout_id=carts[0])
    assert (await runs[carts[0]].ended())["outcome"] == "goal"
    assert (await runs[carts[1]].ends())["outcome"] == "finished"
    assert [runs[cart].sent() for cart in carts] == [["one"], ["one", "two"]]


async def test_a_key_begins_when_it_has_been_quiet_and_what_is_bought_in_time_costs_no_run(shop: Shop) -> None:
    guest, cart, now = shop.guest(), uuid4().hex, shop.clock.real_now()
    await shop.tell(guest, "Began Keyed", checkout_id=cart)
    await shop.tell(guest, "Began Keyed", at=now + timedelta(minutes=30), checkout_id=cart)
    await shop.carry(now + timedelta(minutes=50))
    (row,) = shop.enrollments(guest)
    assert row["state"] == "due"
    assert row["due_at"] >= now + timedelta(minutes=75)
    await shop.tell(guest, "Order Completed", at=now + timedelta(minutes=60), checkout_id=cart)
    await shop.carry(now + timedelta(minutes=90))
    (row,) = shop.enrollments(guest)
    assert (row["state"], row["outcome"]) == ("closed", "goal")
    with pytest.raises(RPCError) as refused:
        await Run(shop, row["id"]).handle.describe()
    assert refused.value.status == RPCStatusCode.NOT_FOUND


async def test_who_was_inside_comes_again_only_after_the_time_set(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Seldom")
    await run.ended()
    await shop.tell(guest, "Began Seldom", at=run.row["entered_at"] + 6 * DAY)
    assert len(shop.enrollments(guest)) == 1
    again = await shop.enter(guest, "Began Seldom", at=run.row["entered_at"] + 8 * DAY)
    assert again.id != run.id
    await again.ended()
    assert again.sent() == ["one"]


async def test_a_cancelled_run_takes_its_customers_out_and_puts_it_on_record(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.rests("wait_1")
    await run.handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await run.ended()
    assert (await run.handle.describe()).status == WorkflowExecutionStatus.CANCELED
    row = run.row
    assert (row["state"], row["outcome"], row["reason"]) == ("closed", "left", "run cancelled")
    assert run.sent() == ["one"]


async def test_a_run_cancelled_before_its_first_step_closes_its_rows_too(shop: Shop) -> None:
    guest = shop.guest()
    await shop.tell_only(guest, "Began Plain")
    run = Run(shop, shop.enrollments(guest)[-1]["id"])

    async def cancel() -> bool:
        try:
            await run.handle.cancel()
        except RPCError:
            return False
        return True

    await asyncio.gather(eventually(cancel), shop.carry(shop.clock.real_now()))
    with pytest.raises(WorkflowFailureError):
        await run.ended()
    assert (run.row["state"], run.row["reason"]) == ("closed", "run cancelled")
    assert len(run.sent()) <= 1
