"""How does a message come to its end? A scene for each kind of answer about it."""

from __future__ import annotations

from provoked_walks import finished
from scenes import scene
from why_shop import CART, HOUR, Shop

from regulars.store.messages import MessageState
from regulars.why.answer import Why
from regulars.why.kinds import Kind


@scene(Kind.claimed)
def claimed(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.claims(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.on_the_wire)
def on_the_wire(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.wires(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.in_doubt)
def in_doubt(shop: Shop) -> Why:
    shop.open(CART).meet()
    claim = shop.wires(shop.enter(), "reminder")
    shop.comes_to(claim, MessageState.unknown, resolve_by=shop.now + HOUR)
    return shop.why("cart")


@scene(Kind.sent)
def sent(shop: Shop) -> Why:
    return finished(shop)


@scene(Kind.delivered)
def delivered(shop: Shop) -> Why:
    return _told(shop, "delivered")


@scene(Kind.opened)
def opened(shop: Shop) -> Why:
    return _told(shop, "opened")


@scene(Kind.clicked)
def clicked(shop: Shop) -> Why:
    return _told(shop, "clicked")


@scene(Kind.not_delivered)
def not_delivered(shop: Shop) -> Why:
    return _told(shop, "bounced", reason="550 no such mailbox")


@scene(Kind.rejected)
def rejected(shop: Shop) -> Why:
    shop.open(CART).meet()
    claim = shop.wires(shop.enter(), "reminder")
    shop.comes_to(claim, MessageState.rejected, code="400", reason="the address is malformed")
    return shop.why("cart")


@scene(Kind.broken)
def broken(shop: Shop) -> Why:
    shop.open(CART).meet()
    claim = shop.claims(shop.enter(), "reminder")
    shop.comes_to(claim, MessageState.failed, None, reason="no template cart/reminder")
    return shop.why("cart")


@scene(Kind.given_up)
def given_up(shop: Shop) -> Why:
    shop.open(CART).meet()
    walk = shop.enter()
    shop.wires(walk, "reminder")
    shop.now += HOUR
    shop.settles(walk, "reminder")
    return shop.why("cart")


@scene(Kind.out_of_journey)
def out_of_journey(shop: Shop) -> Why:
    shop.open(CART.replace("steps:", "goal: {event: Order Completed, within: 7 days}, steps:")).meet()
    walk = shop.enter()
    shop.tell("Tom", "Order Completed")
    shop.asks(walk, "reminder")
    return shop.why("cart")


def _told(shop: Shop, kind: str, **more: str) -> Why:
    """A mail went, and the vendor told something of it an hour later."""
    shop.open(CART).meet()
    claim = shop.sends(shop.enter(), "reminder")
    shop.now += HOUR
    shop.reports(kind, claim, **more)  # type: ignore[arg-type]
    return shop.why("cart")
