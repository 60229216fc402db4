"""How does somebody come to be let in, or not? A scene for each kind of answer about it."""

from __future__ import annotations

from scenes import BIRTHDAY, CLUB, HELD_OUT, NAME_DAY, RELEASE, SALE, SEGMENT, SETTLING, WELCOME, scene
from why_shop import CART, DAY, HOUR, HOUSE, MINUTE, Shop

from regulars.why.answer import Why
from regulars.why.kinds import Kind


@scene(Kind.entered)
def entered(shop: Shop) -> Why:
    shop.open(WELCOME).meet()
    shop.order("Tom")
    return shop.why("welcome")


@scene(Kind.settling)
def settling(shop: Shop) -> Why:
    shop.open(SETTLING).meet()
    shop.tell("Tom", "Checkout Started", checkout_id="c7")
    return shop.why("cart")


@scene(Kind.settles_anew)
def settles_anew(shop: Shop) -> Why:
    shop.open(SETTLING).meet()
    shop.tell("Tom", "Checkout Started", checkout_id="c7")
    shop.now += 20 * MINUTE
    shop.tell("Tom", "Checkout Started", checkout_id="c7")
    return shop.why("cart")


@scene(Kind.held_out_by_journey)
def held_out_by_journey(shop: Shop) -> Why:
    shop.open(HELD_OUT).meet()
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.held_out_by_house)
def held_out_by_house(shop: Shop) -> Why:
    shop.open(CART, HOUSE + "  holdout: 99.99%\n").meet()
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.no_event)
def no_event(shop: Shop) -> Why:
    shop.open(CART).meet()
    return shop.why("cart")


@scene(Kind.another_customer)
def another_customer(shop: Shop) -> Why:
    shop.open(CART).meet(phone="+4915123456789")
    shop.meet("Ana", phone="+4915123456789")
    shop.tell("Ana", "Checkout Started")
    return shop.why("cart")


@scene(Kind.told_of_customer)
def told_of_customer(shop: Shop) -> Why:
    shop.open(RELEASE).meet()
    shop.tell("Tom", "Product Released")
    return shop.why("release")


@scene(Kind.history)
def history(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.late("Tom", "Checkout Started", shop.now - 30 * DAY)
    return shop.why("cart")


@scene(Kind.where_false)
def where_false(shop: Shop) -> Why:
    shop.open(WELCOME).meet()
    shop.order("Tom", shop.now - 300 * DAY)
    shop.order("Tom")
    return shop.why("welcome")


@scene(Kind.while_false)
def while_false(shop: Shop) -> Why:
    shop.open(CLUB).meet()
    shop.order("Tom")
    shop.tell("Tom", "Checkout Started")
    return shop.why("club")


@scene(Kind.no_key)
def no_key(shop: Shop) -> Why:
    shop.open(SETTLING).meet()
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.key_used)
def key_used(shop: Shop) -> Why:
    shop.open(SETTLING).meet()
    shop.meet("Ana")
    shop.enter(name="Ana", checkout_id="c7")
    shop.now += HOUR
    shop.tell("Tom", "Checkout Started", checkout_id="c7")
    return shop.why("cart")


@scene(Kind.entered_before)
def entered_before(shop: Shop) -> Why:
    shop.open(CART.replace("again: always", "again: never")).meet()
    shop.closes(shop.enter(), "finished")
    shop.now += DAY
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.too_soon)
def too_soon(shop: Shop) -> Why:
    shop.open(CART.replace("again: always", "again: after 7 days")).meet()
    shop.closes(shop.enter(), "finished")
    shop.now += DAY
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.inside_already)
def inside_already(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.enter()
    shop.now += HOUR
    shop.tell("Tom", "Checkout Started")
    return shop.why("cart")


@scene(Kind.not_in_segment)
def not_in_segment(shop: Shop) -> Why:
    shop.open(RELEASE).meet()
    shop.order("Tom")
    shop.event_of_shop("Product Released")
    return shop.why("release")


@scene(Kind.in_segment_before)
def in_segment_before(shop: Shop) -> Why:
    shop.meet()
    for days in (3, 2, 1):
        shop.order("Tom", shop.now - days * DAY)
    shop.tick()
    shop.open(SEGMENT)
    return shop.why("winback")


@scene(Kind.not_known_then)
def not_known_then(shop: Shop) -> Why:
    shop.open(RELEASE)
    shop.event_of_shop("Product Released")
    shop.now += DAY
    shop.meet()
    return shop.why("release")


@scene(Kind.date_missing)
def date_missing(shop: Shop) -> Why:
    shop.open(BIRTHDAY).meet()
    return shop.why("birthday")


@scene(Kind.date_passed)
def date_passed(shop: Shop) -> Why:
    shop.open(NAME_DAY).meet(traits={"renewal": "2026-01-15"})
    shop.tick()
    return shop.why("day")


@scene(Kind.time_ahead)
def time_ahead(shop: Shop) -> Why:
    shop.open(BIRTHDAY).meet(traits={"birthday": "1990-04-11"})
    return shop.why("birthday")


@scene(Kind.time_passed)
def time_passed(shop: Shop) -> Why:
    shop.open(SALE).meet()
    return shop.why("sale")


@scene(Kind.journey_off)
def journey_off(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.switch("cart", "off")
    shop.tell("Tom", "Checkout Started")
    shop.switch("cart", "on")
    return shop.why("cart")


@scene(Kind.retired)
def retired(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.now += DAY
    shop.open(WELCOME)
    return shop.why("cart")


@scene(Kind.not_live)
def not_live(shop: Shop) -> Why:
    shop.meet()
    shop.tell("Tom", "Checkout Started")
    shop.now += DAY
    shop.open(CART)
    return shop.why("cart")


@scene(Kind.no_record)
def no_record(shop: Shop) -> Why:
    where_false(shop)
    shop.forget_starts()
    return shop.why("welcome")
