"""What became of messages in doubt after which no walk asks any more? Asked for in the walk's stead, till it is known.

A walk may end before it is known what became of its message: ended from Temporal's pages, parked, or its row closed by
whatever else. It is asked for here as the walk would have: looked up, and at the last settled by the step's policy.
Several processes may sweep side by side: the ledger's locks and fences settle each message once.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from regulars.clock import Clock
from regulars.delivery.courier import Courier
from regulars.delivery.want import Want
from regulars.ids import new_id
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.messages import DOUBTFUL, Message
from regulars.store.statements import table

_LOG = logging.getLogger(__name__)
_EVERY = 30.0  # seconds, real
_MOST = 100  # messages a round
_MARGIN = timedelta(minutes=10)  # real time that a walk which is still open has, past the time to settle, to ask itself


@dataclass(frozen=True, slots=True)
class Sweep:
    """Asks, every so often, after what nobody else asks after. `margin`: real time past which a walk asks no more."""

    database: Database
    courier: Courier
    clock: Clock
    margin: timedelta = _MARGIN

    async def run(self, stopping: asyncio.Event) -> None:
        """Until told to stop. What fails is logged and tried again."""
        while not stopping.is_set():
            try:
                await self.round()
            except Exception:
                _LOG.exception("sweep: a round failed")
            await _sleep(stopping)

    async def round(self) -> int:
        """Settle what is overdue, a bounded number, the oldest first; how many they were."""
        wants = await asyncio.to_thread(self._overdue)
        if wants:
            answers = await self.courier.deliver(wants, self.clock.now, lambda: None)
            for want, answer in zip(wants, answers, strict=True):
                _LOG.info("sweep: %s: %s %s", want.send_key, answer.result, answer.reason)
        return len(wants)

    def _overdue(self) -> list[Want]:
        now, owner = self.clock.now(), f"sweep/{new_id()}"
        values = {"now": now, "lost": now - self.clock.passing(self.margin)}
        with self.database.read() as connection:
            return [_want(row, owner, now) for row in connection.execute(_query(), values)]


def _want(row: Any, owner: str, now: datetime) -> Want:
    """What the walk would want. It may be open still, only not asking (parked, or ended from outside): then what its
    policy is to send at least once may go again; nothing else goes out without a walk that wants it."""
    key = row.send_key.split("/")[1]
    goes = row.purpose == "service"
    step = (row.journey, row.version, row.step, key, row.visit)
    return Want(row.enrollment_id, *step, row.ready_at, owner, now, leaving=not goes)


@cache
def _query() -> Select[Any]:
    """What was to be settled by now, of walks that are closed; of open ones, what they should have asked after."""
    of, walk = table(Message), table(Enrollment)
    names = ("enrollment_id", "send_key", "journey", "version", "step", "visit", "ready_at", "purpose")
    asks_no_more = or_(walk.c.state == EnrollmentState.closed, of.c.resolve_by <= bindparam("lost"))
    return (
        select(*(of.c[name] for name in names))
        .join_from(of, walk, walk.c.id == of.c.enrollment_id)
        .where(of.c.state.in_(bindparam("doubtful", DOUBTFUL, expanding=True, literal_execute=True)))
        .where(of.c.resolve_by <= bindparam("now"), asks_no_more)
        .order_by(of.c.resolve_by)
        .limit(_MOST)
    )


async def _sleep(stopping: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), _EVERY)
    except TimeoutError:
        return
