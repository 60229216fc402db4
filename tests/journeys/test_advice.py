"""Is an event that is not told of everybody advised against wherever something listens for it, and nothing else?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.journeys.advice import advice
from regulars.journeys.load import load_book, read_book

WAYS = {
    "start": ("start", "{event: Email Opened, again: never}"),
    "goal": ("journey", "    goal: {event: Email Opened, within: 1 day}\n"),
    "leave": ("journey", "    leave: [{event: Order Paid}, {event: Email Opened}]\n"),
    "step wait_for_1": (
        "steps",
        "      - if: customer.phone\n        then: [{wait_for: {event: Email Opened, within: 1 day}}]\n",
    ),
}


@pytest.mark.parametrize("place", WAYS)
def test_an_open_is_advised_against_in_its_place(place: str, whole: Callable[..., str]) -> None:
    (said,) = advice(read_book(whole(*WAYS[place]), "journeys.yaml"))
    assert said.startswith(f"journey first, {place}: Email Opened is not known of everybody")
    assert said.endswith("; Email Clicked is surer")


def test_the_journeys_that_ship_need_no_advice() -> None:
    assert list(advice(load_book(Path(__file__).parents[2] / "journeys.yaml"))) == []
