"""What is posted when? Every webhook of the sample shop's days, in order, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from regulars.demo.people import shoppers
from regulars.demo.story import AGAIN, HABITS, Story, Told, live

SEED = "mori"
_EARLY = 0.48  # share of the customers whose first cart leaves time for a second
_POSTED_AGAIN = 0.06
_POSTED_LATE = 0.04


def write(opening: datetime, days: float, customers: int, seed: str = SEED) -> list[Told]:
    """The webhooks of `days` shop days from `opening` on, by the instant at which they are posted."""
    until = opening + timedelta(days=days)
    numbers = count(1)
    told: list[Told] = []
    draw = Random(f"{seed}/order")  # noqa: S311 -- a sample shop, not a secret
    for shopper, begins in zip(shoppers(customers, seed), _beginnings(days, customers, draw), strict=True):
        own = Random(f"{seed}/story/{shopper.number}")  # noqa: S311
        habit = HABITS[shopper.number % len(HABITS)]
        told += live(Story(shopper, own, until, numbers.__next__), habit, opening, opening + begins)
    return sorted(_as_delivered(told, until, draw), key=lambda one: (one.at, one.event_id))


def _beginnings(days: float, customers: int, draw: Random) -> list[timedelta]:
    """When each customer first fills a cart, in mixed order: evenly spread, since a small machine shall keep up.

    Within the time before customers come back; those who shall within `days` begin early.
    """
    week = AGAIN / timedelta(days=1)
    last = min(week, days * 0.8)
    turn = min(max(days - week, 0.0), last)
    early = round(customers * max(_EARLY, turn / last)) if turn > 0.3 else 0
    spans = [(0.01 * days, turn, early), (max(turn, 0.01 * days), last, customers - early)]
    times = [
        timedelta(days=start + (end - start) * (place + draw.random()) / many)
        for start, end, many in spans
        for place in range(many)
    ]
    draw.shuffle(times)
    return times


def _as_delivered(told: list[Told], until: datetime, draw: Random) -> Iterator[Told]:
    """As webhooks come: some late and so out of order, some a second time."""
    for one in told:
        late = draw.random() < _POSTED_LATE
        posted = replace(one, at=one.at + timedelta(minutes=5 + 60 * draw.random())) if late else one
        yield posted
        if draw.random() < _POSTED_AGAIN:
            yield replace(posted, at=posted.at + timedelta(minutes=2 + 90 * draw.random()))
