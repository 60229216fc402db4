"""What becomes of messages when the worker is killed? One SIGKILL at one process, and how long it takes to be back."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from regulars.clock import Clock
from regulars.store.database import Database
from regulars.store.messages import Message, MessageState
from regulars.store.statements import table

_AIMING, _LOOK, _BACK = 3.0, 0.004, 0.05  # real seconds
_PATIENCE = 60.0  # real seconds


class Away(RuntimeError):
    """There is no worker to kill: it has not come back yet."""


@dataclass(slots=True)
class Kill:
    """One of them. `at`: shop time. `on_the_wire`: messages whose fate nobody knew at that instant. `back_after`: real
    seconds until the next worker worked, None until then."""

    pid: int
    at: datetime
    on_the_wire: int
    back_after: float | None = None


class Killer:
    """Kills the worker of one shop, and nothing else. `pid`: of the worker, None while there is none. `watch`: begins
    to look, and gives what tells whether a worker has begun to work since."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        pid: Callable[[], int | None],
        watch: Callable[[], Callable[[], Awaitable[bool]]],
    ) -> None:
        self._database, self._clock, self._pid, self._watch = database, clock, pid, watch
        self._busy = False
        self._waiting: set[asyncio.Task[None]] = set()
        self.kills: list[Kill] = []

    @property
    def away(self) -> bool:
        """Is the worker being killed, or on its way back?"""
        return self._busy or any(kill.back_after is None for kill in self.kills[-1:])

    async def kill(self) -> Kill:
        """At the next instant at which a message is on the wire; at the latest in three seconds. Raises Away."""
        if self.away:
            raise Away("the worker is not back yet")
        self._busy = True
        try:
            on_the_wire = await asyncio.to_thread(self._aim)
            pid, back = self._pid(), self._watch()
            if pid is None:
                raise Away("there is no worker now")
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            raise Away("it ended by itself") from None
        finally:
            self._busy = False
        self.kills.append(Kill(pid, self._clock.now(), on_the_wire))
        task = asyncio.create_task(self._time(self.kills[-1], back))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return self.kills[-1]

    async def close(self) -> None:
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _aim(self) -> int:
        """How many messages are on the wire, at an instant at which some are."""
        of = table(Message)
        query = select(func.count()).select_from(of).where(of.c.state == MessageState.dispatching)
        found, waited = 0, 0.0
        while not found and waited < _AIMING:
            with self._database.read() as connection:
                found = int(connection.execute(query).scalar_one())
            if not found:
                time.sleep(_LOOK)
                waited += _LOOK
        return found

    async def _time(self, kill: Kill, back: Callable[[], Awaitable[bool]]) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for _ in range(int(_PATIENCE / _BACK)):
            if await back():
                break
            await asyncio.sleep(_BACK)
        kill.back_after = loop.time() - begun
