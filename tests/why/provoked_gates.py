"""How does a message come to be held back or skipped? A scene for each kind of answer about it."""

from __future__ import annotations

from provoked_walks import finished
from scenes import TEXT, WELCOME, scene
from why_shop import CART, DAY, HOUR, HOUSE, MINUTE, Shop

from regulars.store.messages import MessageState
from regulars.why.answer import Why
from regulars.why.kinds import Kind


@scene(Kind.if_false)
def if_false(shop: Shop) -> Why:
    shop.open(TEXT.replace("cart/last_call", "cart/last_call, if: customer.orders > 0")).meet(phone="+4915123456789")
    shop.asks(shop.enter(), "last_call")
    return shop.why("cart")


@scene(Kind.no_sender)
def no_sender(shop: Shop) -> Why:
    shop.open(TEXT).meet(phone="+4915123456789")
    walk = shop.enter()
    shop.open(CART, HOUSE.replace('  sms_from: "+14155550100"\n', ""))
    shop.asks(walk, "last_call")
    return shop.why("cart")


@scene(Kind.no_address)
def no_address(shop: Shop) -> Why:
    shop.open(TEXT).meet()
    shop.asks(shop.enter(), "last_call")
    return shop.why("cart")


@scene(Kind.no_consent)
def no_consent(shop: Shop) -> Why:
    shop.open(CART).meet(consents="")
    shop.asks(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.consent_withdrawn)
def consent_withdrawn(shop: Shop) -> Why:
    shop.open(CART).meet()
    shop.consent("Tom", "email", False)
    shop.now += HOUR
    shop.asks(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.suppressed)
def suppressed(shop: Shop) -> Why:
    shop.open(CART).meet()
    claim = shop.sends(shop.enter(), "reminder")
    shop.reports("bounced", claim, reason="550 no such mailbox")
    shop.closes(shop.rows_of_tom()[-1], "finished")
    shop.now += 2 * DAY
    shop.asks(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.stale)
def stale(shop: Shop) -> Why:
    shop.open(CART).meet()
    walk = shop.enter()
    shop.brake("email")
    shop.asks(walk, "reminder")
    shop.now += 3 * DAY
    shop.asks(walk, "reminder")
    return shop.why("cart")


@scene(Kind.stopped)
def stopped(shop: Shop) -> Why:
    shop.open(CART).meet()
    walk = shop.enter()
    shop.brake("email")
    shop.asks(walk, "reminder")
    return shop.why("cart")


@scene(Kind.paused)
def paused(shop: Shop) -> Why:
    shop.open(CART).meet()
    walk = shop.enter()
    shop.switch("cart", "paused")
    shop.asks(walk, "reminder")
    return shop.why("cart")


@scene(Kind.cap)
def cap(shop: Shop) -> Why:
    shop.open(CART + WELCOME).meet()
    shop.order("Tom")
    shop.sends(shop.begin(), "hello")
    shop.now += HOUR
    shop.asks(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.another_first)
def another_first(shop: Shop) -> Why:
    high = WELCOME.replace("  welcome:\n", "  welcome:\n    priority: high\n")
    shop.open(CART + high).meet()
    shop.order("Tom")
    first = shop.begin()
    shop.brake("email")
    shop.asks(first, "hello")
    shop.unbrake()
    shop.now += 6 * MINUTE
    shop.asks(shop.enter(), "reminder")
    return shop.why("cart")


@scene(Kind.quiet_hours)
def quiet_hours(shop: Shop) -> Why:
    shop.open(TEXT).meet(phone="+4915123456789")
    shop.now += 5 * HOUR
    shop.asks(shop.enter(), "last_call")
    return shop.why("cart")


@scene(Kind.window_closed)
def window_closed(shop: Shop) -> Why:
    shop.open(TEXT.replace("sms:", "whatsapp:")).meet(consents="whatsapp", phone="+4915123456789")
    claim = shop.claims(shop.enter(), "last_call")
    shop.comes_to(claim, MessageState.skipped, None, reason="outside of the 24-hour window", gate="window")
    return shop.why("cart")


@scene(Kind.consent)
def consent(shop: Shop) -> Why:
    return finished(shop)


@scene(Kind.service)
def service(shop: Shop) -> Why:
    shop.open(CART.replace("cart/reminder", "cart/reminder, purpose: service")).meet(consents="")
    shop.sends(shop.enter(), "reminder")
    return shop.why("cart")
