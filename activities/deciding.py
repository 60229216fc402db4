"""What does the walk decide and do in our own database? Branches, splits, changes and looks, as local activities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities import contract
from activities.contract import Asking
from regulars.engine.act import Answer
from regulars.store.shelf import Shelf
from regulars.store.writer import Writer
from regulars.walks.change import Changes
from regulars.walks.look import Lookout
from regulars.walks.moment import Question
from regulars.walks.when import Calendar


class Deciding:
    """Answers from the database; nothing else is touched."""

    def __init__(self, writer: Writer, shelf: Shelf) -> None:
        self._writer, self._lookout = writer, Lookout(shelf)
        self._changes, self._calendar = Changes(shelf), Calendar(shelf)

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [self.branch, self.split, self.change, self.look, self.when]

    @activity.defn(name=contract.BRANCH)
    async def branch(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.branch, _questions(asking)))

    @activity.defn(name=contract.SPLIT)
    async def split(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.split, _questions(asking)))

    @activity.defn(name=contract.CHANGE)
    async def change(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._changes.change, _questions(asking)))

    @activity.defn(name=contract.LOOK)
    async def look(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._lookout.look, _questions(asking)))

    @activity.defn(name=contract.WHEN)
    async def when(self, asking: Asking) -> list[Answer]:
        return list(await self._writer.ask_all(self._calendar.when, _questions(asking)))


def _questions(asking: Asking) -> list[Question]:
    return [
        Question(asking.act, asking.journey, one.enrollment, one.since, asking.at, one.until) for one in asking.members
    ]
