"""How is a script rehearsed? From instant to instant, each event, tick, start and wake in its order, on real machinery.

The order of what happens at the same instant is a simulation's, so that both tell of the same.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Literal

from temporalio.client import Client

from regulars.delivery.templates import Templates
from regulars.delivery.want import RANK
from regulars.journeys.model import Book
from regulars.rehearse import past
from regulars.rehearse.clocks import pace_for
from regulars.rehearse.happen import Teller
from regulars.rehearse.house import House, open_house
from regulars.rehearse.mirror import MOMENT, Mirror
from regulars.rehearse.stuck import Overran, Stuck
from regulars.rehearse.ticks import Ticks
from regulars.settings import Settings
from regulars.simulate.record import Record
from regulars.simulate.scenario import Profile, Script
from regulars.simulate.scripted import Scripted, impossible
from regulars.simulate.shop import Shop
from regulars.store.enrollments import EnrollmentState

Row = dict[str, Any]
_TRIES = 3
_MOST = 500  # wakes at one instant: who acts on and on is stopped


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed: all journeys of `book`, with a customer and what happens to them."""

    book: Book
    templates: Templates
    customer: Profile
    script: Script
    start: datetime
    until: datetime
    journey: str = ""


async def rehearse(asked: Rehearsal, client: Client, config: Settings) -> Record:
    """Everything that happens, as a simulation tells it, on the server of `client` and the vendors of `config`.

    A namespace rehearses one customer at a time. Begins anew where the server skips too much time, which it seldom
    does. Raises Stuck.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _rehearsed(asked, client, config)
        except Overran:
            continue
    return await _rehearsed(asked, client, config)


async def _rehearsed(asked: Rehearsal, client: Client, config: Settings) -> Record:
    async with open_house(client, config, pace_for(asked.until - asked.start)) as house:
        shop = Shop.of(asked.book, asked.templates)
        past.put(house.database, shop, asked.customer)
        past.open_shop(house.database, asked.book, asked.templates, asked.start)
        return await _Rehearsing(asked, shop, house).run()


_Order = Literal[0, 1, 2]  # script, tick, report


class _Rehearsing:
    def __init__(self, asked: Rehearsal, shop: Shop, house: House) -> None:
        self._asked, self._shop, self._house = asked, shop, house
        self._mirror = Mirror(shop, house, asked.customer.id, asked.start)
        self._teller = Teller(house, self._mirror)
        self._ticks = Ticks(house, shop, asked.start)
        self._scripted = Scripted.of(asked.script, asked.start, self._mirror.world.place.zone)
        self._queue: list[tuple[datetime, _Order, int, Callable[[], Awaitable[None]]]] = []
        self._number = count()

    async def run(self) -> Record:
        asked = self._asked
        for at, one in self._scripted.fixed:
            self._later(at, 0, partial(self._teller.happen, one, None))
        while (following := await self._next()) is not None:
            await self._instant(_whole(following))
        self._mirror.world.now = asked.until
        for line, text in impossible(self._scripted.waiting):
            self._mirror.chronicle.note(f"line {line}: {text}" if line else text)
        return self._mirror.record(asked.journey, asked.start, asked.until)

    def _later(self, at: datetime, order: _Order, what: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._queue, (at, order, next(self._number), what))

    async def _next(self) -> datetime | None:
        """When something happens next, in time."""
        due = self._house.next_due()
        found = [row["wake_at"] for row in self._walking()] + ([due] if due else [])
        found += [self._queue[0][0]] if self._queue else []
        at: datetime = min(found, default=self._asked.until)
        tick = await asyncio.to_thread(self._ticks.next, min(at, self._asked.until))
        if tick is not None:
            self._later(tick, 1, self._tick)
            return min(tick, at)
        return at if found and at <= self._asked.until else None

    async def _instant(self, now: datetime) -> None:
        """All that happens now, and what comes of it."""
        self._house.clock.set(now)
        for _ in range(_MOST):
            if not await self._one(now):
                self._mirror.rest()
                return
        raise Stuck(f"it goes on and on at {now:%Y-%m-%d %H:%M} UTC")

    async def _one(self, now: datetime) -> bool:
        """The next thing that happens now, if there is one."""
        queue = self._queue
        if queue and queue[0][0] <= now + MOMENT and queue[0][1] != 2:
            await heapq.heappop(queue)[3]()
        elif await self._house.relay():
            pass
        elif row := self._due(now):
            # Not a moment before it was told to: what holds a message back would hold it back again, for ever.
            self._house.clock.set(max(row["wake_at"], now))
            await self._house.runs.wake(row["party_id"], self._house.clock.now())
        elif queue and queue[0][0] <= now + MOMENT:
            await heapq.heappop(queue)[3]()
        else:
            return False
        for message in self._mirror.read(now):
            self._gone(message, now)
        return True

    def _gone(self, message: Row, now: datetime) -> None:
        """The vendor delivers at once, unless the script has it bounce; then the customer reacts."""
        if self._scripted.spares(message):
            self._later(now, 2, partial(self._teller.delivered, message))
        for at, one in self._scripted.reactions(message, self._mirror.world.place.zone):
            self._later(at, 0, partial(self._teller.happen, one, message))

    async def _tick(self) -> None:
        await self._ticks.tick(self._house.clock.now())

    def _walking(self) -> list[Row]:
        rows = self._mirror.world.enrollments.values()
        return [row for row in rows if row["state"] == EnrollmentState.walking and row["wake_at"] is not None]

    def _due(self, now: datetime) -> Row | None:
        """Whose time has come: by priority and due time, as the ledger has those who come together."""
        due = [row for row in self._walking() if row["wake_at"] <= now + MOMENT]
        return min(due, key=self._rank, default=None)

    def _rank(self, row: Row) -> tuple[int, datetime]:
        return RANK[self._shop.play(row["journey"]).journey.priority], row["wake_at"]


def _whole(at: datetime) -> datetime:
    """The instant that was meant, less what a server's work took."""
    past_second = timedelta(microseconds=at.microsecond)
    return at - past_second if past_second < MOMENT else at
