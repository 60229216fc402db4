"""Who shops there? Invented customers of a tea shop, in the United States, Germany and China."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Literal

Country = Literal["US", "DE", "CN"]


@dataclass(frozen=True, slots=True)
class Place:
    """A city. `dial`: how its phone numbers begin, E.164 without the last digits."""

    country: Country
    province: str | None
    city: str
    zip: str
    dial: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """One customer. `agrees` and `agrees_texts`: gave consent to e-mails and texts; `phone` is E.164."""

    number: int
    first_name: str
    last_name: str
    email: str
    phone: str | None
    place: Place
    agrees: bool
    agrees_texts: bool

    @property
    def id(self) -> int:
        """The shop's own id of the customer."""
        return 7_300_000_000_000 + self.number

    @property
    def locale(self) -> str:
        return {"US": "en-US", "DE": "de-DE", "CN": "zh-CN"}[self.place.country]

    @property
    def currency(self) -> str:
        return {"US": "USD", "DE": "EUR", "CN": "CNY"}[self.place.country]


# Numbers kept for fiction where a country keeps some: 555-01xx in the United States, and in Germany the ranges that its
# network agency sets aside. China keeps none; these never leave the sandbox.
_PLACES: dict[Country, tuple[Place, ...]] = {
    "US": (
        Place("US", "NY", "New York", "10013", "+121255501"),
        Place("US", "CA", "San Francisco", "94110", "+141555501"),
        Place("US", "TX", "Austin", "78704", "+151255501"),
        Place("US", "WA", "Seattle", "98103", "+120655501"),
        Place("US", "IL", "Chicago", "60614", "+131255501"),
        Place("US", "MA", "Somerville", "02143", "+161755501"),
        Place("US", "FL", "Miami", "33137", "+130555501"),
        Place("US", "CO", "Denver", "80205", "+130355501"),
        Place("US", "HI", "Honolulu", "96816", "+180855501"),
        Place("US", "GA", "Atlanta", "30307", "+140455501"),
    ),
    "DE": (Place("DE", None, "Berlin", "10999", "+4917139200"), Place("DE", None, "Hamburg", "22765", "+49176040690")),
    "CN": (
        Place("CN", "ZJ", "杭州", "310000", "+861380013"),
        Place("CN", "SH", "上海", "200000", "+861390013"),
        Place("CN", "GD", "广州", "510000", "+861370013"),
        Place("CN", "FJ", "厦门", "361000", "+861360013"),
    ),
}
_DIGITS: dict[Country, int] = {"US": 2, "DE": 2, "CN": 4}  # of a phone number after `dial`
_FIRST: dict[Country, tuple[str, ...]] = {
    "US": (
        *("Ada", "Amara", "Ben", "Carmen", "Chloe", "Daniel", "Dolores", "Eli", "Fiona", "Grace", "Hector", "Imani"),
        *("Jamal", "June", "Kai", "Leila", "Marcus", "Nora", "Omar", "Priya", "Ruth", "Sam", "Tessa", "Walt"),
    ),
    "DE": ("Anja", "Bärbel", "Emil", "Frieda", "Jörg", "Käthe", "Lukas", "Marlene", "Özlem", "Silke", "Till", "Zoë"),
    "CN": ("芳", "伟", "秀英", "明", "静", "丽", "强", "婷", "建国", "雪", "子涵", "一诺"),
}
_LAST: dict[Country, tuple[str, ...]] = {
    "US": ("Alvarez", "Brooks", "Chen", "Diaz", "Ellis", "Foster", "Greene", "Hughes", "Iverson", "Johnson", "O'Neill"),
    "DE": ("Albrecht", "Böhm", "Fischer", "Groß", "Kaya", "Krüger", "Müller", "Schäfer", "Weiß"),
    "CN": ("陈", "李", "林", "刘", "王", "吴", "张", "周", "郑"),
}
_LATIN = {
    **{"芳": "fang", "伟": "wei", "秀英": "xiuying", "明": "ming", "静": "jing", "丽": "li", "强": "qiang"},
    **{"婷": "ting", "建国": "jianguo", "雪": "xue", "子涵": "zihan", "一诺": "yinuo"},
    **{"陈": "chen", "李": "lee", "林": "lin", "刘": "liu", "王": "wang", "吴": "wu", "张": "zhang", "周": "zhou"},
    **{"郑": "zheng", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
}
_COUNTRIES: tuple[Country, ...] = ("US", "US", "DE", "US", "CN", "US", "US", "DE", "US", "CN")
# Whom the demo follows. Their numbers are the first; every other customer is who they are without them.
MEI = Shopper(
    number=0,
    first_name="Mei",
    last_name="Lin",
    email="mei.lin@example.com",
    phone="+8613800138000",
    place=Place("CN", "SH", "上海", "200000", "+861380013"),
    agrees=True,
    agrees_texts=True,
)
TOM = Shopper(
    number=1,
    first_name="Tom",
    last_name="Wagner",
    email="tom.wagner@example.net",
    phone="+491729925904",
    place=_PLACES["DE"][0],
    agrees=True,
    agrees_texts=True,
)
FOLLOWED = (MEI, TOM)
_HOSTS = ("example.com", "example.org", "example.net")


def shoppers(count: int, seed: str) -> list[Shopper]:
    """`count` customers, all different; the first n are the same however many there are."""
    crowd = range(len(FOLLOWED), count)
    return [
        *FOLLOWED[:count],
        *(_shopper(number, Random(f"{seed}/person/{number}")) for number in crowd),  # noqa: S311 -- invented
    ]


def _shopper(number: int, draw: Random) -> Shopper:
    country = _COUNTRIES[number % len(_COUNTRIES)]
    rounds, at = divmod(number, len(_COUNTRIES))
    nth = rounds * _COUNTRIES.count(country) + _COUNTRIES[:at].count(country)  # of this country's customers
    line, where = divmod(nth, len(_PLACES[country]))
    place = _PLACES[country][where]
    gives_phone = number % 4 != 1 and line < 10 ** _DIGITS[country]
    first, last = draw.choice(_FIRST[country]), draw.choice(_LAST[country])
    return Shopper(
        number=number,
        first_name=first,
        last_name=last,
        email=f"{_latin(first)}.{_latin(last)}{number + 1}@{draw.choice(_HOSTS)}",
        phone=f"{place.dial}{line:0{_DIGITS[country]}d}" if gives_phone else None,
        place=place,
        agrees=number % 12 != 5,
        agrees_texts=gives_phone and draw.random() < 0.8,
    )


def _latin(name: str) -> str:
    """A name as it stands in an address: Latin letters only."""
    spelt = "".join(_LATIN.get(letter, letter) for letter in _LATIN.get(name, name).lower())
    plain = unicodedata.normalize("NFKD", spelt)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
