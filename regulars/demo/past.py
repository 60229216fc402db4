"""What was before? Half a year of orders, told at the opening: who went quiet, who comes often, whose birthday it is.

What is told longer than three days after it happened lets nobody into a journey, so none of this does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from regulars.demo import bodies
from regulars.demo.bodies import Checkout, Order
from regulars.demo.people import FOLLOWED, shoppers
from regulars.demo.story import Story, Told
from regulars.demo.wares import fill

Kind = Literal["quiet", "best", "some"]
HALF_YEAR, QUIET = timedelta(days=180), timedelta(days=90)
LATEST = timedelta(days=4)  # before the opening: nothing of the past is younger
# One round of twenty customers; the others are new.
_ROUND: Mapping[int, Kind] = {
    4: "best",
    6: "some",
    8: "best",
    11: "best",
    13: "some",
    15: "best",
    16: "quiet",
    19: "quiet",
}
_ORDERS: Mapping[Kind, tuple[int, int]] = {"quiet": (1, 2), "best": (3, 5), "some": (1, 2)}


@dataclass(frozen=True, slots=True)
class Past:
    """One customer's. `orders`: when they ordered, oldest first. `quiet_at`: when it will be ninety days since."""

    kind: Kind
    known_since: datetime
    orders: tuple[datetime, ...]
    birthday: date

    @property
    def quiet_at(self) -> datetime:
        return self.orders[-1] + QUIET


def pasts(opening: datetime, days: float, customers: int, seed: str) -> dict[int, Past]:
    """By number, of the customers who have one. Some fall quiet within `days` of the opening, some have birthdays."""
    numbers = [number for number in range(len(FOLLOWED), customers) if number % 20 in _ROUND]
    return {
        number: _past(_ROUND[number % 20], nth / max(len(numbers), 1), opening, days, Random(f"{seed}/past/{number}"))  # noqa: S311
        for nth, number in enumerate(numbers)
    }


def _past(kind: Kind, spread: float, opening: datetime, days: float, draw: Random) -> Past:
    """`spread`: from 0 to 1, evenly over all who have a past: what befalls them shall not befall them together."""
    if kind == "quiet":
        last = opening - QUIET + timedelta(days=min(days, 90) * (0.03 + 0.35 * spread))
    else:
        last = opening - LATEST - timedelta(days=60 * draw.random())
    first = opening - HALF_YEAR + timedelta(days=20 * draw.random())
    many = draw.randint(*_ORDERS[kind])
    between = sorted(first + (last - first) * draw.random() for _ in range(many - 1))
    birthday = opening + timedelta(days=days * (0.1 + 0.8 * draw.random()))
    if draw.random() < 0.4:  # some other time of the year
        birthday += timedelta(days=20 + 320 * draw.random())
    leap = (birthday.month, birthday.day) == (2, 29)
    born = date(1955 + draw.randrange(50), birthday.month, 28 if leap else birthday.day)
    return Past(kind, first, (*between, last), born)


def tell(found: Mapping[int, Past], customers: int, seed: str) -> list[Told]:
    """All of it, in the order in which it happened."""
    told: list[Told] = []
    people = shoppers(customers, seed)
    number = 0
    for who, past in found.items():
        story = Story(people[who], Random(f"{seed}/past story/{who}"), past.orders[-1], lambda: 0)  # noqa: S311
        story.sign_up(past.known_since)
        story.identify(past.known_since + timedelta(minutes=2), past.birthday)
        for at in past.orders:
            number += 1
            _order(story, number, at, past)
        told += story.told
    return sorted(told, key=lambda one: (one.at, one.event_id))


def _order(story: Story, number: int, at: datetime, past: Past) -> None:
    checkout = Checkout(29_000_000_000_000 + number, fill(story.draw), at - timedelta(minutes=9))
    order = Order(5_500_000_000_000 + 2_000_000 * number, 100 + number, checkout.cart, at, checkout)
    paid = bodies.order(order, story.shopper, at, past.known_since, financial_status="paid")
    story.tell(at, "orders/create", paid)
    if story.draw.random() < 0.25 and at < past.orders[-1] - timedelta(days=6):
        story.review(order, at + timedelta(days=5))


def goes_on(story: Story, past: Past, opening: datetime, days: float, released_at: datetime) -> list[Told]:
    """Some of them come back once they are missed, wished well, or shown what is new."""
    draw, moments = story.draw, []
    if past.kind == "quiet" and draw.random() < 0.25:
        moments.append(past.quiet_at + timedelta(hours=20 + 30 * draw.random()))
    if past.kind == "best" and draw.random() < 0.4:
        moments.append(released_at + timedelta(hours=6 + 30 * draw.random()))
    birthday = _in_these_days(past.birthday, opening, days)
    if past.kind != "quiet" and birthday is not None and draw.random() < 0.35:
        moments.append(birthday + timedelta(hours=26 + 20 * draw.random()))
    for at in moments:
        if opening < at < story.until:
            story.ship(story.order(at))
    return [one for one in story.told if opening <= one.at < story.until]


def _in_these_days(birthday: date, opening: datetime, days: float) -> datetime | None:
    found = opening.replace(month=birthday.month, day=birthday.day)
    found = found if found >= opening else found.replace(year=found.year + 1)
    return found if found - opening < timedelta(days=days) else None
