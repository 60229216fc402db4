"""Can a journey say all of a WhatsApp message that it can of any other, and is every channel stated whole?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys import values
from regulars.journeys.channels import CHANNELS, TRAITS_OF, is_channel, sender_word
from regulars.journeys.events import STANDARD
from regulars.journeys.graph import PASSES, graph_of
from regulars.journeys.load import read_book
from regulars.journeys.mistakes import Mistake
from regulars.journeys.model import STEP_KINDS, Cap, QuietHours, Send
from regulars.journeys.span import Span

Whole = Callable[..., str]
STEP = """\
      - whatsapp: a/text
        id: nudge
        purpose: service
        topic: care
        valid_for: 6 hours
        if: customer.phone
      - wait_for: {event: WhatsApp Replied, of: nudge, where: event.text == "yes", within: 1 day}
        then: [whatsapp: a/hello]
"""
RULES = """\
  whatsapp_from: "+493012345678"
  quiet_hours: {whatsapp: "21:00-08:00"}
  caps: {whatsapp: 1 per 7 days}
  valid_for: {whatsapp: 12 hours}
  markets:
    US: {whatsapp_from: "+14155550100"}
    CN: {locale: zh-CN}
"""


def test_a_whatsapp_step_is_read_with_all_that_a_message_may_say(whole: Whole) -> None:
    book = read_book(whole("steps", STEP).replace("journeys:", RULES + "journeys:"), "journeys.yaml")
    first = book.journeys["first"]
    assert first.steps[0] == Send(
        *("whatsapp", "nudge", "nudge", "a/text", "service", "care", Span(6, "hour")), condition="customer.phone"
    )
    nodes = graph_of(first).nodes
    assert [(one.kind, one.title) for one in nodes.values() if is_channel(one.kind)] == [
        ("whatsapp", "whatsapp hello"),
        ("whatsapp", "whatsapp nudge"),
    ]
    house = book.house
    assert house.senders["whatsapp"] == "+493012345678"
    assert (house.markets["US"].senders, house.markets["CN"].senders) == ({"whatsapp": "+14155550100"}, {})
    assert house.quiet_hours["whatsapp"] == QuietHours("21:00", "08:00")
    assert (house.caps["whatsapp"], house.valid_for["whatsapp"]) == (Cap(1, Span(7, "day")), Span(12, "hour"))


MISTAKES: dict[str, tuple[str, str, str | None, str]] = {
    "no sender": ("file", "«<house><journey>    steps: [whatsapp: a/b]\n", None, "house needs 'whatsapp_from'"),
    "no number": ("house", "  whatsapp_from: «MORI\n", None, "expected the sender's number like +14155550100"),
    "the vendor's prefix": (
        "house",
        '  whatsapp_from: «"whatsapp:+14155550100"\n',
        None,
        "did you mean '+14155550100'?",
    ),
    "template": ("steps", "      - whatsapp: «a/helo\n", "helo", "did you mean 'a/hello'?"),
    "word": ("steps", "      - whatsapp: a/hello\n        «purpos: service\n", "hello", "did you mean 'purpose'?"),
    "another channel's event": (
        "steps",
        "      - sms: a/text\n      - wait_for: {event: WhatsApp Replied, of: «text, within: 1 day}\n",
        "wait_for_1",
        "WhatsApp Replied is told of 'whatsapp' steps, and 'text' is one of 'sms'",
    ),
    "misspelt": ("steps", "      - «whatsap: a/hello\n", "1", "did you mean 'whatsapp'?"),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found_in_its_place(
    case: tuple[str, str, str | None, str], whole: Whole, mistakes_in: Callable[[str], tuple[Mistake, ...]]
) -> None:
    where, words, step, message = case
    text = whole(where, words)
    text = text if where in ("house", "file") else text.replace("journeys:", RULES + "journeys:", 1)
    before, _, after = text.partition("«")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = mistakes_in(before + after)
    assert [(one.line, one.column, one.step) for one in found if message in one.message] == [(line, column, step)], (
        found
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_its_traits_its_sender_its_step_and_its_events(channel: str) -> None:
    traits = TRAITS_OF[channel]  # type: ignore[index]
    assert channel in values.SENDERS
    assert channel in STEP_KINDS
    assert channel in PASSES
    assert sender_word(channel) == f"{channel}_from"  # type: ignore[arg-type]
    about = {name for name, kind in STANDARD.items() if kind.about == channel}
    assert {f"{traits.title} {word}" for word in ("Sent", "Delivered", "Clicked")} <= about
    assert set(traits.inbound) <= about


def test_only_words_of_the_customers_own_open_the_window() -> None:
    assert TRAITS_OF["whatsapp"].inbound == ("WhatsApp Replied", "WhatsApp Stopped")
    assert [channel for channel, traits in TRAITS_OF.items() if traits.window] == ["whatsapp"]
