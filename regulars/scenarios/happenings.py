"""What might happen? Events that a shop's journeys know, as a sender could tell them, with values as they fall."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from regulars.journeys.channels import CHANNELS
from regulars.journeys.events import kind_of
from regulars.simulate.beginning import natural
from regulars.simulate.load_script import names_of
from regulars.simulate.scenario import Told, What, Word
from regulars.simulate.shop import Shop

Row = dict[str, Any]
_ALWAYS = ("Order Completed", "Checkout Started", "Order Cancelled", "Order Refunded", "Product Viewed")
_TEAS = ("Sencha", "Gyokuro", "Oolong", "Hojicha")


@dataclass(frozen=True, slots=True)
class Repertoire:
    """`starts`: what begins each journey that an event begins; `names`: what any journey hears; `keys`: by event,
    the properties that tell runs apart."""

    starts: tuple[What, ...]
    names: tuple[str, ...]
    keys: dict[str, tuple[str, ...]]
    of_shop: frozenset[str]

    @staticmethod
    def of(shop: Shop) -> Repertoire:
        plays = shop.shown.plays.values()
        begun = [natural(shop, play)[0].happens for play in plays]
        known = sorted({*_ALWAYS, *shop.shown.heard, *(play.journey.start.event for play in plays)})
        names = tuple(name for name in known if _can_be_told(name))
        starts = sorted((play.journey.start.event, play.journey.start.key or "") for play in plays)
        keys = {name: tuple(key for event, key in starts if event == name and key) for name, _ in starts}
        return Repertoire(tuple(lines[0].what for lines in begun if lines), names, keys, names_of(shop).of_shop)

    def start(self, dice: random.Random, number: int) -> What:
        """What begins some journey."""
        what = dice.choice(self.starts) if self.starts else Told(dice.choice(self.names))
        return self._told(dice, what.name, number) if isinstance(what, Told) else what

    def told(self, dice: random.Random, number: int) -> What:
        """Anything that is heard."""
        name = dice.choice(self.names)
        if name in ("Consent Given", "Consent Withdrawn"):
            return Word(dice.choice(CHANNELS), name == "Consent Given")
        return self._told(dice, name, number)

    def order(self, dice: random.Random, order_id: str) -> Told:
        return Told("Order Completed", {"order_id": order_id, "total": _price(dice), "products": [_tea(dice)]})

    def _told(self, dice: random.Random, name: str, number: int) -> Told:
        """As much as such an event must carry; ids of which some come twice."""
        known = kind_of(name).properties or frozenset()
        some = str(dice.choice((number, 1, 2)))
        found: Row = {}
        if "order_id" in known:
            found["order_id"] = f"o{some}"
        if "checkout_id" in known and name != "Order Completed":
            found["checkout_id"] = f"c{some}"
        if "items" in known:
            found |= {"products": [_tea(dice)], "total": _price(dice)}
        if "amount_minor" in known:
            found["amount_minor"] = dice.randrange(1, 9_000)
        if "product_id" in known:
            found |= {"product_id": f"p{some}", "name": dice.choice(_TEAS), "price": _price(dice)}
        if name == "Order Refunded":
            found["total"] = _price(dice)
        for key in self.keys.get(name, ()):
            found.setdefault(key, f"k{some}")
        return Told(name, found, name in self.of_shop)


def _can_be_told(name: str) -> bool:
    """By a sender, not by a vendor or by ourselves."""
    kind = kind_of(name)
    return kind.about is None and not kind.written


def _price(dice: random.Random) -> str:
    return dice.choice(("0.01", "9.90", "49.00", "120.00"))


def _tea(dice: random.Random) -> Row:
    return {"product_id": "t1", "name": dice.choice(_TEAS), "price": _price(dice), "quantity": dice.randrange(1, 4)}
