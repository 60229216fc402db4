"""Is the ticker running? Every worker sees to it when it starts: there is one, whoever began it."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities import contract
from regulars.clock import Clock
from workflows.ticker import TICKER, Ticker, TickerWorkflow


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
