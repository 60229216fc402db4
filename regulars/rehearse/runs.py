"""How are a rehearsal's runs led through time? One after the other: brought to an instant, and waited for.

Every run has a clock of its own on the server, which skips what is waited for. Whatever is told to a run finds it at
the rehearsal's instant, and the next is told once it rests: what happens at the same instant comes in an order.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    SignalWorkflowInput,
    StartWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from regulars.clock import Clock
from regulars.rehearse.clocks import Stepped
from regulars.rehearse.stuck import Overran, Stuck
from workflows.journey import JourneyWorkflow
from workflows.ticker import Ticker
from workflows.walk import Walk

_OFTEN = 0.004  # seconds between looks at a run that works
_A_LITTLE = timedelta(milliseconds=20)
_FAR = timedelta(minutes=1)  # by more than what passes while the server works
_PATIENCE = 60.0  # seconds for a run to come to rest


class Runs:
    """The runs of one rehearsal. `client`: through it runs are started and told, each in its turn."""

    def __init__(self, client: Client, clock: Stepped) -> None:
        self._clock, self._clocks = clock, dict[str, Clock]()
        self._skipper, self._turn = TimeSkipper(client), asyncio.Lock()
        config = client.config()
        config["interceptors"] = [*config["interceptors"], _InTurn(self)]
        self.client = Client(**config)
        self._plain = client
        self._led: dict[str, datetime] = {}
        self._trouble: Stuck | None = None

    def check(self) -> None:
        """Raises Stuck where a run was, while something else led it."""
        if self._trouble is not None:
            raise self._trouble

    async def wake(self, run: str, at: datetime) -> None:
        """Let a run's time pass until `at`, and wait until it rests again."""
        async with self._turn:
            if not await self._forward(run, at):
                raise Overran(f"the run {run} is over before its time")
            await self._rests(run, at)

    async def end(self) -> None:
        """End whatever is still under way."""
        for run in list(self._clocks):
            try:
                await self._handle(run).terminate("the rehearsal is over")
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:  # it is over by itself
                    raise

    async def started(self, run: str, walk: Any) -> None:
        """A run has been started: wait until it rests, or is over."""
        self._clocks[run], self._led[run] = walk.clock, self._clock.now()
        if isinstance(walk, Walk):
            await self._rests(run, self._clock.now())
        elif isinstance(walk, Ticker):
            await self._slept(run)
        else:
            await asyncio.wait_for(self._handle(run).result(), _PATIENCE)

    async def in_turn(self, run: str, what: Any, *, told: bool) -> Any:
        """Do what is to be done to a run, in its turn. `told`: it is under way, and must be at this instant first."""
        async with self._turn:
            try:
                return await self._done(run, what, told=told)
            except Stuck as trouble:
                self._trouble = trouble
                raise

    async def _done(self, run: str, what: Any, *, told: bool) -> Any:
        if not told:
            return await what()
        to = await self._just_before(run, self._clock.now())
        under_way = await self._forward(run, to)
        done = await what()
        if under_way:
            await self._rests(run, to)
        return done

    async def _just_before(self, run: str, now: datetime) -> datetime:
        """Now; but what happens at the very instant at which a run would wake finds it waiting."""
        found = await self._handle(run).query(JourneyWorkflow.progress)
        return min([now, *(one.wake - _A_LITTLE for one in found if one.phase == "waiting" and one.wake is not None)])

    def _handle(self, run: str) -> WorkflowHandle[Any, Any]:
        return self._plain.get_workflow_handle(run)

    async def _forward(self, run: str, to: datetime) -> bool:
        """Whether it is still under way."""
        handle = self._handle(run)
        if (await handle.describe()).status != WorkflowExecutionStatus.RUNNING:
            return False
        clock, its = self._clocks[run], await self._skipper.get_current_time(handle)
        if clock.shop(its) > self._led[run] + _FAR:
            raise Overran(f"the run {run} is ahead of its time")
        self._led[run] = max(to, self._led[run])
        span = clock.real(to) - its
        return span <= timedelta(0) or await self._skipper.fast_forward(handle, span)

    async def _rests(self, run: str, at: datetime) -> None:
        """Until every member waits for something after `at`, is parked or gone."""
        limit = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            found = await self._handle(run).query(JourneyWorkflow.progress)
            busy = [one for one in found if not _is_at_rest(one.phase, one.wake, at)]
            if not busy:
                return
            if asyncio.get_running_loop().time() > limit:
                raise Stuck(f"the run {run} does not come to rest: {busy[0].step} is {busy[0].phase}")
            await asyncio.sleep(_OFTEN)

    async def _slept(self, run: str) -> None:
        """Until the ticker has asked what fell due, and sleeps."""
        limit = asyncio.get_running_loop().time() + _PATIENCE
        while asyncio.get_running_loop().time() < limit:
            events = (await self._handle(run).fetch_history()).events
            if events[-1].event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                return
            await asyncio.sleep(_OFTEN)
        raise Stuck("the ticker does not come to rest")


def _is_at_rest(phase: str, wake: datetime | None, at: datetime) -> bool:
    return phase in ("parked", "gone") or (phase == "waiting" and wake is not None and wake > at)


class _InTurn(Interceptor):
    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Outbound(next, self._runs)


class _Outbound(OutboundInterceptor):
    """What starts and tells runs waits for its turn, and for what comes of it."""

    def __init__(self, next: OutboundInterceptor, runs: Runs) -> None:
        super().__init__(next)
        self._runs = runs

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        async def start() -> WorkflowHandle[Any, Any]:
            handle = await self.next.start_workflow(input)
            await self._runs.started(input.id, input.args[0])
            return handle

        handle: WorkflowHandle[Any, Any] = await self._runs.in_turn(input.id, start, told=False)
        return handle

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        async def signal() -> None:
            await self.next.signal_workflow(input)

        await self._runs.in_turn(input.id, signal, told=True)
