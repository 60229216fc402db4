"""What could a message show? A customer, an event and a shop as they may be, to render a template without anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from regulars.customers.context import shop_names
from regulars.delivery.locales import parts_of
from regulars.journeys.model import House, Journey, Send
from regulars.journeys.names import template_names
from regulars.journeys.questions import QUESTIONS

_NAMES: Final = {"zh": ("雅琪", "王"), "ja": ("美咲", "佐藤"), "ko": ("서연", "김")}
_NOW: Final = datetime(2026, 1, 12, 10, tzinfo=UTC)
_URL: Final = "https://shop.example/products/wuyi-rock-oolong?variant=3"
_ITEMS: Final = [
    {"title": title, "quantity": 2, "price_minor": 2400, "image_url": _URL, "url": _URL, "sku": "WRO-100"}
    for title in ("Wuyi Rock Oolong", "Gaiwan, white", "Tasting box")
]
_EVENT: Final[dict[str, Any]] = {
    "items": _ITEMS,
    "products": _ITEMS,
    "first_item": "Wuyi Rock Oolong",
    "title": "Wuyi Rock Oolong",
    "name": "Wuyi Rock Oolong",
    "currency": "EUR",
    "discount_codes": ["TEA10"],
    "rating": 5,
    "quantity": 2,
    "price": 24,
    "item_count": 3,
    "position": 1,
    "date": "2026-01-12",
    "at": _NOW,
    "sent_at": _NOW,
}
SHORT_LINK: Final = "https://t.shop.example/l/0123456789a"  # as long as those of a shop's own domain


class _Told(Mapping[str, Any]):
    """An event that carries whatever it is asked for."""

    def __getitem__(self, name: str) -> Any:
        if name in _EVENT:
            return _EVENT[name]
        if name.endswith("_minor"):
            return 8000
        if name.endswith("_at"):
            return _NOW
        return _URL if name.endswith("url") else "100042" if name.endswith(("_id", "number")) else "Sample"

    def __iter__(self) -> Iterator[str]:
        return iter(_EVENT)

    def __len__(self) -> int:
        return len(_EVENT)


def context(house: House, journey: Journey, send: Send, locale: str) -> dict[str, Any]:
    """All that the template of a message may name, for a customer of the locale."""
    told = _Told()
    return {
        **dict.fromkeys(template_names(journey, send.id).roots, told),
        "customer": _customer(house, locale),
        "shop": shop_names(house),
        "message": {"id": "m000000000001"},
        "unsubscribe_url": "https://t.shop.example/u/0123456789abcdef0123456789abcdef0123456789abcdef",
        **{question: _nothing(question) for question in QUESTIONS},
    }


def _customer(house: House, locale: str) -> dict[str, Any]:
    first, last = _NAMES.get(parts_of(locale)[0], ("Charlotte", "Andersen"))
    return {
        **{"id": "c000000000001", "first_name": first, "last_name": last, "name": f"{first} {last}"},
        **{"email": "charlotte@mail.example", "phone": "+14155550123", "locale": locale},
        **{"language": parts_of(locale)[0], "country": parts_of(locale)[2] or None, "province": None, "market": None},
        **{"timezone": house.timezone, "created_at": _NOW, "orders": 3, "spent_minor": 24_000},
        **{"currency": house.currency, "last_order_at": _NOW, "tags": ["wholesale"], "traits": _Told()},
    }


def _nothing(question: str) -> Any:
    """Nothing has happened yet."""
    return lambda *args, **words: 0 if question == "count" else False
