"""When does the rehearsed shop's ticker look? At every one of its ticks at which an hour has passed or a time is due.

Whether a look would find anything is asked of production's own scan; where it would, and where something is announced,
a ticker runs on the server, as in production, and finds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from activities import contract
from regulars.agenda.announcements import following
from regulars.agenda.scan import AHEAD, HOUR, Round, Scan
from regulars.rehearse.house import House
from regulars.simulate.shop import Shop
from regulars.store.agenda import EVERYBODY
from regulars.store.audiences import Agenda
from regulars.store.statements import table
from workflows.ticker import Ticker, TickerWorkflow

_TICK = timedelta(minutes=5)
_A_LITTLE = timedelta(milliseconds=100)


class Ticks:
    """The ticks of one rehearsal, from `start` on."""

    def __init__(self, house: House, shop: Shop, start: datetime) -> None:
        self._house, self._shop = house, shop
        self._scan = Scan(house.shelf, house.clock)
        self._looking = bool(shop.dated or shop.house.segments)
        self._number = 0
        self._next: datetime | None = start

    def next(self, until: datetime) -> datetime | None:
        """The first tick up to `until` at which there is something to find, those before it having found nothing; None
        where there is none. Nothing else may happen before `until`."""
        quiet: Round | None = None
        while self._next is not None and self._next <= until and self._announced() != self._next:
            looked = self._look(self._next, quiet)
            if looked is None:
                break
            quiet, self._next = looked, self._after(self._next, looked.now)
        if quiet is not None:
            with self._house.database.write() as connection:
                self._scan.end(connection, [quiet])
        return self._next if self._next is not None and self._next <= until else None

    async def tick(self, now: datetime) -> None:
        """Have a ticker find on the server what falls due now."""
        # Asked as of a moment ago: what runs on the server takes the later of that and what the shop's clock shows.
        ticker = Ticker(self._house.slow(now - _A_LITTLE))
        self._number += 1
        await self._house.runs.client.start_workflow(
            TickerWorkflow.run, ticker, id=f"ticker-{self._number}", task_queue=contract.JOURNEYS
        )
        self._next = self._after(now, self._looked_at() or now)

    def _look(self, now: datetime, quiet: Round | None) -> Round | None:
        """The round of a look that finds nothing; None where it finds something. `quiet`: the last one, if it is not on
        record yet."""
        with self._house.database.read() as connection:
            if quiet is None:
                (round,) = self._scan.begin(connection, [now])
                if round is None or round.silent:
                    return None
            else:
                round = Round(now, now + AHEAD * HOUR, dict.fromkeys(quiet.since, quiet.now), {})
            found = self._scan.page(connection, round, "")
        return None if found.moved or found.near else round

    def _after(self, tick: datetime, looked: datetime) -> datetime | None:
        """The first tick after one that has something to do: a time that is due, or a look once an hour has passed."""
        while True:
            due = self._announcement(tick)
            if not self._looking:
                return due
            tick = min(tick + _TICK, due) if due else tick + _TICK
            if tick == due or tick >= looked + HOUR:
                return tick

    def _announced(self) -> datetime | None:
        """The first announcement that is not before the next tick."""
        return self._announcement(self._next - timedelta(microseconds=1)) if self._next else None

    def _announcement(self, after: datetime) -> datetime | None:
        zone = self._shop.house.timezone
        found = [at for on in self._shop.timed.values() if (at := following(on, zone, after)) is not None]
        return min(found, default=None)

    def _looked_at(self) -> datetime | None:
        of = table(Agenda)
        with self._house.database.read() as connection:
            found: datetime | None = connection.execute(select(of.c.looked_at).where(of.c.what == EVERYBODY)).scalar()
        return found
