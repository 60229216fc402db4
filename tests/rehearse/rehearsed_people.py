"""Who is rehearsed, and what happens to them? Invented customers and scripts over the five journeys, by a seed."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
DAY = timedelta(days=1)
PLACES = (
    {"timezone": "America/Los_Angeles", "country": "US", "province": "CA", "phone": "+14155550123"},
    {"timezone": "Europe/Berlin", "country": "DE", "phone": "+4915123456789"},
    {"timezone": "Asia/Tokyo", "country": "JP", "phone": "+819012345678"},
    {"timezone": "Asia/Shanghai", "country": "CN", "phone": "+8613812345678"},
    {"timezone": "Pacific/Auckland", "phone": "+64211234567"},
)
SENT = {
    "email": (
        *("welcome.hello", "welcome.story", "abandoned_cart.reminder", "abandoned_cart.offer", "birthday.wishes"),
        *("dormant_winback.we_miss_you", "dormant_winback.what_is_new", "vip_new_release.first_look"),
    ),
    "sms": ("welcome.care", "abandoned_cart.last_call", "dormant_winback.hello_again", "birthday.text"),
}
REACTIONS = {
    "email": (
        *("Email Clicked", "Email Clicked", "Email Opened"),
        *("Email Bounced", "Email Complained", "Email Unsubscribed"),
    ),
    "sms": ("SMS Failed", "SMS Delivered"),
}


@dataclass(frozen=True, slots=True)
class Invented:
    """Texts of a profile and a script, and when it begins."""

    customer: str
    script: str
    start: datetime


def invented(seed: int, days: int = 12) -> Invented:
    """The same for good by the seed."""
    dice = random.Random(seed)
    # Round the days at which clocks are put forward and back, too.
    start = datetime(2026, dice.choice((1, 3, 3, 5, 10, 11)), dice.randrange(1, 27), dice.randrange(24), tzinfo=UTC)
    return Invented(_customer(dice, seed, start, days), _script(dice, days), start)


def _customer(dice: random.Random, seed: int, start: datetime, days: int) -> str:
    place: Row = dict(dice.choice(PLACES))
    if dice.random() < 0.2:
        del place["phone"]
    since = start - 400 * DAY
    born = start + dice.randrange(days) * DAY
    told: Row = {"id": f"c{seed}", "email": f"c{seed}@example.com", "since": since.isoformat(), **place}
    told |= {"first_name": "Ana"} if dice.random() < 0.8 else {}
    told |= {"traits": {"birthday": f"1990-{born:%m-%d}"}} if dice.random() < 0.6 else {}
    given = [one for one in ("email", "sms") if dice.random() < 0.85 and (one == "email" or "phone" in place)]
    told["consents"] = [{"channel": one, "given": (since + DAY).isoformat()} for one in given]
    # Some were last here almost ninety days ago: they turn dormant on the way.
    last = start - (90 - dice.randrange(days)) * DAY + timedelta(minutes=dice.randrange(1440))
    orders = [min(last, start - DAY) - number * 20 * DAY for number in range(dice.randrange(5))]
    told["orders"] = [{"at": at.isoformat(), **_order(f"p{number}", dice)} for number, at in enumerate(orders)]
    read = [start - DAY * dice.randrange(1, 60) for _ in range(dice.choice((0, 0, 6)))]
    told["events"] = [{"at": at.isoformat(), "event": "Email Opened"} for at in read]
    return json.dumps(told, indent=1)


def _script(dice: random.Random, days: int) -> str:
    lines = [_line(dice, number, days) for number in range(dice.randrange(4, 11))]
    return json.dumps(lines, indent=1)


def _line(dice: random.Random, number: int, days: int) -> Row:
    when = {"after": f"{dice.choice((1, 7, 30, 60, 300, 1440, days * 1440 // 8))} minutes"}
    if dice.random() < 0.2:
        when = {"after": "1 day", "at": dice.choice(("02:30", "09:00", "19:59", "20:00"))}
    match dice.randrange(13):
        case 0 | 1 | 2:
            return {**when, "event": "Checkout Started", "properties": _checkout(f"k{dice.randrange(3)}", dice)}
        case 3 | 4:
            return {**when, "event": "Order Completed", "properties": _order(f"o{number}", dice)}
        case 5:
            return {**when, "event": "Order Cancelled", "properties": _order(f"o{dice.randrange(6)}", dice)}
        case 6 | 7:
            return {**when, "event": "Product Released", "properties": {"product_id": f"n{number}", "name": "Hojicha"}}
        case 8:
            return {**when, "consent": {"channel": "email", "given": dice.random() < 0.5}}
        case 9:
            where = {"timezone": dice.choice(PLACES)["timezone"], "traits": {"birthday": "1990-03-09"}}
            return {**when, "profile": where}
        case 10:
            return {**when, "event": "Product Viewed", "properties": {"product_id": "p1", "name": "Oolong"}}
        case _:
            channel = dice.choice(("email", "email", "sms"))
            what = dice.choice(REACTIONS[channel])
            return {"after": when["after"], "event": what, "of": dice.choice(SENT[channel])}


def _order(name: str, dice: random.Random) -> Row:
    total = f"{dice.randrange(5, 90)}.00"
    return {"order_id": name, "total": total, "products": [{"name": "Sencha", "price": total, "quantity": 1}]}


def _checkout(name: str, dice: random.Random) -> Row:
    told = _order(name, dice)
    return {"checkout_id": name, "total": told["total"], "products": told["products"]}
