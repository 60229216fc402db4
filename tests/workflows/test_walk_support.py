"""Can support see what a walk does, and have a say, without a manual?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shop_books import eventually
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from walk_stage import DAY, Run, Shop

from workflows.journey import JourneyWorkflow


async def refused(run: Run, update: Any, who: str | None = None, reason: str = "support") -> str:
    """The words with which an update is refused."""
    before = len(await run.events())
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await run.update(update, who, reason)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "Refused"
    assert len(await run.events()) == before  # a refusal leaves nothing in the history
    return failed.value.cause.message


async def test_support_takes_a_customer_out_in_the_middle_of_a_wait(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.rests("wait_1")
    assert await run.update(JourneyWorkflow.leave, reason="asked to") == "leaving"
    row = await run.ended()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "asked to", ["one"])


async def test_support_ends_a_wait_and_the_walk_goes_on_at_once(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.rests("wait_1")
    assert await run.update(JourneyWorkflow.skip_wait) == "skipping"
    await run.ended()
    assert run.sent() == ["one", "two"]
    assert run.at("two") - run.at("one") < timedelta(minutes=1)


async def test_ending_a_wait_does_not_pass_over_a_messages_own_gate(shop: Shop) -> None:
    run = await shop.enter(shop.guest(hour=23), "Began Texts")
    await run.sleeps("text")
    await run.update(JourneyWorkflow.skip_wait)

    async def asked_twice() -> bool:
        return (await run.events()).count("ACTIVITY_TASK_COMPLETED") == 2

    await eventually(asked_twice)
    assert [message["state"] for message in run.messages()] == ["held"]


async def test_a_wait_for_that_is_ended_takes_otherwise(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Ear")
    await run.rests("wait_for_1")
    await run.update(JourneyWorkflow.skip_wait)
    await run.ended()
    assert run.sent() == ["one", "three"]


async def test_what_cannot_be_done_is_refused_in_words(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("wait_1")
    words = await refused(run, JourneyWorkflow.leave, "stranger")
    assert words == f'is not in this walk; {{"enrollment": "{run.id}"}} is'
    assert await refused(run, JourneyWorkflow.resume) == "is not parked"
    for reason in ("Mei Ling", "mei-ling", "mei@example.com asked"):  # any word may be a name
        words = await refused(run, JourneyWorkflow.leave, reason=reason)
        assert words.startswith("the reason must be one of: asked to, ")


async def test_nobody_need_be_named_where_the_walk_has_one_member(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("wait_1")
    assert await run.handle.execute_update("skip_wait") == "skipping"
    other = await shop.enter(shop.guest(), "Began Plain")
    await other.sleeps("wait_1")
    assert await other.handle.execute_update("leave", {"reason": "complaint"}) == "leaving"
    await other.ends()
    assert (other.row["outcome"], other.row["reason"]) == ("left", "complaint")


async def test_progress_says_where_each_member_is(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    row = await run.rests("wait_1")
    (progress,) = await run.handle.query(JourneyWorkflow.progress)
    assert (progress.enrollment, progress.phase, progress.step) == (run.id, "waiting", "wait_1")
    assert (progress.wake, progress.last) == (row["wake_at"], "one: done")


async def test_a_run_is_found_by_journey_step_and_customer_and_reads_without_a_manual(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    row = await run.rests("wait_1")
    query = f'Journey = "plain" AND Step = "wait_1" AND Customer = "{row["customer_id"]}"'

    async def found() -> list[str]:
        return [one.id async for one in shop.client.list_workflows(query)]

    assert await eventually(found) == [run.id]
    description = await run.handle.describe()
    assert await description.static_summary() == f"Letter, wait, letter · {run.id}"
    page = await run.page()
    assert page.startswith(f"**{run.id}**: Letter, wait, letter, step 2 of 3, *wait_1*: wait 2 days, then two, until ")
    assert page.endswith(f"{row['wake_at'].astimezone(run.zone):%H:%M} {run.zone.key}. Last message: one: done.")


def _summary(event: HistoryEvent) -> str:
    return event.user_metadata.summary.data.decode().strip('"')


async def test_the_timeline_tells_what_each_bar_is(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Ear")
    await run.rests("wait_for_1")
    await run.ends()
    history = await run.handle.fetch_history()
    told = {
        (EventType.Name(event.event_type).removeprefix("EVENT_TYPE_"), _summary(event))
        for event in history.events
        if event.HasField("user_metadata")
    }
    assert ("ACTIVITY_TASK_SCHEDULED", "email one") in told
    assert ("TIMER_STARTED", "wait for Product Reviewed within 3 days, then the end") in told
    assert ("MARKER_RECORDED", "look: wait for Product Reviewed within 3 days") in told
    ids = [event.activity_task_scheduled_event_attributes.activity_id for event in history.events]
    assert [one for one in ids if one] == ["one#1.1", "three#1.4"]


async def test_a_member_on_an_unknown_version_is_parked_found_and_taken_out(shop: Shop) -> None:
    run = await shop.party("plain", [shop.guest(), shop.guest()], [{}, {}], broken=1)
    good, broken = run.ids
    await eventually(lambda: run.sent(good) == ["one"])

    async def found() -> list[str]:
        return [one.id async for one in shop.client.list_workflows('Step = "!parked"')]

    assert run.id in await eventually(found)
    assert f"**{broken}**: parked, needs a person" in await run.page()
    assert shop.enrollment(broken)["phase"] == "parked"
    assert await run.update(JourneyWorkflow.resume, broken) == "resuming"
    await eventually(lambda: shop.enrollment(broken)["phase"] == "parked")
    await run.update(JourneyWorkflow.leave, broken)
    await run.forward(3 * DAY)
    await run.ended()
    assert shop.enrollment(broken)["outcome"] == "left"
    assert run.sent(good) == ["one", "two"]
