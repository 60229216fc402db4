"""Is a name known where it can have a value, and nowhere else?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys.events import STANDARD, kind_of
from regulars.journeys.load import read_book
from regulars.journeys.model import Journey
from regulars.journeys.names import RESERVED, Scope, at_condition, at_happening, at_start, scope_at, template_names
from regulars.journeys.questions import QUESTIONS

BRANCHES = """\
    steps:
      - email: a/first
      - wait_for: {event: Email Clicked, of: first, within: 1 day}
        id: click
        then:
          - email: a/heard
        otherwise:
          - email: a/unheard
      - sms: a/last
"""


@pytest.fixture
def journey(whole: Callable[..., str]) -> Journey:
    return read_book(whole("file", "<house><journey>" + BRANCHES), "journeys.yaml").journeys["first"]


def test_a_step_knows_what_was_sent_and_heard_on_its_own_way_alone(journey: Journey) -> None:
    sent = {"first": "email"}
    assert scope_at(journey, "first") == Scope("Order Completed")
    assert scope_at(journey, "click") == Scope("Order Completed", {}, sent)
    assert scope_at(journey, "heard") == Scope("Order Completed", {"click": "Email Clicked"}, sent)
    assert scope_at(journey, "unheard") == Scope("Order Completed", {}, sent)


def test_behind_a_branch_both_of_its_ways_are_known(journey: Journey) -> None:
    scope = scope_at(journey, "last")
    assert scope.sent == {"first": "email", "heard": "email", "unheard": "email"}
    assert scope.heard == {"click": "Email Clicked"}


def test_a_step_that_is_not_there_has_no_scope(journey: Journey) -> None:
    with pytest.raises(KeyError, match="no step 'lost'"):
        scope_at(journey, "lost")


def test_the_event_of_a_happening_is_its_own_and_start_the_one_that_let_in() -> None:
    roots = at_happening(Scope("Checkout Started"), "Order Refunded").roots
    assert roots["event"] == STANDARD["Order Refunded"].properties
    assert roots["start"] == STANDARD["Checkout Started"].properties


def test_before_anyone_is_inside_there_is_no_start() -> None:
    assert set(at_start("Order Completed").roots) == {"customer", "shop", "event"}


def test_an_event_of_the_shops_own_may_carry_anything() -> None:
    assert at_start("Tea Ceremony Booked").roots["event"] is None
    assert at_condition(Scope("Tea Ceremony Booked")).roots["start"] is None


def test_a_template_knows_its_message_and_the_way_out_of_the_list(journey: Journey) -> None:
    names = template_names(journey, "heard")
    assert names.roots["message"] == frozenset({"id"})
    assert names.roots["unsubscribe_url"] == frozenset()
    assert names.roots["click"] == STANDARD["Email Clicked"].properties
    assert names.questions == frozenset(QUESTIONS)
    assert "unsubscribe_url" not in at_condition(scope_at(journey, "heard")).roots


def test_no_step_may_bear_a_name_that_a_template_has(journey: Journey) -> None:
    assert {*template_names(journey, "first").roots, *QUESTIONS} <= RESERVED


def test_every_property_of_a_standard_event_can_be_written_behind_a_dot() -> None:
    for name, kind in STANDARD.items():
        assert all(word.isidentifier() and not word.startswith("_") for word in kind.properties or ()), name
        assert kind.about == (name.split()[0].lower() if name.startswith(("Email ", "SMS ", "WhatsApp ")) else None)


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Checkout Started", "checkout_id cart_token total_minor currency recovery_url items item_count first_item"),
        (
            "Order Completed",
            "order_id order_number checkout_id cart_token total_minor currency items item_count first_item "
            "discount_codes",
        ),
        ("Order Cancelled", "order_id order_number checkout_id total_minor currency items cancel_reason"),
        ("Order Refunded", "order_id refund_id amount_minor currency"),
        ("Order Shipped", "order_id fulfillment_id tracking_number tracking_url tracking_company"),
        ("Order Delivered", "order_id fulfillment_id tracking_number tracking_url tracking_company"),
        ("Consent Withdrawn", "channel"),
        ("Email Clicked", "message_id journey step template url"),
    ],
)
def test_what_intake_tells_of_an_event_can_be_asked_of_it(event: str, properties: str) -> None:
    known = kind_of(event).properties
    assert known is not None
    assert set(properties.split()) <= known
