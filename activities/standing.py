"""Where does the walk stand on record? Opens, rests and closes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities import contract
from activities.contract import Closing, Opened, Opening, Resting
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
        said = await self._writer.ask_all(self._record.open, asks)
        return [
            Opened(one, found.walking, found.zone, found.ending, found.reason, found.due)
            for one, found in zip(opening.enrollments, said, strict=True)
        ]

    @activity.defn(name=contract.REST)
    async def rest(self, resting: Resting) -> None:
        positions = [
            record.Position(one.enrollment, one.phase, one.version, one.step, one.visit, one.wake)
            for one in resting.positions
        ]
        await self._writer.ask_all(self._record.rest, positions)

    @activity.defn(name=contract.CLOSE)
    async def close_walk(self, closing: Closing) -> None:
        closings = [record.Closing(one.enrollment, one.ending, one.reason, one.at) for one in closing.members]
        await self._writer.ask_all(self._record.close, closings)
