"""How does a walk come to turn as it does? A scene for each kind of answer about it."""

from __future__ import annotations

from scenes import CLUB, FORKED, SETTLING, TEXT, WELCOME, scene
from why_shop import CART, DAY, HOUR, MINUTE, Shop

from regulars.walks.lots import lot_of
from regulars.why.answer import Why
from regulars.why.kinds import Kind


@scene(Kind.branch)
def branch(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "branch", "if_1")
    return shop.why("forked")


@scene(Kind.way)
def way(shop: Shop) -> Why:
    shop.open(FORKED)
    drawn = next(name for n in range(99) if lot_of(shop.meet(name := f"Tom{n}"), "forked", "split_1") < 5_000)
    shop.turns(shop.enter(name=drawn), "split", "split_1")
    return shop.why("forked", drawn)


@scene(Kind.heard)
def heard(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    walk = shop.enter()
    shop.tell("Tom", "Email Clicked")
    shop.turns(walk, "look", "wait_for_1")
    return shop.why("forked")


@scene(Kind.not_heard)
def not_heard(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "look", "wait_for_1")
    return shop.why("forked")


@scene(Kind.wait_until)
def wait_until(shop: Shop) -> Why:
    shop.open(FORKED).meet(traits={"renewal": "2026-03-20"})
    shop.turns(shop.enter(), "when", "wait_until_1")
    return shop.why("forked")


@scene(Kind.no_date)
def no_date(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "when", "wait_until_1")
    return shop.why("forked")


@scene(Kind.done)
def done(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "change", "tag_1")
    return shop.why("forked")


@scene(Kind.webhook)
def webhook(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.called(shop.enter(), "webhook_1", 200)
    return shop.why("forked")


@scene(Kind.happened)
def happened(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.enter()
    shop.tell("Tom", "Order Completed", total_minor=1900)
    return shop.why("forked")


@scene(Kind.goal)
def goal(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    walk = shop.enter()
    shop.now += HOUR
    shop.tell("Tom", "Order Completed", total_minor=9900)
    shop.closes(walk, "goal", "Order Completed")
    return shop.why("forked")


@scene(Kind.left)
def left(shop: Shop) -> Why:
    shop.open(WELCOME).meet()
    shop.order("Tom")
    walk = shop.begin()
    bought = shop.events("Order Completed")[-1]["properties"]["order_id"]
    shop.now += HOUR
    shop.tell("Tom", "Order Cancelled", order_id=bought)
    shop.closes(walk, "left", "Order Cancelled")
    return shop.why("welcome")


@scene(Kind.left_by_rule)
def left_by_rule(shop: Shop) -> Why:
    shop.open(CLUB).meet()
    walk = shop.enter()
    shop.order("Tom")
    shop.now += DAY
    shop.asks(walk, "hello")
    shop.closes(walk, "left", "while does not hold")
    return shop.why("club")


@scene(Kind.before_it_began)
def before_it_began(shop: Shop) -> Why:
    shop.open(SETTLING).meet()
    shop.tell("Tom", "Checkout Started", checkout_id="c7")
    shop.now += 10 * MINUTE
    shop.tell("Tom", "Order Completed")
    return shop.why("cart")


@scene(Kind.finished)
def finished(shop: Shop) -> Why:
    shop.open(CART).meet()
    walk = shop.enter()
    shop.sends(walk, "reminder")
    shop.closes(walk, "finished")
    return shop.why("cart")


@scene(Kind.under_way)
def under_way(shop: Shop) -> Why:
    shop.open(TEXT).meet(phone="+4915123456789")
    shop.now += 5 * HOUR
    shop.asks(shop.enter(), "last_call")
    return shop.why("cart")
