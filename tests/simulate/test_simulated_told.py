"""Is what was simulated told in words and as a page, and what is invented where there is no script?"""

from __future__ import annotations

import pytest
from simulated_shop import START, mei, shop_of, walked

from regulars.simulate import words
from regulars.simulate.as_json import as_json
from regulars.simulate.ask import Question, Text, Unanswerable, answer
from regulars.simulate.beginning import natural
from regulars.simulate.page import page
from regulars.simulate.walk import simulate

STEPS = "    steps: [{email: t/one}]\n"


def intro(start: str, segments: str = "  vip: {where: customer.orders >= 3}\n") -> tuple[str, int]:
    """What is said to be invented, and how many messages came of it."""
    shop = shop_of(f"  j:\n    start: {start}\n{STEPS}", segments=segments)
    script, said = natural(shop, shop.play("j"))
    record = simulate(shop, mei(), script, start=START, until=START.replace(month=4), journey="j")
    return said, len(record.sent)


@pytest.mark.parametrize(
    ("start", "said", "messages"),
    [
        ("{event: Order Completed, where: customer.orders == 1, again: never}", "invented: Order Completed", 1),
        ("{event: Checkout Started, key: event.checkout_id, settle: 1 hour}", "invented: Checkout Started", 1),
        ("{event: Product Viewed, key: event.product_id}", "invented: Product Viewed", 1),
        ("{event: Order Refunded, again: always}", "invented: Order Refunded", 1),
        ("{event: Began, again: always}", "invented: Began", 1),
        ("{event: Consent Given, again: always}", "invented: Consent Given", 0),
        ("{event: Product Released, to: vip, again: always}", "invented: Product Released of the shop's, to vip", 0),
        ("{enters: vip, again: never}", "nothing happens but time: it starts when the customer enters vip", 0),
        ('{schedule: {at: "10:00", day: 5}, to: everyone}', "nothing happens but time: its hour starts it", 1),
        ("{date: customer.traits.day, every: year}", "nothing happens but time: the customer's date starts it", 0),
        ("{event: Email Clicked, again: always}", "nobody can make Email Clicked up", 0),
    ],
)
def test_the_most_natural_start_is_made_up_and_said(start: str, said: str, messages: int) -> None:
    told, sent = intro(start)
    assert said in told
    assert sent == messages


def test_the_timeline_reads_in_plain_words() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, again: always}\n    steps: [{sms: t/text}, {wait: 1 day}, {email: t/one}]\n",
        house='  quiet_hours: {sms: "20:00-11:00"}\n',
    )
    record = walked(shop, "[{after: 1 hour, event: Began, properties: {colour: green}}]", days=9)
    assert list(words.lines(record, "as told")) == [
        "j for Mei, from Mon 02 Mar 2026 09:00 (Europe/Berlin)",
        "as told",
        "",
        "Mon 02 Mar 2026",
        "  10:00  Began",
        "         colour = green",
        "  10:00  start: entered",
        "  10:00  text: held back: quiet hours, until Mon 02 Mar 2026 11:00",
        "         zone = Europe/Berlin",
        "         quiet_hours = 20:00-11:00",
        "  11:00  text: sms goes out",
        "         Leaf: hello Mei. Reply STOP to opt out",
        "  11:00  wait_1: wait 1 day, until Tue 03 Mar 2026 11:00",
        "",
        "Tue 03 Mar 2026",
        "  11:00  one: email goes out “Letter one for Mei”",
        "  11:00  the walk is over: finished",
        "",
        "j: finished",
    ]


def test_who_never_entered_is_told_so() -> None:
    record = walked(shop_of(f"  j:\n    start: {{event: Began, again: always}}\n{STEPS}"))
    assert list(words.lines(record))[-1] == "j: never entered"


def test_a_page_shows_each_mail_in_a_frame_and_escapes_what_a_customer_is_called() -> None:
    shop = shop_of(f"  j:\n    start: {{event: Began, again: always}}\n{STEPS}")
    evil = mei(
        base="id: e\nemail: e@example.com\nfirst_name: <script>x</script>\n"
        "consents: [{channel: email, given: '2026-01-01T00:00:00Z'}]\n"
    )
    made = page(walked(shop, "[{after: 1 hour, event: Began}]", customer=evil))
    assert made.count("<iframe sandbox srcdoc=") == 1
    assert "<script>" not in made


def test_no_id_of_ours_is_told() -> None:
    shop = shop_of(
        f"  j:\n    start: {{event: Began, again: always}}\n    goal: {{event: Stirred, within: 9 days}}\n{STEPS}"
    )
    first, again = (as_json(walked(shop, "[{after: 1 hour, event: Began}]")) for _ in range(2))
    assert first == again


def test_a_journey_that_is_not_there_names_the_nearest() -> None:
    shop = shop_of(f"  welcome:\n    start: {{event: Began, again: always}}\n{STEPS}")
    with pytest.raises(Unanswerable, match="did you mean 'welcome'"):
        answer(shop, Question("welcom", Text("id: a\n", "a"), None, None, 3, START))


def test_one_who_walks_on_and_on_is_stopped() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, again: always}\n    steps: [{tag: a}, {tag: b}, {tag: c}, {tag: d}]\n"
    )
    record = walked(shop, "[{after: 1 hour, event: Began}]", most_acts=3)
    assert record.truncated and list(words.lines(record))[-1] == "stopped: it goes on and on"
