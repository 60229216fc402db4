"""Which events does the language know by name, and what does each carry?

Shop events bear the names of Segment's ecommerce specification, version 2; those of customers, consent, fulfilment and
messages are ours. Money is in minor units (`*_minor`) except where a storefront's own event (`PRODUCT`) is passed on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from regulars.journeys.channels import TRAITS_OF, Channel

CART = frozenset({"cart_token", "currency", "first_item", "item_count", "items", "total_minor"})
CHECKOUT = CART | {"checkout_id", "recovery_url"}
ORDER = CART | {"order_id", "order_number", "checkout_id", "discount_codes"}
PARCEL = frozenset({"order_id", "fulfillment_id", "tracking_number", "tracking_url", "tracking_company"})
PRODUCT = frozenset(
    {
        *("product_id", "sku", "category", "name", "brand", "variant", "price", "quantity", "coupon", "currency"),
        *("position", "url", "image_url", "value", "cart_id"),
    }
)
COUPON = frozenset({"order_id", "cart_id", "coupon_id", "coupon_name", "discount", "reason"})
MESSAGE = frozenset({"message_id", "journey", "step", "template"})


@dataclass(frozen=True, slots=True)
class EventKind:
    """What is known of an event by its name.

    `properties`: all that it carries, None when that is not known (an event of the shop's own making).
    `once`: it happens at most once to a customer. `about`: the channel of the message it reports on. `shops`: it is the
    shop's and happens to no customer. `written`: how a journey says it where 'event' is not the word for it.
    """

    properties: frozenset[str] | None
    once: bool = False
    about: Channel | None = None
    shops: bool = False
    written: str | None = None


UNKNOWN = EventKind(None)
_MORE: dict[str, frozenset[str]] = {"Clicked": frozenset({"url"}), "Replied": frozenset({"text"})}


def _of_messages() -> dict[str, EventKind]:
    """Of our own messages, channel by channel: that one went, and what became of it. What a vendor has an own word for
    ("Reported") is not for journeys."""
    return {
        f"{traits.title} {word}": EventKind(MESSAGE | _MORE.get(word, frozenset()), about=channel)
        for channel, traits in TRAITS_OF.items()
        for word in ("Sent", *traits.told.values())
        if word != "Reported"
    }


STANDARD: dict[str, EventKind] = {
    "Customer Created": EventKind(frozenset(), once=True),
    "Customer Updated": EventKind(frozenset()),
    "Consent Given": EventKind(frozenset({"channel"})),
    "Consent Withdrawn": EventKind(frozenset({"channel"})),
    "Segment Entered": EventKind(frozenset({"segment"}), written="'enters: vip'"),
    "Segment Left": EventKind(frozenset({"segment"}), written="'leaves: vip'"),
    "Date Reached": EventKind(frozenset({"date", "journey", "occurrence"}), written="a 'date' below 'start'"),
    "Schedule Due": EventKind(frozenset({"at", "journey"}), written="a 'schedule' below 'start'"),
    "Broadcast Due": EventKind(frozenset({"at", "journey"}), written="a 'broadcast' below 'start'"),
    "Page Viewed": EventKind(None),
    "Screen Viewed": EventKind(None),
    "Products Searched": EventKind(frozenset({"query"})),
    "Product List Viewed": EventKind(frozenset({"list_id", "category", "products"})),
    "Product List Filtered": EventKind(frozenset({"list_id", "category", "filters", "sorts", "products"})),
    "Promotion Viewed": EventKind(frozenset({"promotion_id", "creative", "name", "position"})),
    "Promotion Clicked": EventKind(frozenset({"promotion_id", "creative", "name", "position"})),
    "Product Clicked": EventKind(PRODUCT),
    "Product Viewed": EventKind(PRODUCT),
    "Product Added": EventKind(PRODUCT),
    "Product Removed": EventKind(PRODUCT),
    "Product Shared": EventKind(PRODUCT | {"share_via", "share_message", "recipient"}),
    "Product Released": EventKind(None, shops=True),
    "Product Reviewed": EventKind(frozenset({"product_id", "review_id", "review_body", "rating"})),
    "Product Added to Wishlist": EventKind(PRODUCT | {"wishlist_id", "wishlist_name"}),
    "Product Removed from Wishlist": EventKind(PRODUCT | {"wishlist_id", "wishlist_name"}),
    "Wishlist Product Added to Cart": EventKind(PRODUCT | {"wishlist_id", "wishlist_name"}),
    "Cart Viewed": EventKind(frozenset({"cart_id", "products"})),
    "Cart Shared": EventKind(frozenset({"cart_id", "products", "share_via", "share_message", "recipient"})),
    "Coupon Entered": EventKind(COUPON),
    "Coupon Applied": EventKind(COUPON),
    "Coupon Denied": EventKind(COUPON),
    "Coupon Removed": EventKind(COUPON),
    "Checkout Started": EventKind(CHECKOUT),
    "Checkout Step Viewed": EventKind(frozenset({"checkout_id", "step", "shipping_method", "payment_method"})),
    "Checkout Step Completed": EventKind(frozenset({"checkout_id", "step", "shipping_method", "payment_method"})),
    "Payment Info Entered": EventKind(
        frozenset({"checkout_id", "order_id", "step", "shipping_method", "payment_method"})
    ),
    "Order Completed": EventKind(ORDER),
    "Order Updated": EventKind(ORDER),
    "Order Paid": EventKind(ORDER),
    "Order Cancelled": EventKind(ORDER | {"cancel_reason"}),
    "Order Refunded": EventKind(frozenset({"order_id", "refund_id", "amount_minor", "currency"})),
    "Order Shipped": EventKind(PARCEL),
    "Order Delivered": EventKind(PARCEL),
    **_of_messages(),
}


def kind_of(event: str) -> EventKind:
    """What is known of `event`; of a name learnt from what came in, nothing but the name."""
    return STANDARD.get(event, UNKNOWN)


def known_events(learnt: Collection[str] = ()) -> frozenset[str]:
    """Every name that may stand in a file: the standard ones and those that came in already."""
    return frozenset(STANDARD) | frozenset(learnt)
