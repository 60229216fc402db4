"""Is a customer's day told in words that say what happened, and nothing twice?"""

from __future__ import annotations

from typing import Any

import pytest

from regulars.demo.words import decided, happened


def event(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "properties": properties}


def decision(gate: str, verdict: str) -> dict[str, Any]:
    return {"gate": gate, "verdict": verdict}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            event("Checkout Started", first_item="Sencha", item_count=3, currency="EUR", total_minor=4050),
            "Begins a checkout: Sencha and 2 more, €40.50",
        ),
        (event("Checkout Started"), "Begins a checkout: a cart"),
        (
            event("Order Completed", first_item="Sencha", item_count=1, currency="JPY", total_minor=0),
            "Buys: Sencha, ¥0",
        ),
        (event("Consent Withdrawn", channel="sms"), "Wants no more texts"),
        (event("Consent Withdrawn", channel="pigeon"), "Wants no more pigeon"),
        (event("Consent Withdrawn"), "Wants no more messages"),
        (event("Something Else"), "Something Else"),
        (event("Order Paid"), ""),
        (event("Email Delivered"), ""),
    ],
)
def test_an_event_in_words(told: dict[str, Any], words: str) -> None:
    assert happened(told) == words


@pytest.mark.parametrize(
    ("told", "words", "stops"),
    [
        (decision("start", "entered"), "Enters “Welcome”", False),
        (decision("start", "again only after 7 days"), "Not let into “Welcome”: again only after 7 days", True),
        (decision("quiet hours", "later: quiet hours"), "“sms care” is held back: quiet hours", True),
        (decision("consent", "skipped: no consent"), "“sms care” is not sent: no consent", True),
        (decision("wait_for", "heard"), "“sms care”: it has happened", False),
        (decision("wait_for", "otherwise"), "“sms care”: it has not happened", False),
        (decision("if", "then"), "“sms care”: yes", False),
        (decision("if", "else"), "“sms care”: no", False),
        (decision("goal", "reached"), "Reaches the goal of “Welcome”", False),
        (decision("goal", "not this one"), "", False),
        (decision("goal", "goal: Order Completed"), "", False),
        (decision("walk", "goal: Order Completed"), "“Welcome” ends: goal reached (Order Completed)", False),
        (decision("walk", "finished"), "“Welcome” ends: walked to the end", False),
        (decision("split", "short"), "“sms care”, split: short", False),
    ],
)
def test_a_decision_in_words(told: dict[str, Any], words: str, stops: bool) -> None:
    assert decided(told, "Welcome", "sms care") == (words, stops)
