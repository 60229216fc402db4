"""Are journeys that start each other in a circle refused, at each step that does, and others read?"""

from __future__ import annotations

from collections.abc import Callable

from regulars.journeys.mistakes import Mistake

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
