"""What stands in a run's history? Few events, and nothing of a person, whatever went wrong."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from privacy import personal_data_in
from shop_books import eventually
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from walk_stage import Run, Shop

from workflows.journey import JourneyWorkflow
from workflows.walk import STEP

ADDRESS, PHONE, NAME = "mei.ling@example.com", "+14155550123", "Meiling"
BARE = 22  # events of a hand-written [send, wait, send]


async def test_a_letter_a_wait_and_a_letter_cost_three_events_more_than_by_hand(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.rests("wait_1")
    await run.handle.query(JourneyWorkflow.progress)
    await run.ends()
    events = [kind for kind in await run.events() if "TIME_SKIPPING" not in kind and "OPTIONS_UPDATED" not in kind]
    assert len(events) <= BARE + 3
    assert events.count("MARKER_RECORDED") == 3
    assert events.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == 0  # where it rests first is known when it starts
    assert events.count("TIMER_STARTED") == 1


async def test_a_run_is_found_by_the_step_where_its_member_rests(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.rests("wait_1")
    assert (await run.handle.describe()).typed_search_attributes[STEP] == ["wait_1"]
    other = await shop.enter(shop.guest(), "Began Ear")
    await other.rests("wait_for_1")
    assert (await other.handle.describe()).typed_search_attributes[STEP] == ["wait_for_1"]


async def test_a_hint_during_a_wait_costs_five_events(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("wait_1")
    before = len(await run.events())
    await run.handle.signal(JourneyWorkflow.hint, run.id)

    async def looked() -> bool:
        return (await run.events())[-1] == "MARKER_RECORDED"

    await eventually(looked)
    assert (await run.events())[before:] == [
        "WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_STARTED",
        "WORKFLOW_TASK_COMPLETED",
        "MARKER_RECORDED",
    ]


async def _walked(shop: Shop) -> list[Run]:
    """Walks of every kind, of customers with a name, an address and a number. The first is of one whose number the
    vendor refuses: at once, before the hours that others wait away have made it night."""
    refused, guest = shop.guest(first_name=NAME), shop.guest(first_name=NAME)
    shop.wire.refused.add(refused.person.phone or "")
    runs = [await shop.enter(refused, "Began Texts")]
    await runs[0].ends()
    runs += [
        await shop.enter(guest, event)
        for event in ("Began Plain", "Began Texts", "Began Ear", "Began Clicked", "Began Goal", "Began Beside")
    ]
    await shop.tell(guest, "Product Reviewed", rating=5)
    await shop.tell(guest, "Order Completed")
    for run in runs:
        await run.ends()
    return runs


async def test_no_history_holds_anything_of_a_person(shop: Shop) -> None:
    runs = await _walked(shop)
    assert [message["state"] for message in runs[0].messages()] == ["rejected"]
    for run in runs:
        history = await run.handle.fetch_history()
        assert personal_data_in(history, [NAME, "example.com"]) == []
        assert personal_data_in((await run.handle.describe()).raw_description, [NAME]) == []
        assert NAME not in await run.page()


@activity.defn(name="stumble")
async def stumble() -> None:
    """Fails as bad code does: with the data it was handling in its words."""
    try:
        raise ValueError(f"cannot parse {PHONE}")
    except ValueError as error:
        raise RuntimeError(f"no such customer: {NAME} <{ADDRESS}>") from error


@workflow.defn(name="Stumbling", sandboxed=False)
class Stumbling:
    @workflow.run
    async def run(self, how: str) -> None:
        if how == "workflow":
            raise ApplicationError(f"{NAME} is not known", ADDRESS, type="Unknown")
        await workflow.execute_activity(
            "stumble", start_to_close_timeout=timedelta(seconds=5), retry_policy=RetryPolicy(maximum_attempts=2)
        )


@pytest.mark.parametrize("how", ["workflow", "activity"])
async def test_a_failure_says_its_type_and_a_reference_and_nothing_else(
    temporal: WorkflowEnvironment, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    queue = uuid4().hex
    worker = Worker(
        temporal.client,
        task_queue=queue,
        workflows=[Stumbling],
        activities=[stumble],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        handle = await temporal.client.start_workflow(Stumbling.run, how, id=queue, task_queue=queue)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    history = await handle.fetch_history()
    assert personal_data_in(history, [NAME]) == []
    told = str(history.events[-1] if how == "workflow" else history.events[-5])
    kind = "Unknown" if how == "workflow" else "RuntimeError"
    assert f'message: "{kind} (' in told
    reference = told.split(f'message: "{kind} (')[1].split(")")[0]
    assert f"failure {reference}" in caplog.text
    assert NAME in caplog.text  # the whole of it is in our own log


def test_the_search_for_personal_data_finds_what_is_there() -> None:
    from temporalio.api.common.v1 import Payload
    from temporalio.api.failure.v1 import Failure
    from temporalio.api.history.v1 import HistoryEvent

    event = HistoryEvent()
    started = event.workflow_execution_started_event_attributes
    started.input.payloads.append(Payload(data=b'{"to": "mei.ling@example.com"}'))
    started.memo.fields["who"].data = b'"+14155550123"'
    started.search_attributes.indexed_fields["Name"].data = b'"Meiling"'
    started.continued_failure.CopyFrom(Failure(message="for a%40b.org"))
    event.user_metadata.summary.data = b'"call +1 (415) 555-0123"'
    started.identity = "7@host.example.com"
    event.user_metadata.details.data = b'"an \\u00d6zlem, 0415/555-01 23"'
    hits = {hit.rsplit(": ", 1)[1] for hit in personal_data_in(event, [NAME, PHONE, "Özlem", "Ada"])}
    american = {PHONE, "+1 (415) 555-0123", "0415/555-01 23"}
    assert hits == {"mei.ling@example.com", NAME, "Özlem", "a%40b.org", "a@b.org", *american}


def test_the_search_for_personal_data_passes_over_words_that_only_begin_like_a_name() -> None:
    from temporalio.api.history.v1 import HistoryEvent

    event = HistoryEvent()
    event.user_metadata.summary.data = b'"gate opened for Adamant at 1415555012399"'
    assert personal_data_in(event, ["Ada", PHONE, "Ga"]) == []
