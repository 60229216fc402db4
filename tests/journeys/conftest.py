"""What do the tests of the language share? A small file that is right, and the words that make it wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from regulars.journeys.load import read_book
from regulars.journeys.mistakes import Mistake, Mistakes

HOUSE = """\
house:
  name: Shop
  timezone: Europe/Berlin
  locale: de-DE
  currency: EUR
  postal_address: Ring 1, Berlin
  email_from: Shop <hello@shop.example>
  sms_from: SHOP
"""
SEGMENTS = """\
segments:
  vip: {title: VIP, where: customer.orders >= 3}
  dormant:
    where: customer.orders > 0 and not did("Order Completed", within="90 days")
"""
JOURNEY = "journeys:\n  first:\n    start: {event: Order Completed, again: never}\n"
STEPS = "    steps:\n      - email: a/b\n      - sms: a/c\n"

TEMPLATES = frozenset(f"a/{name}" for name in ("b", "c", "offer", "text", "hello")) | {"c/b", "b/last", "welcome/care"}

Read = Callable[..., tuple[Mistake, ...]]
Place = Callable[..., str]
ALSO_NO_VALUE = ("<<", "*x is")  # refused for itself, and then it is no word or value for its place either


@pytest.fixture
def mistakes_in() -> Read:
    """All mistakes of a text, and of the segments beside it; none when it makes a book."""

    def read(text: str, segments: str = SEGMENTS) -> tuple[Mistake, ...]:
        learnt = ["Tea Ceremony Booked"]
        try:
            read_book(text, "journeys.yaml", learnt=learnt, templates=lambda _: TEMPLATES, segments=segments)
        except Mistakes as mistakes:
            return mistakes.found
        return ()

    return read


@pytest.fixture
def whole() -> Place:
    """A whole file with `words` in one place: below the house, in a journey, as its start, as its steps, as the value
    of one word of the house; or a `file` in which <house>, <house but WORD> and <journey> stand for what is right."""

    def place(where: str, words: str = "") -> str:
        match where:
            case "house":
                return HOUSE + words + JOURNEY + STEPS
            case "journey":
                return HOUSE + JOURNEY + words + STEPS
            case "start":
                return HOUSE + f"journeys:\n  first:\n    start: {words}\n" + STEPS
            case "steps":
                return HOUSE + JOURNEY + "    steps:\n" + words
            case "file":
                words = words.replace("<house>", HOUSE).replace("<journey>", JOURNEY)
                return re.sub(r"<house but (\w+)>", lambda but: re.sub(rf"  {but[1]}: .*\n", "", HOUSE), words)
            case _:
                return re.sub(rf"  {where}: .*", lambda _: f"  {where}: {words}", HOUSE) + JOURNEY + STEPS

    return place


@pytest.fixture
def alone_in_its_place(mistakes_in: Read, whole: Place) -> Callable[[str, str, str | None, str], None]:
    """Asserts that the one mistake stands where the `«` does, in the journey and step where that is."""

    def check(where: str, words: str, step: str | None, message: str) -> None:
        before, _, after = whole(where, words).partition("«")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        journey = "first" if "\n  first:" in before or after.startswith("first:") else None
        found = mistakes_in(before + after)
        said = [mistake for mistake in found if message in mistake.message]
        assert [(one.line, one.column, one.journey, one.step) for one in said] == [(line, column, journey, step)], found
        assert (len(found) > 1) == any(word in message for word in ALSO_NO_VALUE), found

    return check
