"""Where does the walk stand on record? Opens, rests and closes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities import contract
from activities.contract import Closing, Opening, Resting
from regulars.engine.standing import Opened
from regulars.store.writer import Writer
from regulars.walks import record
from regulars.walks.record import Record


class Standing:
    """Local activities of a walk's beginning, rest and end."""

    def __init__(self, writer: Writer, record: Record) -> None:
        self._writer, self._record = writer, record

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [self.open_walk, self.rest, self.close_walk]

    @activity.defn(name=contract.OPEN)
    async def open_walk(self, opening: Opening) -> list[Opened]:
        asks = [record.Opening(opening.party, one, opening.at) for one in opening.enrollments]
        return list(await self._writer.ask_all(self._record.open, asks))

    @activity.defn(name=contract.REST)
    async def rest(self, resting: Resting) -> None:
        await self._writer.ask_all(self._record.rest, resting.positions)

    @activity.defn(name=contract.CLOSE)
    async def close_walk(self, closing: Closing) -> None:
        await self._writer.ask_all(self._record.close, closing.members)
