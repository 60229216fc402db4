"""What would let the customer in? The most natural thing that starts a journey, where no script says what happens."""

from __future__ import annotations

from typing import Any

from regulars.journeys.channels import CHANNELS
from regulars.journeys.events import kind_of
from regulars.journeys.happening import OnDate
from regulars.journeys.play import Play
from regulars.journeys.span import Span
from regulars.simulate.scenario import Happens, Script, Told, What, When, Word
from regulars.simulate.shop import Shop

Row = dict[str, Any]
_SOON = Span(1, "minute")
_TEA = {"product_id": "sample", "name": "A sample product", "price": "20.00", "quantity": 1}


def natural(shop: Shop, play: Play) -> tuple[Script, str]:
    """A script in which nothing happens but what starts the journey, and the sentence that says what that is."""
    start = play.journey.start
    if start.on is not None:
        return Script(), f"nothing happens but time: {_time(start.on)}"
    if start.about is not None:
        verb = "enters" if start.event == "Segment Entered" else "leaves"
        return Script(), f"nothing happens but time: it starts when the customer {verb} {start.about[1]}"
    what = _what(shop, play)
    if what is None:
        return Script(), f"nothing happens: nobody can make {start.event} up, so a script must say how it comes about"
    said = f"invented: {start.event}" + (f" of the shop's, to {start.to}" if start.to else "") + ", a minute on"
    return Script((Happens(When(after=_SOON), what),)), said


def _time(on: object) -> str:
    return "the customer's date starts it" if isinstance(on, OnDate) else "its hour starts it"


def _what(shop: Shop, play: Play) -> What | None:
    start = play.journey.start
    kind = kind_of(start.event)
    if kind.about is not None or kind.written:
        return None
    if start.event in ("Consent Given", "Consent Withdrawn"):
        return Word(CHANNELS[0], start.event == "Consent Given")
    return Told(start.event, _properties(shop, play), of_shop=start.to is not None or kind.shops)


def _properties(shop: Shop, play: Play) -> Row:
    """As much as such an event must carry, and the key that the journey wants."""
    start, known = play.journey.start, kind_of(play.journey.start.event).properties or frozenset()
    found: Row = {}
    if "order_id" in known:
        found["order_id"] = "sample-order"
    if "checkout_id" in known and start.event != "Order Completed":
        found["checkout_id"] = "sample-checkout"
    if "recovery_url" in known:
        found["recovery_url"] = f"{(shop.house.website or 'https://shop.example').rstrip('/')}/checkout"
    if "items" in known:
        found |= {"products": [_TEA], "total": "20.00"}
    if "amount_minor" in known:
        found |= {"amount_minor": 2000}
    if "product_id" in known:
        found |= {name: _TEA[name] for name in ("product_id", "name", "price")}
    if start.key is not None:
        found.setdefault(start.key, "sample")
    return found
