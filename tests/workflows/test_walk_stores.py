"""Does a walk walk the same on both stores, and through the sandbox's vendors?"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from shop_books import eventually
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from walk_stage import OTHER, Shop, open_shop, stage_settings

from regulars.delivery.transport import PooledTransport
from regulars.sandbox.app import SandboxSettings, create_app
from regulars.store.database import Database
from regulars.temporal.failures import DATA_CONVERTER
from workflows.journey import JourneyWorkflow


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """The sandbox's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    settings = SandboxSettings(tmp_path / "sandbox", "SG.test", "AC" + "5a" * 16, "token")
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


async def _other(temporal: WorkflowEnvironment) -> Client:
    """A client of the server's other namespace, where this shop has the task queues to itself."""
    address = temporal.client.service_client.config.target_host
    return await Client.connect(address, namespace=OTHER, data_converter=DATA_CONVERTER)


async def test_a_walk_goes_its_way_on_both_stores_through_the_sandbox(
    database: Database, temporal: WorkflowEnvironment, sandbox: str
) -> None:
    transport = PooledTransport()
    settings = stage_settings(sendgrid_host=sandbox, twilio_base_url=sandbox)
    try:
        async with open_shop(database, await _other(temporal), transport, settings) as shop:
            await _all_ways(shop)
    finally:
        await transport.close()


async def _all_ways(shop: Shop) -> None:
    plain, texts, ear, goal = shop.guest(), shop.guest(), shop.guest(), shop.guest()
    runs = [
        await shop.enter(guest, event)
        for guest, event in (
            (plain, "Began Plain"),
            (texts, "Began Texts"),
            (ear, "Began Ear"),
            (goal, "Began Goal"),
        )
    ]
    party = await shop.party("crowd", [shop.guest() for _ in range(4)], [{"colour": "green"}] * 4)
    for run in (runs[0], runs[2], runs[3]):
        await run.rests()
    await shop.tell(ear, "Product Reviewed", rating=5)
    await shop.tell(goal, "Order Completed")
    await asyncio.gather(*(run.ends() for run in [*runs, party]))
    assert [run.sent() for run in runs] == [["one", "two"], ["text"], ["one", "two"], ["one"]]
    assert [run.row["outcome"] for run in runs] == ["finished", "finished", "finished", "goal"]
    assert [party.sent(who) for who in party.ids] == [["one", "two", "three"]] * 4
    left = await shop.enter(shop.guest(), "Began Plain")
    await left.rests()
    await left.update(JourneyWorkflow.leave)
    await eventually(lambda: left.row["state"] == "closed")
