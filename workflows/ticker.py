"""When does time let customers in? One run per shop: it sleeps until the next told instant, and asks what fell due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import contract
    from activities.contract import Tick, Ticked
    from regulars.clock import Clock

TICKER = "ticker"  # its id: there is one
_LEAST = timedelta(milliseconds=200)  # real time: an instant that has passed must not spin


@dataclass
class Ticker:
    """Its input."""

    clock: Clock


@workflow.defn(name="Ticker")
class TickerWorkflow:
    """Dates, schedules, broadcasts and segments by shop time: Temporal's own schedules know real time alone."""

    @workflow.run
    async def run(self, ticker: Ticker) -> None:
        """For ever, continued as new where its history grows long."""
        while not workflow.info().is_continue_as_new_suggested():
            ask = Tick(self._now(ticker.clock))
            ticked: Ticked = await workflow.execute_activity(
                contract.TICK, ask, result_type=Ticked, summary="what fell due", **contract.LOOK_ROUND
            )
            real = ticker.clock.real(ticked.next) - workflow.now()
            await workflow.sleep(max(real, _LEAST), summary=f"until {ticked.next:%Y-%m-%d %H:%M} UTC, shop time")
        workflow.continue_as_new(ticker)

    def _now(self, clock: Clock) -> datetime:
        return clock.shop(workflow.now())
