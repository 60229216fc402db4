"""What is sold? The teas of the sample shop, and what a customer puts in the cart."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from regulars.demo.people import Shopper


@dataclass(frozen=True, slots=True)
class Ware:
    """`minor`: its price in US cents. `titles`: English, and Chinese for the shop's Chinese pages."""

    number: int
    sku: str
    titles: tuple[str, str]
    minor: int

    def title(self, locale: str) -> str:
        return self.titles[locale.startswith("zh")]

    def price(self, currency: str) -> int:
        """In minor units of `currency`, at the shop's own round rates."""
        return {"USD": self.minor, "EUR": self.minor * 9 // 10, "CNY": self.minor * 7}[currency]


@dataclass(frozen=True, slots=True)
class Line:
    ware: Ware
    quantity: int


Cart = tuple[Line, ...]

WARES = (
    Ware(1, "SENCHA-50", ("Sencha Yabukita, 50 g", "薮北煎茶 50克"), 1450),
    Ware(2, "LONGJING-50", ("Longjing before the rains, 50 g", "明前龙井 50克"), 3200),
    Ware(3, "GENMAI-100", ("Genmaicha, 100 g", "玄米茶 100克"), 1200),
    Ware(4, "TIEGUAN-75", ("Tieguanyin, lightly roasted, 75 g", "清香铁观音 75克"), 2400),
    Ware(5, "KEEMUN-100", ("Keemun Hao Ya, 100 g", "祁门红茶 100克"), 1900),
    Ware(6, "BAIMU-40", ("Bai Mu Dan, 40 g", "白牡丹 40克"), 1750),
    Ware(7, "GYOKURO-30", ("Gyokuro from Yame, 30 g", "八女玉露 30克"), 3600),
    Ware(8, "GAIWAN-120", ("Gaiwan, celadon, 120 ml", "青瓷盖碗 120毫升"), 4200),
    Ware(9, "KYUSU-250", ("Kyusu teapot, red clay, 250 ml", "朱泥横手急须 250毫升"), 6800),
    Ware(10, "CUP-TWO", ("Two cups for guests", "品茗杯 两只"), 2600),
)

RELEASED = Ware(11, "DARJEELING-50", ("Darjeeling first flush, 50 g", "大吉岭春摘 50克"), 3400)
"""Comes onto the shelf during the ten days: nobody has it in a cart before."""
RELEASED_WORDS = (
    "The first pluckings of the year, from two gardens above the clouds: light, floral, with a touch of muscat."
)


def fill(draw: Random) -> Cart:
    """A cart of one to three wares."""
    chosen = draw.sample(WARES, k=draw.choice((1, 1, 2, 2, 3)))
    return tuple(Line(ware, draw.choice((1, 1, 1, 2)) if ware.minor < 4000 else 1) for ware in chosen)


def total(cart: Cart, shopper: Shopper) -> int:
    """Minor units of the shopper's currency."""
    return sum(line.ware.price(shopper.currency) * line.quantity for line in cart)
