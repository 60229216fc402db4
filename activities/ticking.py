"""What does time bring about, and who of an audience enters? The activities of the ticker and of audiences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity

from activities import contract
from activities.contract import LetIn, LettingIn, Tick, Ticked
from regulars.agenda.announcements import Announcements
from regulars.agenda.pages import Pages, Turn
from regulars.agenda.scan import Found, Round, Scan
from regulars.clock import Clock
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.writer import Writer

_LONGEST = timedelta(minutes=5)  # within which what was applied is noticed
_SHORTEST = timedelta(seconds=1)  # real time: a demo's clock passes hours in it


class Ticking:
    """Short transactions, page by page; between pages it beats, so that a worker that is gone is noticed."""

    def __init__(self, database: Database, writer: Writer, shelf: Shelf, clock: Clock) -> None:
        self._database, self._writer, self._clock = database, writer, clock
        self._announcements, self._scan, self._pages = Announcements(shelf), Scan(shelf, clock), Pages(shelf)

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [self.tick, self.let_in]

    @activity.defn(name=contract.TICK)
    async def tick(self, ask: Tick) -> Ticked:
        now = self._now(ask.at)
        due = await self._writer.ask(self._announcements.due, now)
        round = await self._writer.ask(self._scan.begin, now)
        if round is not None:
            await self._look_at_everybody(round)
        latest = now + max(_LONGEST, self._clock.passing(_SHORTEST))
        return Ticked(min(due or latest, latest))

    @activity.defn(name=contract.LET_IN)
    async def let_in(self, ask: LettingIn) -> LetIn:
        page = await self._writer.ask(self._pages.let_in, Turn(ask.audience, self._now(ask.at)))
        return LetIn(page.entered, page.refused, page.done)

    def _now(self, asked: datetime) -> datetime:
        """When it was asked, or now: what is tried again after a week is not of a week ago."""
        return max(asked, self._clock.now())

    async def _look_at_everybody(self, round: Round) -> None:
        after: str | None = ""
        while after is not None:
            found: Found = await asyncio.to_thread(self._page, round, after)
            activity.heartbeat()
            if found.moved or found.near:
                await self._writer.ask(self._scan.settle, found)
            after = found.last
        await self._writer.ask(self._scan.end, round)

    def _page(self, round: Round, after: str) -> Found:
        with self._database.read() as connection:
            return self._scan.page(connection, round, after)
