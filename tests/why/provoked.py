"""How is each kind of answer come by? A scene for each, played in the shop by what really decides."""

from __future__ import annotations

from collections.abc import Callable

from why_shop import CART, DAY, HOUR, HOUSE, MINUTE, Shop

from regulars.store.messages import MessageState
from regulars.why.answer import Why
from regulars.why.kinds import Kind

Scene = Callable[[Shop], Why]
SCENES: dict[Kind, Scene] = {}
WELCOME = """\
  welcome:
    start: {event: Order Completed, where: customer.orders == 1, again: never}
    goal: {event: Order Completed, where: event.order_id != start.order_id, within: 30 days}
    leave: [{event: Order Cancelled, where: event.order_id == start.order_id}]
    steps: [{email: welcome/hello}, {wait: 2 days}]
"""
SETTLING = """\
  cart:
    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes}
    goal: {event: Order Completed, within: 7 days}
    steps: [{email: cart/reminder}]
"""
HELD_OUT = CART.replace("start:", "holdout: 99.99%, goal: {event: Order Completed, within: 7 days}, start:")
SEGMENT = "  winback: {start: {enters: vip, again: never}, steps: [{email: winback/hello}]}\n"
RELEASE = "  release: {start: {event: Product Released, to: vip, again: always}, steps: [{email: release/look}]}\n"
BIRTHDAY = (
    '  birthday: {start: {date: customer.traits.birthday, every: year, at: "09:00"}, steps: [{email: b/wishes}]}\n'
)
NAME_DAY = '  day: {start: {date: customer.traits.renewal, at: "09:00"}, steps: [{email: day/wishes}]}\n'
LETTER = '  letter: {start: {schedule: {every: day, at: "08:00"}, to: vip}, steps: [{email: letter/news}]}\n'
SALE = '  sale: {start: {broadcast: "2026-02-01T10:00", to: vip}, steps: [{email: sale/news}]}\n'
TEXT = "  cart: {start: {event: Checkout Started, again: always}, steps: [{sms: cart/last_call}]}\n"
CLUB = """\
  club:
    start: {event: Checkout Started, again: always}
    while: customer.orders == 0
    steps: [{wait: 1 day}, {email: club/hello}]
"""
FORKED = """\
  forked:
    start: {event: Checkout Started, again: always}
    goal: {event: Order Completed, where: event.total_minor > 5000, within: 7 days}
    steps:
      - split:
          letters: {share: 50%, steps: [{email: forked/one}]}
          nothing: {share: 50%, steps: [{wait: 1 day}]}
      - if: customer.phone
        then: [{sms: forked/text}]
      - wait_for: {event: Email Clicked, within: 1 day}
        otherwise: [{email: forked/two}]
      - wait_until: {date: customer.traits.renewal}
        otherwise: [{tag: no date}]
      - wait_until: "10:00"
      - webhook: https://erp.example/told
"""


def scene(kind: Kind) -> Callable[[Scene], Scene]:
    def keep(play: Scene) -> Scene:
        SCENES[kind] = play
        return play

    return keep


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


@scene(Kind.branch)
def branch(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "branch", "if_1")
    return shop.why("forked")


@scene(Kind.way)
def way(shop: Shop) -> Why:
    shop.open(FORKED).meet()
    shop.turns(shop.enter(), "split", "split_1")
    return shop.why("forked")


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
