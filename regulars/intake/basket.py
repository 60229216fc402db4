"""What is bought, for how much? Products and sums of a Segment ecommerce event, in minor units and our words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from regulars.intake.arrival import OrderLine
from regulars.intake.money import minor_digits
from regulars.intake.shopify_part import Part

UNSAID = "USD"
"""What amounts are in when no currency is said. https://segment.com/docs/connections/spec/track/#properties"""

_LARGEST = 1e13
_TOTALS = ("total_minor", "total", "revenue", "value")


@dataclass(frozen=True, slots=True)
class Basket:
    """Products and money of one event. `total_minor`: None where nothing was said of it."""

    told: Part
    currency: str
    products: tuple[Part, ...]
    lines: tuple[OrderLine, ...]

    @classmethod
    def of(cls, told: Part) -> Basket:
        """Read `products` (Segment's) or `items` (ours). Raises ValueError, which names the property."""
        said = told.text("currency")
        currency = Part({"currency": (said or UNSAID).upper()}, told.place).currency()
        products = tuple(told.parts("products") or told.parts("items"))
        return cls(told, currency, products, tuple(_line(one, currency) for one in products))

    def amount(self, *names: str) -> int | None:
        """The first of these properties that is said, in minor units; those called `*_minor` are in them already."""
        return _amount(self.told, self.currency, *names)

    @property
    def sum_of_lines(self) -> int | None:
        """What the lines come to, where each has a price."""
        priced = [_amount(one, self.currency, "price_minor", "price") is not None for one in self.products]
        return sum(line.price_minor * line.quantity for line in self.lines) if priced and all(priced) else None

    @property
    def total_minor(self) -> int | None:
        """`total`, else `revenue`, else `value`, else what the lines come to."""
        said = self.amount(*_TOTALS)
        return self.sum_of_lines if said is None else said

    @property
    def properties(self) -> dict[str, Any]:
        """What was sent, and what conditions and templates name."""
        sent = {name: value for name, value in self.told.data.items() if name not in ("products", "items")}
        items = [
            {
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "sku": line.sku,
                "title": line.title,
                "quantity": line.quantity,
                "price_minor": line.price_minor,
                "image_url": product.text("image_url"),
            }
            for line, product in zip(self.lines, self.products, strict=True)
        ]
        return sent | {
            "cart_token": self.told.id("cart_token") or self.told.id("cart_id"),
            "currency": self.currency,
            "total_minor": self.total_minor,
            "items": items,
            "item_count": sum(line.quantity for line in self.lines),
            "first_item": self.lines[0].title if self.lines else None,
        }


def _line(product: Part, currency: str) -> OrderLine:
    return OrderLine(
        product_id=product.id("product_id"),
        variant_id=product.id("variant_id"),
        sku=product.id("sku"),
        title=product.text("title") or product.text("name") or "",
        quantity=1 if product.data.get("quantity") is None else _whole(product, "quantity").pieces("quantity"),
        price_minor=_amount(product, currency, "price_minor", "price") or 0,
    )


def _amount(told: Part, currency: str, *names: str) -> int | None:
    for name in names:
        if told.data.get(name) is None:
            continue
        if name.endswith("_minor"):
            return _whole_money(told, name)
        return Part({name: _rounded(told.data[name], currency)}, told.place).money(name, currency)
    return None


def _rounded(value: Any, currency: str) -> Any:
    """Floats are what clients reckon with (3 * 19.9 is 59.699999999999996): they mean the nearest minor unit."""
    if not isinstance(value, float) or not abs(value) < _LARGEST:
        return value
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-minor_digits(currency))):f}"


def _whole(told: Part, name: str) -> Part:
    """1.0 is 1 to a client that knows only one kind of number."""
    value = told.data[name]
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return Part({name: whole}, told.place)


def _whole_money(told: Part, name: str) -> int:
    value = _whole(told, name).data[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
        raise ValueError(f"{told.place}{name}: expected a whole number of minor units, at least 0")
    return value
