"""Whom do the tests of calls call? A receiver of their own, and the ways to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest_asyncio
from receiver import Receiver

from regulars.calls.wire import Wire


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """It listens as long as the test lasts."""
    async with Receiver() as found:
        yield found


@pytest_asyncio.fixture
async def wires(receiver: Receiver) -> AsyncIterator[Callable[..., Wire]]:
    """Makes wires that resolve every name to the receiver."""
    made: list[Wire] = []

    def make(*allowed: str, **more: Any) -> Wire:
        made.append(receiver.wire(*allowed, **more))
        return made[-1]

    yield make
    for wire in made:
        await wire.close()
