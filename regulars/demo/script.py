"""What is posted when? Every webhook of the sample shop's days, in order, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from regulars.demo.bodies import Body, release
from regulars.demo.followed import story_of
from regulars.demo.past import Past, goes_on, pasts
from regulars.demo.people import FOLLOWED, shoppers
from regulars.demo.story import AGAIN, HABITS, Story, Told, live
from regulars.demo.wares import RELEASED, RELEASED_WORDS

SEED = "mori"
_EARLY = 0.6  # share of the customers whose first cart leaves time for a second
_POSTED_AGAIN = 0.06
_POSTED_LATE = 0.04
_RELEASED = 0.42  # share of the days after which something new comes onto the shelf


def write(
    opening: datetime, days: float, customers: int, seed: str = SEED, before: Mapping[int, Past] | None = None
) -> list[Told]:
    """The webhooks of `days` shop days from `opening` on, by the instant at which they are posted. `before`: the pasts
    that were told, by customer's number."""
    before = pasts(opening, days, customers, seed) if before is None else before
    until, released_at = opening + timedelta(days=days), opening + timedelta(days=days * _RELEASED)
    numbers = count(1)
    told = [Told(released_at, "Product Released", f"{seed}-release", _release(released_at), "events", whole=True)]
    draw = Random(f"{seed}/order")  # noqa: S311 -- a sample shop, not a secret
    for shopper, begins in zip(shoppers(customers, seed), _beginnings(days, customers, draw), strict=True):
        own = Random(f"{seed}/story/{shopper.number}")  # noqa: S311
        past = before.get(shopper.number)
        if shopper in FOLLOWED:
            told += story_of(shopper, own, opening, until, numbers.__next__)
            continue
        story = Story(shopper, own, until, numbers.__next__, past.known_since if past else None)
        if past is None or past.kind != "quiet":
            best = past is not None and past.kind == "best" and shopper.number % 4 != 0
            habit = "forgets" if best else HABITS[shopper.number % len(HABITS)]
            told += live(story, habit, opening, opening + begins)
            story.told.clear()
        if past is not None:
            told += goes_on(story, past, opening, days, released_at)
    return sorted(_as_delivered(told, until, draw), key=lambda one: (one.at, one.event_id))


def _release(at: datetime) -> Body:
    return release(RELEASED, RELEASED_WORDS, at)


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
        if one.whole:
            yield one
            continue
        late = draw.random() < _POSTED_LATE
        posted = replace(one, at=one.at + timedelta(minutes=5 + 60 * draw.random())) if late else one
        yield posted
        if draw.random() < _POSTED_AGAIN:
            yield replace(posted, at=posted.at + timedelta(minutes=2 + 90 * draw.random()))
