"""Who leaves while nobody knows whether the vendor has their message: is that found out before they are gone?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment
from walk_stage import OTHER, NullWire, Run, Shop, open_shop

from regulars.delivery.providers.base import WireRequest, WireResponse
from regulars.store.database import Database
from regulars.temporal.failures import DATA_CONVERTER
from workflows.journey import JourneyWorkflow


class DoubtfulWire(NullWire):
    """A vendor of whom one never knows: whatever it is asked, it has an error. `taken`: what it was to send."""

    async def carry(self, request: WireRequest) -> WireResponse:
        if "/mail/send" in request.url:
            self.taken.append(request)
        return WireResponse(500, {}, b"")


@pytest_asyncio.fixture(loop_scope="session")
async def doubtful(sqlite_database: Database, temporal: WorkflowEnvironment) -> AsyncIterator[Shop]:
    """A shop with such a vendor, in the server's other namespace."""
    address = temporal.client.service_client.config.target_host
    client = await Client.connect(address, namespace=OTHER, data_converter=DATA_CONVERTER)
    async with open_shop(sqlite_database, client, DoubtfulWire()) as shop:
        yield shop


async def _in_doubt(shop: Shop) -> Run:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("one")
    assert [message["state"] for message in run.messages()] == ["unknown"]
    return run


@pytest.mark.parametrize("how", ["support", "run cancelled"])
async def test_who_is_taken_out_goes_when_the_doubt_is_settled_and_gets_nothing_more(doubtful: Shop, how: str) -> None:
    run = await _in_doubt(doubtful)
    await (run.update(JourneyWorkflow.leave) if how == "support" else run.handle.cancel())
    with suppress(WorkflowFailureError):
        await run.ends()
    (message,) = run.messages()
    row = run.row
    assert (message["state"], message["reason"]) == ("given_up", "fate unknown")
    assert (row["outcome"], row["reason"], len(doubtful.wire.taken)) == ("left", how, 1)
    assert row["closed_at"] >= message["resolve_by"]


async def test_a_callback_settles_it_for_who_is_leaving(doubtful: Shop) -> None:
    run = await _in_doubt(doubtful)
    await run.update(JourneyWorkflow.leave)
    (message,) = run.messages()
    assert run.row["state"] == "walking"
    await doubtful.report("delivered", "email", message["id"], await run.now())
    row = await run.ended()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "support", ["one"])
    assert row["closed_at"] < message["resolve_by"]


async def test_who_leaves_while_a_text_is_held_back_by_night_is_gone_at_once_and_never_gets_it(shop: Shop) -> None:
    run = await shop.enter(shop.guest(hour=23), "Began Texts")
    wake = (await run.sleeps("text"))["wake_at"]
    await run.update(JourneyWorkflow.leave)
    row = await run.ended()
    assert (row["outcome"], row["reason"], run.sent()) == ("left", "support", [])
    assert row["closed_at"] < wake
    assert [message["state"] for message in run.messages()] == ["skipped"]
