"""Which way does the walk turn? Branches and looks, as local activities."""

from __future__ import annotations

from temporalio import activity

from activities import contract
from activities.contract import Asking
from activities.told import Told
from regulars.engine.act import Answer
from regulars.store.writer import Writer
from regulars.walks.look import Lookout, Question


class Deciding:
    """Answers from the database, nothing else."""

    def __init__(self, writer: Writer, lookout: Lookout, told: Told) -> None:
        self._writer, self._lookout, self._told = writer, lookout, told

    @activity.defn(name=contract.BRANCH)
    async def branch(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.branch, self._questions(asking)))

    @activity.defn(name=contract.LOOK)
    async def look(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.look, self._questions(asking)))

    def _questions(self, asking: Asking) -> list[Question]:
        now = self._told.now()
        return [Question(asking.act, asking.journey, one.enrollment, one.since, now) for one in asking.members]
