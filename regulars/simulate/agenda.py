"""When would the shop's ticker look, and what would it find? The instants at which time itself lets customers in.

Everybody is looked at once an hour, at a tick; a tick is every five minutes, and whenever a schedule or a broadcast is
due. Nothing is asked of the hours in between at which nothing can have changed: what a look sees changes with the
customer, where a date of theirs comes near, and where something falls out of the span that a condition looks back on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from regulars.agenda.announcements import announced, following
from regulars.agenda.scan import AHEAD, HOUR, Round, near_dates, reached
from regulars.engine import dates
from regulars.intake.occurrence import Occurrence
from regulars.journeys.happening import OnDate
from regulars.simulate.world import World

TICK = timedelta(minutes=5)
_SLACK = timedelta(hours=2)  # by which a calendar's day is other than 24 hours, on either side


class Agenda:
    """From `start` on, which is a tick and a look at which nothing is told. `until`: where the simulation ends."""

    def __init__(self, world: World, start: datetime, until: datetime) -> None:
        self._world, self._until = world, until
        self._before = self._last = start  # the last two looks, whether or not anything was looked at
        self._near: datetime | None = None

    def next_announcement(self, after: datetime) -> datetime | None:
        """When a schedule or a broadcast is due next."""
        zone = self._world.shop.house.timezone
        found = [at for on in self._world.shop.timed.values() if (at := following(on, zone, after)) is not None]
        return min(found, default=None)

    def announcements(self, now: datetime) -> list[Occurrence]:
        """Those that are due at this very instant."""
        zone, moment = self._world.shop.house.timezone, timedelta(microseconds=1)
        return [
            announced(name, on, now, zone)
            for name, on in sorted(self._world.shop.timed.items())
            if following(on, zone, now - moment) == now
        ]

    def next_look(self, now: datetime) -> datetime | None:
        """The first look after `now` that may find something; None where there is none in time."""
        world = self._world
        if not (world.shop.dated or world.shop.house.segments):
            return None
        wanted = now if world.dirty else self._soonest(now)
        if wanted is None or wanted > self._until:
            return None
        self._catch_up(now)
        at = self._look_after(self._last)
        if at < wanted and not world.shop.timed:
            at += HOUR * -((at - wanted) // HOUR)
        while at < wanted:
            at = self._look_after(at)
        return at if at <= self._until else None

    def look(self, now: datetime) -> list[Occurrence]:
        """Look at the customer: who they are by now, and which of their dates are near."""
        world = self._world
        self._catch_up(now)
        since, world.dirty = self._before, False
        told = world.weigh() if world.shop.house.segments else []
        if not world.shop.dated:
            return told
        names = world.asks.segment_names()
        self._near = self._nearest(since, names)
        if self._near is not None and self._near <= now:
            round = Round(now, now + AHEAD * HOUR, {play.journey.id: since for play in world.shop.dated}, {})
            for play in world.shop.dated:
                told += [reached(one) for one in near_dates(play, world.customer_row, names, world.place.zone, round)]
            self._near = self._nearest(now + AHEAD * HOUR, names)
        return told

    def _soonest(self, now: datetime) -> datetime | None:
        """When something may be other than now by time alone."""
        found = [self._near] if self._near is not None else []
        for window in self._world.shop.windows:
            for at in window.instants(self._world.past):
                found += [max(at + span - _SLACK, now) for span in window.spans if at + span + _SLACK > now]
        return min(found, default=None)

    def _nearest(self, after: datetime, names: dict[str, Any]) -> datetime | None:
        """When the next of the customer's dates that are later than `after` comes near."""
        found: list[datetime] = []
        for play in self._world.shop.dated:
            on = play.journey.start.on
            if isinstance(on, OnDate) and play.date is not None:
                value, until = play.date.of(names).value, self._until + AHEAD * HOUR
                told = dates.occurrences(on, value, self._world.place.zone, after, until)
                found += [one.at - AHEAD * HOUR for one in told[:1]]
        return min(found, default=None)

    def _catch_up(self, now: datetime) -> None:
        """Let the looks pass at which there was nothing to find."""
        if not self._world.shop.timed and (passed := (now - self._last) // HOUR) > 0:
            self._before, self._last = self._last + HOUR * (passed - 1), self._last + HOUR * passed
        while (at := self._look_after(self._last)) <= now:
            self._before, self._last = self._last, at

    def _look_after(self, last: datetime) -> datetime:
        """The first tick that is an hour after `last`: announcements are ticks too, from which the next are counted."""
        wanted = last + HOUR
        if not self._world.shop.timed:
            return wanted
        tick, due = last, self.next_announcement(last)
        while due is not None and due < wanted:
            tick, due = due, self.next_announcement(due)
        at = tick + TICK * -((tick - wanted) // TICK)
        return min(at, due) if due is not None else at
