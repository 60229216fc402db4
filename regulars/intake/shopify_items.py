"""What is in the cart? The line items of a Shopify checkout or order, as templates and as the books want them."""

from __future__ import annotations

from typing import Any

from regulars.intake.arrival import OrderLine
from regulars.intake.shopify_part import Part


def order_lines(purchase: Part, currency: str) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            product_id=item.id("product_id"),
            variant_id=item.id("variant_id"),
            sku=item.text("sku"),
            title=item.text("title") or item.text("name") or "",
            quantity=item.pieces("quantity"),
            price_minor=item.money("price", currency),
        )
        for item in purchase.parts("line_items")
    )


def item_properties(purchase: Part, lines: tuple[OrderLine, ...]) -> dict[str, Any]:
    """`items`, `item_count` (pieces, not lines) and `first_item` (its title) for an event's properties."""
    items = [
        {
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "sku": line.sku,
            "title": line.title,
            "quantity": line.quantity,
            "price_minor": line.price_minor,
            "image_url": item.text("image_url"),
        }
        for line, item in zip(lines, purchase.parts("line_items"), strict=True)
    ]
    return {
        "items": items,
        "item_count": sum(line.quantity for line in lines),
        "first_item": lines[0].title if lines else None,
    }
