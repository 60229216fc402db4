"""What do Mei and Tom do? Their ten days, the same in every play: whom the demo's page follows by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

from regulars.demo.people import MEI, TOM, Shopper
from regulars.demo.story import Story, Told
from regulars.demo.wares import WARES, Line
from regulars.engine import calendar

_SHANGHAI, _BERLIN = "Asia/Shanghai", "Europe/Berlin"
_TEA = {ware.sku: ware for ware in WARES}


def story_of(shopper: Shopper, draw: Random, opening: datetime, until: datetime, pen: Callable[[], int]) -> list[Told]:
    """Everything that one of the two does from the opening on; nothing of it is late or comes twice."""
    story = Story(shopper, draw, until, pen, whole=True)
    {MEI.number: _mei, TOM.number: _tom}[shopper.number](story, opening)
    return [told for told in story.told if told.at < until]


def _mei(story: Story, opening: datetime) -> None:
    """Leaves a cart alone in the afternoon, is reminded, and buys on another device: under a checkout of its own. That
    is in the daytime too, and so are the texts that follow from it."""
    soon, after_noon = opening + timedelta(hours=1), time(14)
    hour = calendar.local(soon, _SHANGHAI).to_stdlib().hour
    begun = soon if after_noon.hour <= hour < 20 else _next(soon, after_noon, _SHANGHAI)
    story.sign_up(begun - timedelta(minutes=40))
    story.browse(begun, (Line(_TEA["LONGJING-50"], 1), Line(_TEA["GAIWAN-120"], 1)))
    bought = begun + timedelta(hours=44)
    order = story.order(bought, story.browse(bought - timedelta(minutes=15), (Line(_TEA["LONGJING-50"], 2),)))
    story.ship(order)


def _tom(story: Story, opening: datetime) -> None:
    """Leaves a cart alone in the evening, so that his text falls due in the quiet hours of Germany; and next morning,
    before they are over, he wants no more texts."""
    evening = _next(opening + timedelta(hours=2), time(20, 20), _BERLIN)
    story.sign_up(evening - timedelta(hours=1, minutes=30))
    cart = story.browse(evening, (Line(_TEA["KEEMUN-100"], 1), Line(_TEA["CUP-TWO"], 1)))
    story.no_more_texts(_next(evening + timedelta(days=2, hours=6), time(8, 25), _BERLIN))
    story.ship(story.order(_next(evening + timedelta(days=3), time(18, 30), _BERLIN), cart))


def _next(after: datetime, clock: time, zone: str) -> datetime:
    """The first instant after another at which the clocks of `zone` show that hour."""
    here = calendar.local(after, zone).to_stdlib()
    found = here.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return found if found > here else found + timedelta(days=1)
