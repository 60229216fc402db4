"""Does a box say what the marketer wrote, of every kind of step, start and way out?"""

from __future__ import annotations

import pytest

from regulars.draw.chart import Chart, chart_of
from regulars.journeys.load import read_book
from regulars.journeys.model import STEP_KINDS
from regulars.journeys.play import Play

HOUSE = """
house:
  {name: Leaf, timezone: America/New_York, locale: en-US, currency: USD, postal_address: 1 Hill Road,
  website: "https://leaf.example", email_from: Leaf <hello@leaf.example>, sms_from: "+14155550100",
  whatsapp_from: "+14155550101"}
journeys:
  other: {start: {event: Order Completed, again: never}, steps: [{email: a/other}]}
  drawn:
"""
SEGMENTS = "segments: {vip: {where: customer.orders >= 3}}"
START = "    start: {event: Order Completed, again: never}\n"
STEPS = "    steps: [{email: a/hello}]\n"


def drawn(text: str) -> Chart:
    return chart_of(Play(read_book(HOUSE + text, "journeys.yaml", segments=SEGMENTS).journeys["drawn"]))


CASES: dict[str, tuple[str, ...]] = {
    "{email: a/hello}": ("email", "a/hello"),
    "{email: a/how-are-you}": ("email", "a/how-are-you"),
    "{email: a/hello, id: first, purpose: service, topic: tips, valid_for: 2 hours, if: customer.phone}": (
        *("email", "a/hello", "id: first", "if: customer.phone", "purpose: service", "topic: tips"),
        "valid_for: 2 hours",
    ),
    "{sms: a/hello}": ("sms", "a/hello"),
    "{whatsapp: a/hello}": ("whatsapp", "a/hello"),
    "{wait: 2 weeks}": ("wait", "2 weeks"),
    "{wait: 1 day, id: pause, if: customer.phone}": ("wait", "1 day", "id: pause", "if: customer.phone"),
    '{wait_until: "10:00"}': ("wait_until", "at: 10:00"),
    '{wait_until: {at: "18:30", days: [monday, friday]}}': ("wait_until", "at: 18:30", "days: monday, friday"),
    '{wait_until: {best_hour: email, at: "10:00"}}': ("wait_until", "best_hour: email", "at: 10:00"),
    '{wait_until: {date: "2027-12-24", minus: 3 days, at: "10:00"}}': (
        *("wait_until", "date: '2027-12-24'", "minus: 3 days", "at: 10:00", "or leaves, once it has passed"),
    ),
    "{wait_until: {date: customer.traits.day, plus: 1 week}, otherwise: [{tag: x}]}": (
        *("wait_until", "date: customer.traits.day", "plus: 1 week"),
    ),
    "{wait_for: {event: Product Reviewed, where: event.rating > 3, within: 14 days}, id: review}": (
        *("wait_for", "event: Product Reviewed", "where: event.rating > 3", "within: 14 days", "id: review"),
    ),
    "{wait_for: {enters: vip, within: 1 day}}": ("wait_for", "enters: vip", "within: 1 day"),
    "{if: customer.orders > 1, then: [{tag: x}]}": ("if", "customer.orders > 1"),
    "{split: {a: {share: 12.5%}, b: {share: 87.5%, steps: [{tag: x}]}}}": ("split",),
    "{leave: no date, if: customer.phone}": ("leave", "no date", "if: customer.phone"),
    "{tag: [regular, at risk]}": ("tag", "regular, at risk"),
    "{untag: newcomer}": ("untag", "newcomer"),
    '{set: {traits.regular: true, first_name: "{{ event.order_number }}", traits.colour: green}}': (
        *("set", "traits.regular: true", "first_name: {{ event.order_number }}", 'traits.colour: "green"'),
    ),
    "{repeat: {times: 3, every: 7 days, until: customer.phone}, steps: [{email: a/again}]}": (
        *("repeat", "times: 3", "every: 7 days", "until: customer.phone"),
    ),
    "{journey: other}": ("journey", "other"),
    '{webhook: "https://erp.example/secret", valid_for: 2 hours, id: tell_erp}': (
        *("webhook", "tell_erp", "valid_for: 2 hours"),
    ),
}


@pytest.mark.parametrize("step", CASES)
def test_a_step_says_what_is_written(step: str) -> None:
    box = drawn(f"{START}    steps: [{step}, {{email: a/last}}]\n").boxes[1]
    assert (box.word, *box.texts) == CASES[step]


def test_every_kind_of_step_is_among_them() -> None:
    assert {said[0] for said in CASES.values()} == set(STEP_KINDS)


STARTS: dict[str, tuple[str, ...]] = {
    "{event: Order Completed, where: customer.orders == 1, again: never}": (
        *("event: Order Completed", "where: customer.orders == 1", "again: never"),
    ),
    "{event: Checkout Started, key: event.checkout_id, settle: 45 minutes, again: after 7 days}": (
        *("event: Checkout Started", "key: event.checkout_id", "settle: 45 minutes", "again: after 7 days"),
    ),
    "{event: Order Completed, again: always}": ("event: Order Completed",),
    "{event: Product Released, to: vip, again: always}": ("event: Product Released", "to: vip"),
    "{enters: vip, again: never}": ("enters: vip", "again: never"),
    "{leaves: vip, again: never}": ("leaves: vip", "again: never"),
    '{date: customer.traits.birthday, every: year, minus: 3 days, at: "10:00"}': (
        *("date: customer.traits.birthday", "every: year", "minus: 3 days", "at: 10:00"),
    ),
    "{date: customer.last_order_at, plus: 25 days}": ("date: customer.last_order_at", "plus: 25 days"),
    '{schedule: {at: "10:00", days: [monday]}, to: vip, again: after 20 days}': (
        *("schedule: 10:00", "days: monday", "to: vip", "again: after 20 days"),
    ),
    '{schedule: {at: "10:00", day: 1}, to: everyone}': ("schedule: 10:00", "day: 1", "to: everyone"),
    '{broadcast: "2027-03-01 10:00", to: everyone}': ("broadcast: 2027-03-01 10:00", "to: everyone", "again: never"),
}


@pytest.mark.parametrize("start", STARTS)
def test_a_start_says_what_is_written(start: str) -> None:
    box = drawn(f"    start: {start}\n{STEPS}").boxes[0]
    assert (box.word, *box.texts) == ("start", *STARTS[start])


RULES: dict[str, list[tuple[str, ...]]] = {
    "goal: {enters: vip, within: 90 days, stay: true}": [("goal", "enters: vip", "within: 90 days", "stay: true")],
    "goal: {event: Order Completed, where: event.total_minor > 5, within: 2 days}": [
        ("goal", "event: Order Completed", "where: event.total_minor > 5", "within: 2 days")
    ],
    "leave: [{event: Order Cancelled, where: event.order_id == start.order_id}, {event: Email Opened, of: hello}]": [
        ("leave", "event: Order Cancelled", "where: event.order_id == start.order_id"),
        ("leave", "event: Email Opened", "of: hello"),
    ],
    'while: customer.country != "CH"': [("while", 'customer.country != "CH"')],
    "holdout: 12.5%\n    goal: {event: Order Completed, within: 2 days}": [
        ("goal", "event: Order Completed", "within: 2 days"),
        ("holdout", "12.5%"),
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_is_written(rule: str) -> None:
    assert [(box.word, *box.texts) for box in drawn(f"{START}    {rule}\n{STEPS}").rules] == RULES[rule]


def test_whom_a_segment_let_in_stays_while_that_holds() -> None:
    rules = drawn(f"    start: {{leaves: vip, again: never}}\n{STEPS}").rules
    assert [(box.word, *box.texts) for box in rules] == [("while", 'not in_segment("vip")')]
