"""Are journeys that start each other in a circle refused, at each step that does, and others read?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys.mistakes import Mistake

Mistakes = Callable[[str], tuple[Mistake, ...]]

HOUSE = """\
house: {name: Shop, timezone: Europe/Berlin, locale: de-DE, currency: EUR}
"""


def book(**begins: str) -> str:
    """Journeys of which each starts the named ones."""
    text = HOUSE + "journeys:\n"
    for name, others in begins.items():
        text += f"  {name}:\n    start: {{event: Order Completed, again: never}}\n    steps:\n      - wait: 1 day\n"
        text += "".join(f"      - journey: {other}\n" for other in others.split())
    return text


def test_every_step_of_a_circle_is_named_with_the_way_round(mistakes_in: Callable[[str], tuple[Mistake, ...]]) -> None:
    found = [(one.journey, one.step, one.message) for one in mistakes_in(book(a="b", b="c", c="a d", d=""))]
    says = "a journey that starts itself in a circle never ends"
    assert found == [
        ("a", "journey_1", f"{says}: a → b → c → a"),
        ("b", "journey_1", f"{says}: b → c → a → b"),
        ("c", "journey_1", f"{says}: c → a → b → c"),
    ]


SENDERS = "postal_address: Ring 1, sms_from: SHOP, email_from: shop@shop.example"
MAILED = HOUSE.replace("}", f", {SENDERS}}}") + "journeys:\n"


def told(name: str, start: str, *steps: str) -> str:
    return f"  {name}:\n    start: {{{start}}}\n    steps: [{', '.join(f'{{{step}}}' for step in steps)}]\n"


@pytest.mark.parametrize("start", ["event: Email Sent, again: always", "event: Email Delivered, key: event.message_id"])
def test_a_journey_that_its_own_mail_starts_again_is_refused(start: str, mistakes_in: Mistakes) -> None:
    (found,) = mistakes_in(MAILED + told("a", start, "email: a/b"))
    assert (found.journey, found.line) == ("a", 3)
    assert found.message.startswith("a journey that starts itself in a circle never ends: a → a; say")


def test_so_are_those_whose_messages_start_each_other(mistakes_in: Mistakes) -> None:
    a = told("a", "event: SMS Delivered, again: always", "journey: b")
    b = told("b", "event: Order Completed, again: never", "email: a/b")
    c = told("c", "event: Email Sent, again: always", "sms: a/c")
    found = [(one.journey, one.message.split(": ")[1].split(";")[0]) for one in mistakes_in(MAILED + a + b + c)]
    assert found == [("a", "a → b → c → a"), ("c", "c → a → b → c")]


@pytest.mark.parametrize(
    "start",
    [
        "event: Email Sent, again: after 7 days",
        "event: Email Delivered, again: never",
        'event: Email Sent, where: event.journey != "a", again: always',
        "event: SMS Delivered, again: always",
        "event: Email Clicked, again: always",
    ],
)
def test_what_ends_or_is_a_readers_doing_is_no_circle(start: str, mistakes_in: Mistakes) -> None:
    assert mistakes_in(MAILED + told("a", start, "email: a/b")) == ()


def test_two_ways_to_one_journey_are_no_circle(mistakes_in: Callable[[str], tuple[Mistake, ...]]) -> None:
    assert mistakes_in(book(a="b c", b="d", c="d", d="")) == ()


def test_a_journey_with_a_key_cannot_be_started_by_a_step(mistakes_in: Callable[[str], tuple[Mistake, ...]]) -> None:
    text = book(a="b", b="").replace(
        "  b:\n    start: {event: Order Completed, again: never}",
        "  b:\n    start: {event: Checkout Started, key: event.checkout_id}",
    )
    (found,) = mistakes_in(text)
    assert (found.journey, found.message) == (
        "a",
        "'b' cannot be started by a step: it runs once for each event.checkout_id, and a step has none",
    )
