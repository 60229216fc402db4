"""Who are the bench's random customers? Invented ones who order, browse, click, move and withdraw for a year."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import ReceiptKind
from regulars.journeys.channels import Channel
from regulars.journeys.span import Span
from regulars.simulate.scenario import Happens, Known, Profile, Reaction, Script, Told, What, When, Word

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
_PLACES = (
    ("US", "CA", "America/Los_Angeles", "en-US"),
    ("DE", None, "Europe/Berlin", "de-DE"),
    ("CN", None, "Asia/Shanghai", "zh-CN"),
    ("AU", "NSW", "Australia/Sydney", "en-AU"),
)
_MESSAGES = (("abandoned_cart", "offer"), ("dormant_winback", "we_miss_you"), ("vip_new_release", "first_look"))


def anybody(number: int) -> tuple[Profile, Script]:
    """A customer and their year, for good the same for a number."""
    dice = random.Random(number)
    country, province, zone, locale = dice.choice(_PLACES)
    since = START - timedelta(days=dice.randrange(1, 400))
    email, phone = f"p{number}@example.com", f"+1415{2_000_000 + number % 7_000_000}" if dice.random() < 0.7 else None
    born = date(1960, 1, 1) + timedelta(days=dice.randrange(16_000))
    identifier = f"p{number}"
    person = Person(
        (("user", identifier), ("email", email)),
        since,
        email=email,
        phone=phone,
        first_name="Mei",
        locale=locale,
        country=country,
        province=province,
        timezone=zone,
        traits=(("birthday", born.isoformat()),) if dice.random() < 0.6 else (),
    )
    given = [("email", email), *([("sms", phone)] if phone else [])]
    words = [ConsentFact(_channel(channel), True, since, "bench", address) for channel, address in given]
    span = (START - since).total_seconds()
    past = [(since + timedelta(seconds=dice.random() * span), order(dice, n)) for n in range(dice.randrange(4))]
    script = Script(tuple(sorted(happenings(dice), key=_at)) + tuple(_reactions(dice)))
    return Profile(identifier, person, since, tuple(words if dice.random() < 0.9 else ()), tuple(past)), script


def happenings(dice: random.Random) -> list[Happens]:
    """What happens at instants of the year."""
    found: list[What] = [order(dice, 100 + n) for n in range(dice.randrange(5))]
    found += [_checkout(dice, n) for n in range(dice.randrange(6))]
    found += [Told("Product Viewed", {"name": "Tea"}) for _ in range(dice.randrange(10))]
    found += [Told("Product Released", {"name": "Gyokuro"}, of_shop=True) for _ in range(dice.randrange(3))]
    found += [Known({"timezone": "Asia/Tokyo"})] if dice.random() < 0.1 else []
    found += [Word("email", granted=False)] if dice.random() < 0.1 else []
    return [Happens(When(at=START + YEAR * dice.random()), one) for one in found]


def order(dice: random.Random, number: int) -> Told:
    return Told("Order Completed", {"order_id": f"o{number}", "total": f"{dice.randrange(500, 9_000) / 100:.2f}"})


def _checkout(dice: random.Random, number: int) -> Told:
    product: dict[str, Any] = {"name": "Tea", "price": "9.00", "quantity": dice.randrange(1, 4)}
    return Told("Checkout Started", {"checkout_id": f"c{number}", "products": [product]})


def _reactions(dice: random.Random) -> list[Happens]:
    kinds: tuple[ReceiptKind, ...] = ("clicked", "opened", "complained")
    return [
        Happens(When(after=Span(dice.randrange(1, 40), "hour")), Reaction(dice.choice(kinds), "email", step, journey))
        for journey, step in _MESSAGES
        if dice.random() < 0.4
    ]


def _at(one: Happens) -> datetime:
    assert one.when.at is not None
    return one.when.at


def _channel(name: str) -> Channel:
    return "email" if name == "email" else "sms"
