"""How do things stand right now? Figures, books and the customers followed, read afresh but at most once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from regulars.demo import books, follow, ledger, vendor
from regulars.demo.books import Books
from regulars.demo.follow import Followed
from regulars.demo.ledger import JourneyNumbers, Tail
from regulars.demo.people import Shopper
from regulars.demo.stage import Stage
from regulars.store.database import Database
from regulars.store.messages import DOUBTFUL, MessageState
from regulars.store.shelf import Shelf

_FRESH = 0.8  # real seconds
_CALM = Tail(in_doubt=0, unbegun=0, asleep=0, overdue=0)  # while the days go by, what is under way is no loss


@dataclass(frozen=True, slots=True)
class Account:
    """The ledger against the vendors, at one instant. `sent`: the ledger's; `had`: the vendors' own count, a moment
    later, so at least as many. `held`: by a cap or quiet hours. `doubtful`: on the wire, their fate not known yet."""

    books: Books
    sent: int
    had: int
    held: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class Live:
    """`account` is None where the vendors do not answer. `zone`: the shop's clock."""

    zone: str
    titles: Mapping[str, str]
    journeys: Mapping[str, JourneyNumbers]
    account: Account | None
    followed: tuple[Followed, ...]

    def sum(self, name: str) -> int:
        """Over all journeys: of `entered`, `active`, `goals`, or of what was sent by a channel."""
        return sum(one.sent[name] if name in one.sent else int(getattr(one, name, 0)) for one in self.journeys.values())


class Watcher:
    """Reads when asked, and gives everybody who asks within the second the same."""

    def __init__(
        self, stage: Stage, database: Database, shelf: Shelf, sandbox: str, followed: Sequence[Shopper]
    ) -> None:
        self._stage, self._database, self.shelf = stage, database, shelf
        self._sandbox, self._followed = sandbox, followed
        self._lock = asyncio.Lock()
        self._kept: tuple[float, Live] | None = None

    async def look(self) -> Live:
        loop = asyncio.get_running_loop()
        async with self._lock:
            if self._kept is not None and loop.time() - self._kept[0] < _FRESH:
                return self._kept[1]
            live, states, missing = await asyncio.to_thread(self._read)
            try:
                had = await vendor.accepted(self._sandbox)
            except (aiohttp.ClientError, TimeoutError):
                found = live
            else:
                found = Live(live.zone, live.titles, live.journeys, _account(states, had, missing), live.followed)
            self._kept = loop.time(), found
            return found

    def _read(self) -> tuple[Live, dict[str, str], int]:
        now = self._stage.clock.now()
        with self._database.read() as connection:
            shown = self.shelf.live(connection)
            numbers, states = ledger.journeys(connection), ledger.messages(connection)
            missing = ledger.missing_orders(connection, frozenset(self._stage.played.orders))
            followed = tuple(follow.follow(connection, self.shelf, one, "sms", now) for one in self._followed)
        titles = {name: shown.plays[name].graph.title if name in shown.plays else name for name in numbers}
        return Live(shown.house.timezone, titles, numbers, None, followed), states, missing


def _account(states: Mapping[str, str], had: Mapping[str, int], missing: int) -> Account:
    return Account(
        books=books.compare(states, had, _CALM, missing),
        sent=sum(state == MessageState.accepted for state in states.values()),
        had=len(had),
        held=sum(state == MessageState.held for state in states.values()),
        doubtful=sum(state in DOUBTFUL for state in states.values()),
    )
