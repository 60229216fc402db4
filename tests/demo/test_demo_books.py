"""Can the books tell a shop that keeps its promises from one that does not?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.demo import books, ledger
from regulars.demo.books import Books, Result, compare, p95
from regulars.demo.ledger import JourneyNumbers, Tail
from regulars.ids import new_id
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, Outbox
from regulars.store.events import Event
from regulars.store.journeys import JourneyVersion, LiveJourney
from regulars.store.messages import Message
from regulars.store.orders import Order
from regulars.store.statements import add
from regulars.walks.entry import BEFORE_IT_BEGAN

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CALM = Tail(in_doubt=0, unbegun=0, asleep=0, overdue=0)
HOUR = timedelta(hours=1)


class Shop:
    """Rows of one customer, written as they are needed."""

    def __init__(self, database: Database) -> None:
        self.database, self.customer = database, new_id()
        times = {"asserted_at": NOW, "created_at": NOW}
        self.add(Customer, id=self.customer, tags=[], orders=0, spent_minor=0, **times)
        self.add(LiveJourney, journey="welcome", version="v1", state="on")
        graph = {"first": "hello"}
        self.add(
            JourneyVersion, journey="welcome", version="v1", definition={}, graph=graph, templates="", created_at=NOW
        )

    def add(self, model: Any, **values: Any) -> None:
        with self.database.write() as connection:
            add(connection, model, [values])

    def event(self, received_at: datetime) -> str:
        name = new_id()
        times = {"occurred_at": NOW - 99 * HOUR, "received_at": received_at}
        self.add(Event, id=name, name="Order Completed", customer_id=self.customer, source="t", properties={}, **times)
        return name

    def enrollment(self, state: str, due_at: datetime = NOW - HOUR, **more: Any) -> str:
        name = new_id()
        key = {"key": name, "customer_id": self.customer, "version": "v1", "journey": "welcome", "visit": 0}
        self.add(Enrollment, id=name, party_id=name, state=state, due_at=due_at, entered_at=due_at, **key | more)
        return name

    def message(self, enrollment: str, state: str, ready_at: datetime = NOW - HOUR, **more: Any) -> str:
        name = new_id()
        whose = {"enrollment_id": enrollment, "customer_id": self.customer, "journey": "welcome", "version": "v1"}
        what = {"step": "hello", "visit": 1, "channel": "email", "purpose": "marketing", "priority": 1, "attempts": 0}
        what |= {"template": "welcome/hello", "send_key": name, "due_at": ready_at, "ready_at": ready_at}
        self.add(Message, id=name, state=state, **whose | what | more)
        return name


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_a_journeys_numbers_count_everybody_once(shop: Shop) -> None:
    shop.enrollment("due")
    walking = shop.enrollment("walking")
    shop.enrollment("closed", outcome="goal", reason="Order Completed")
    shop.enrollment("closed", outcome="finished")
    shop.enrollment("closed", outcome="left", reason="Order Cancelled")
    shop.enrollment("closed", outcome="left", reason="Order Cancelled")
    shop.enrollment("closed", outcome="held_out", reason="holdout")
    shop.enrollment("closed", outcome="goal", reason=BEFORE_IT_BEGAN)
    shop.enrollment("closed", outcome="left", reason=BEFORE_IT_BEGAN)
    shop.message(walking, "accepted", accepted_at=NOW)
    shop.message(walking, "accepted", accepted_at=NOW, channel="sms")
    shop.message(walking, "skipped", reason="stale")
    shop.message(walking, "held")
    with shop.database.read() as connection:
        numbers = ledger.journeys(connection)["welcome"]
    assert numbers.told() == {
        "entered": 6,
        "active": 2,
        "held_out": 1,
        "sent": {"email": 1, "sms": 1, "whatsapp": 0},
        "goals": 1,
        "finished": 1,
        "left": {"Order Cancelled": 2},
        "skipped": {"stale": 1},
    }
    assert numbers.adds_up


def test_a_live_journey_that_nobody_entered_is_shown_too(shop: Shop) -> None:
    with shop.database.read() as connection:
        assert ledger.journeys(connection) == {"welcome": JourneyNumbers()}


@pytest.mark.parametrize("state", ["claimed", "dispatching", "unknown"])
def test_a_message_in_doubt_is_in_the_tail_unless_it_became_ready_later(shop: Shop, state: str) -> None:
    walk = shop.enrollment("walking")
    shop.message(walk, state, NOW - HOUR)
    shop.message(walk, state, NOW + HOUR)
    assert tail(shop) == Tail(1, 0, 0, 0)


def test_walks_that_did_not_begin_or_go_on_and_rows_that_lie_about_are_in_the_tail(shop: Shop) -> None:
    shop.enrollment("due", NOW - HOUR)
    shop.enrollment("due", NOW + HOUR)
    shop.enrollment("walking", wake_at=NOW - HOUR)
    shop.enrollment("walking", wake_at=NOW + HOUR)
    shop.enrollment("closed", wake_at=None)
    for due in (NOW - HOUR, NOW + HOUR):
        shop.add(Outbox, id=new_id(), kind="hint", party_id="p", enrollment_id="e", due_at=due, attempts=0)
    assert tail(shop) == Tail(in_doubt=0, unbegun=1, asleep=1, overdue=1)
    assert not tail(shop).settled


def tail(shop: Shop) -> Tail:
    with shop.database.read() as connection:
        return ledger.tail(connection, NOW)


def test_an_order_that_was_taken_and_not_kept_is_missed(shop: Shop) -> None:
    money = {"currency": "USD", "total_minor": 1, "refunded_minor": 0, "status": "paid", "test": False}
    shop.add(Order, id=new_id(), source="shopify", external_id="1", placed_at=NOW, updated_at=NOW, **money)
    with shop.database.read() as connection:
        assert ledger.missing_orders(connection, {"1"}) == 0
        assert ledger.missing_orders(connection, {"1", "2"}) == 1


def test_a_walks_first_message_is_late_from_when_the_walk_was_due(shop: Shop) -> None:
    prompt = shop.event(received_at=NOW - 3 * HOUR)
    walk = shop.enrollment("walking", NOW - 2 * HOUR, start_event_id=prompt)
    shop.message(walk, "accepted", NOW - HOUR, accepted_at=NOW)
    assert late(shop) == [7200.0]


def test_a_webhook_that_came_late_is_no_delay_of_ours(shop: Shop) -> None:
    tardy = shop.event(received_at=NOW - timedelta(minutes=90))
    walk = shop.enrollment("walking", NOW - 2 * HOUR, start_event_id=tardy)
    shop.message(walk, "accepted", NOW - HOUR, accepted_at=NOW)
    assert late(shop) == [5400.0]


def test_a_walk_that_begins_by_waiting_is_not_late_for_having_waited(shop: Shop) -> None:
    walk = shop.enrollment("walking", NOW - 24 * HOUR, start_event_id=shop.event(NOW - 24 * HOUR))
    shop.message(walk, "accepted", NOW - HOUR, accepted_at=NOW, step="after_the_wait")
    assert late(shop) == [3600.0]


def test_later_messages_and_held_ones_are_late_from_when_they_were_free_to_go(shop: Shop) -> None:
    walk = shop.enrollment("walking", NOW - 9 * HOUR, start_event_id=shop.event(NOW - 9 * HOUR))
    held = {"due_at": NOW - 8 * HOUR, "accepted_at": NOW - HOUR}
    shop.message(walk, "accepted", NOW - 2 * HOUR, **held)
    shop.message(walk, "accepted", NOW - timedelta(minutes=30), accepted_at=NOW)
    shop.message(walk, "held", NOW - 5 * HOUR)
    assert sorted(late(shop)) == [1800.0, 3600.0]


def late(shop: Shop) -> list[float]:
    with shop.database.read() as connection:
        return ledger.lateness(connection)


def test_books_balance_where_the_vendor_has_exactly_what_the_ledger_says() -> None:
    states = {"a": "accepted", "b": "accepted", "c": "skipped", "d": "given_up", "e": "held"}
    assert compare(states, {"a": 1, "b": 1}, CALM, 0) == Books(0, 0, 0)
    assert Books(0, 0, 0).balance


@pytest.mark.parametrize(
    ("states", "vendor", "tail", "missing", "expected"),
    [
        ({"a": "accepted"}, {"a": 2}, CALM, 0, Books(1, 0, 0)),
        ({"a": "accepted"}, {}, CALM, 0, Books(0, 1, 0)),
        ({"a": "given_up"}, {"a": 1}, CALM, 0, Books(1, 0, 0)),
        ({"a": "rejected"}, {"a": 1}, CALM, 0, Books(1, 0, 0)),
        ({"a": "failed"}, {"a": 1}, CALM, 0, Books(1, 0, 0)),
        ({"a": "skipped"}, {"a": 1}, CALM, 0, Books(1, 0, 0)),
        ({}, {}, CALM, 3, Books(0, 3, 0)),
        ({}, {}, Tail(2, 0, 0, 0), 0, Books(0, 0, 2)),
        ({}, {}, Tail(0, 1, 2, 4), 0, Books(0, 7, 0)),
    ],
)
def test_what_does_not_match_is_on_the_right_side(
    states: dict[str, str], vendor: dict[str, int], tail: Tail, missing: int, expected: Books
) -> None:
    assert compare(states, vendor, tail, missing) == expected
    assert not expected.balance


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_ninety_five_of_a_hundred_do_not_exceed_the_percentile(values: list[float]) -> None:
    found = p95(values)
    assert found in values
    assert sum(value <= found for value in values) >= 0.95 * len(values)
    assert sum(value < found for value in values) < 0.95 * len(values)


def test_nothing_sent_has_no_lateness_and_is_no_success() -> None:
    assert p95([]) is None
    assert not result(late=None).good


def result(
    late: float | None = 60.0, books_: Books | None = None, refused: tuple[str, ...] = (), **numbers: Any
) -> Result:
    return Result({"welcome": JourneyNumbers(**numbers)}, books_ or Books(0, 0, 0), late, refused)


def test_a_play_is_good_when_all_balances_and_was_in_time() -> None:
    assert result(entered=3, active=1, goals=1, left={"x": 1}).good
    assert result(late=books.PUNCTUAL).good


@pytest.mark.parametrize(
    "bad",
    [
        result(late=books.PUNCTUAL + 1),
        result(books_=Books(1, 0, 0)),
        result(books_=Books(0, 1, 0)),
        result(books_=Books(0, 0, 1)),
        result(refused=("orders/create: 422",)),
        result(entered=3, active=1, goals=1),
    ],
)
def test_a_play_is_not_good_otherwise(bad: Result) -> None:
    assert not bad.good


def test_the_result_is_told_in_the_agreed_words() -> None:
    told = result(entered=1, active=1).told()
    assert told["books"] == {"duplicates": 0, "lost": 0, "unknown": 0}
    assert told["late_p95_s"] == 60.0
    assert list(told) == ["journeys", "books", "late_p95_s"]
