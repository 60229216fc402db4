"""Which scenes are there, and which journeys do they play in? One scene for each kind of answer."""

from __future__ import annotations

from collections.abc import Callable

from why_shop import CART, Shop

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
