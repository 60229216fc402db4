"""Which way does the walk turn? Branches and looks, as local activities."""

from __future__ import annotations

from temporalio import activity

from activities import contract
from activities.contract import Asking
from regulars.engine.act import Answer
from regulars.store.writer import Writer
from regulars.walks.look import Lookout, Question


class Deciding:
    """Answers from the database, nothing else."""

    def __init__(self, writer: Writer, lookout: Lookout) -> None:
        self._writer, self._lookout = writer, lookout

    @activity.defn(name=contract.BRANCH)
    async def branch(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.branch, _questions(asking)))

    @activity.defn(name=contract.LOOK)
    async def look(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.look, _questions(asking)))


def _questions(asking: Asking) -> list[Question]:
    return [
        Question(asking.act, asking.journey, one.enrollment, one.since, asking.at, one.until) for one in asking.members
    ]
