"""Whom does a random test walk? An invented customer with what happens to them; and how they are walked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from regulars.journeys.model import Book
from regulars.simulate.record import Record
from regulars.simulate.scenario import Profile, Script
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate


@dataclass(frozen=True, slots=True)
class Life:
    """A customer from `start` on, for so many days."""

    profile: Profile
    script: Script
    start: datetime
    days: int

    @property
    def until(self) -> datetime:
        return self.start + timedelta(days=self.days)


Walker = Callable[[Life], Record]


def walker(shop: Shop) -> Walker:
    """Walks lives through all journeys of a shop."""
    return lambda life: simulate(shop, life.profile, life.script, start=life.start, until=life.until)


def book_of(shop: Shop) -> Book:
    """What the marketer wrote of it: the rules that its walks are judged by."""
    return Book(shop.house, {name: play.journey for name, play in shop.shown.plays.items()})
