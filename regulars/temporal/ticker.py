"""Is the ticker running? Every worker sees to it when it starts: there is one, whoever began it."""

from __future__ import annotations

import asyncio
import logging

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities import contract
from regulars.clock import Clock
from workflows.ticker import TICKER, Ticker, TickerWorkflow

_LOG = logging.getLogger(__name__)
_OFTEN = 60.0  # seconds


async def keep_going(client: Client, clock: Clock) -> None:
    """See to it again and again: somebody may end it by hand."""
    while True:
        try:
            await see_to_it(client, clock)
        except RPCError as error:
            _LOG.warning("ticker: %s", error.status.name)
        await asyncio.sleep(_OFTEN)


async def see_to_it(client: Client, clock: Clock) -> None:
    """Start it where it is not running."""
    await client.start_workflow(
        TickerWorkflow.run,
        Ticker(clock),
        id=TICKER,
        task_queue=contract.JOURNEYS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Dates, schedules, broadcasts and segments",
    )
