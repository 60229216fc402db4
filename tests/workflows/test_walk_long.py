"""Does a walk outlive its history? Runs that continue as new every few events, under signals, lose nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from shop_books import eventually
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from walk_stage import BINARY, DAY, VIRTUAL_TIME, Shop, open_shop

from regulars.store import migrate
from regulars.store.database import Database
from regulars.temporal.failures import DATA_CONVERTER
from workflows.journey import JourneyWorkflow

SHORT = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=20")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def short_shop(shop: Shop, tmp_path_factory: object) -> AsyncIterator[Shop]:
    """A shop on a server that asks runs to continue as new after 20 events."""
    folder = Path(str(shop.database.url.database)).with_name("short.db")
    database = Database(f"sqlite:///{folder}")
    migrate.upgrade(database)
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=BINARY,
        dev_server_extra_args=[*VIRTUAL_TIME, *SHORT],
        dev_server_startup_timeout=timedelta(seconds=30),
        dev_server_log_level="error",
        data_converter=DATA_CONVERTER,
    )
    async with environment, open_shop(database, environment.client) as found:
        yield found
    database.close()


async def _runs(shop: Shop, walk: str, least: int) -> None:
    """Wait until so many runs of a walk are on Temporal's list."""

    async def enough() -> bool:
        return len([one async for one in shop.client.list_workflows(f'WorkflowId = "{walk}"')]) >= least

    await eventually(enough)


async def test_a_long_walk_sends_each_letter_once_over_several_runs(short_shop: Shop) -> None:
    run = await short_shop.enter(short_shop.guest(), "Began Long")
    await run.rests("wait_1")
    entered = run.row["entered_at"]
    row = await run.ends()
    assert (run.sent(), row["outcome"]) == (["one", "two"], "finished")
    assert timedelta() <= run.at("two") - entered - 21 * DAY < timedelta(minutes=5)
    await _runs(short_shop, run.id, least=2)


async def test_what_is_told_while_runs_give_way_to_runs_is_heard_by_all(short_shop: Shop) -> None:
    guests = [short_shop.guest() for _ in range(6)]
    run = await short_shop.party("ear", guests, [{}] * len(guests))
    await eventually(lambda: all(run.sent(who) == ["one"] for who in run.ids))

    for guest in guests:
        told = asyncio.create_task(short_shop.tell(guest, "Product Reviewed", rating=5))
        for who in run.ids:
            with suppress(RPCError):  # the last ones may find that all have gone
                await run.handle.signal(JourneyWorkflow.hint, who)
        await told
    await run.ended()
    assert {tuple(run.sent(who)) for who in run.ids} == {("one", "two")}
    assert {len(run.messages(who)) for who in run.ids} == {2}
    await _runs(short_shop, run.id, least=3)


async def test_an_order_of_support_is_carried_over_to_the_next_run(short_shop: Shop) -> None:
    run = await short_shop.enter(short_shop.guest(), "Began Long")
    await run.rests("wait_1")
    for _ in range(6):
        step = run.row["step"]
        assert await run.update(JourneyWorkflow.skip_wait) == "skipping"
        await eventually(lambda step=step: run.row["step"] != step or run.row["state"] == "closed")  # type: ignore[misc]
    await run.ended()
    assert run.sent() == ["one", "two"]
    await _runs(short_shop, run.id, least=2)
