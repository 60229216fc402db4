"""Which walks does an event concern? Goals and leavings, in whatever state the enrollment is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from intake_shop import DAY, HOUR, MINUTE, START, Shop, completed, order, person

from regulars.intake.arrival import Arrival, Happened
from regulars.store.enrollments import Enrollment
from regulars.store.messages import Message
from regulars.store.statements import add


def bought(shop: Shop, number: int, after: timedelta, name: str = "mei", **more: Any) -> Arrival:
    facts = order(str(number), START + after, **more)
    return shop.arrival(completed(facts), person=person(name), order=facts)


def cancelled(shop: Shop, number: int, after: timedelta) -> Arrival:
    return shop.arrival(Happened("Order Cancelled", START + after, {"order_id": str(number)}), person=person())


@pytest.fixture
def early(shop: Shop) -> Shop:
    shop.now = START
    return shop


def test_a_goal_closes_who_has_not_begun_and_costs_no_workflow(early: Shop) -> None:
    early.take(bought(early, 1, HOUR))
    early.take(bought(early, 2, 2 * HOUR))
    row = early.one(Enrollment)
    assert (row["state"], row["outcome"], row["reason"]) == ("closed", "goal", "before it began")
    assert row["goal_at"] == START  # told ahead of its time: not later than its delivery
    assert early.outbox() == {}


def test_a_goal_is_marked_on_who_walks_and_the_walk_is_hinted(early: Shop) -> None:
    early.take(bought(early, 1, timedelta()))
    early.walk(early.one(Enrollment))
    early.now += DAY
    early.take(bought(early, 2, DAY))
    row = early.one(Enrollment)
    assert (row["state"], row["goal_at"]) == ("walking", START + DAY)
    assert early.outbox() == {("start", "first_order"): 1, ("hint", "first_order"): 1}
    assert early.verdicts("first_order", "goal") == ["reached"]


def test_a_goal_is_counted_after_the_walk_ended_while_its_time_lasts(early: Shop) -> None:
    early.take(bought(early, 1, timedelta()), bought(early, 11, timedelta(), "lin"))
    with early.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'closed', outcome = 'finished'")
    early.now += 31 * DAY
    early.take(bought(early, 2, 29 * DAY), bought(early, 3, 31 * DAY, "lin"))
    assert {row["goal_at"] for row in early.rows(Enrollment)} == {START + 29 * DAY, None}
    assert {row["outcome"] for row in early.rows(Enrollment)} == {"finished"}
    assert ("hint", "first_order") not in early.outbox()


def test_the_earliest_goal_stands_whichever_came_first(early: Shop) -> None:
    early.take(bought(early, 1, timedelta()))
    early.walk(early.one(Enrollment))
    early.now += 9 * DAY
    early.take(bought(early, 2, 5 * DAY))
    early.take(bought(early, 3, 3 * DAY))
    assert early.one(Enrollment)["goal_at"] == START + 3 * DAY


def test_a_goal_that_came_in_before_its_start_is_counted(early: Shop) -> None:
    early.now = START + HOUR
    facts = order("1", START + 10 * MINUTE, checkout_id="7")
    early.take(early.arrival(completed(facts), person=person(), order=facts))
    early.take(early.arrival(Happened("Checkout Started", START, {"checkout_id": "7"}), person=person()))
    states = {row["journey"]: (row["state"], row["outcome"]) for row in early.rows(Enrollment, key="7")}
    assert states == {"cart": ("closed", "goal"), "every_cart": ("closed", "goal")}
    assert early.outbox() == {("start", "first_order"): 1}


def test_a_keyed_walk_hears_what_comes_under_anothers_e_mail(early: Shop) -> None:
    early.take(early.arrival(Happened("Checkout Started", START, {"checkout_id": "7"}), person=person("mei")))
    early.take(bought(early, 1, MINUTE, "lin", checkout_id="7"))
    (row,) = early.rows(Enrollment, journey="every_cart")
    assert row["outcome"] == "goal"
    assert {one["journey"]: one["state"] for one in early.rows(Enrollment, key="7")}["cart"] == "closed"


def test_the_same_came_in_the_other_way_round(early: Shop) -> None:
    early.now = START + HOUR
    early.take(bought(early, 1, MINUTE, "lin", checkout_id="7"))
    early.take(early.arrival(Happened("Checkout Started", START, {"checkout_id": "7"}), person=person("mei")))
    assert early.one(Enrollment, journey="every_cart")["outcome"] == "goal"


def test_a_keyed_walk_is_judged_on_the_one_who_walks(early: Shop) -> None:
    """A walk whose journey is no longer on is still heard for, under another's e-mail too."""
    early.take(early.arrival(Happened("Checkout Started", START, {"checkout_id": "7"}), person=person("mei")))
    with early.database.write() as connection:
        connection.exec_driver_sql("UPDATE live_journey SET retired = true")
        connection.exec_driver_sql("UPDATE live SET revision = revision + 1")
    early.take(bought(early, 1, MINUTE, "lin", checkout_id="7"))
    assert early.one(Enrollment, journey="every_cart")["outcome"] == "goal"


def test_leaving_closes_who_has_not_begun_and_hints_who_walks(early: Shop) -> None:
    early.take(bought(early, 1, timedelta()))
    early.walk(early.one(Enrollment))
    early.now += DAY
    early.take(cancelled(early, 2, DAY))
    assert early.one(Enrollment)["leaving"] is None
    early.take(cancelled(early, 1, DAY))
    assert early.one(Enrollment)["leaving"] == "Order Cancelled"
    assert early.verdicts("first_order", "leave") == ["leaves", "stays"]
    assert early.outbox()["hint", "first_order"] == 2


def test_what_happened_before_the_start_moves_nobody_however_late_it_comes(early: Shop) -> None:
    early.take(bought(early, 1, timedelta()))
    early.walk(early.one(Enrollment))
    early.take(cancelled(early, 1, -HOUR), bought(early, 2, -HOUR))
    row = early.one(Enrollment)
    assert (row["leaving"], row["goal_at"]) == (None, None)


def test_a_leave_of_a_message_hears_of_that_message_alone(early: Shop) -> None:
    early.take(early.arrival(Happened("Customer Created", START, {}), person=person()))
    row = early.one(Enrollment)
    early.walk(row)
    with early.database.write() as connection:
        add(connection, Message, [message(row, "m1", "hello"), message(row, "m2", "again")])
    early.report(clicked("m2"))
    assert early.one(Enrollment)["leaving"] is None
    early.report(clicked("m1"))
    assert early.one(Enrollment)["leaving"] == "Email Clicked"


def test_a_condition_may_ask_about_the_past_and_about_messages_sent(early: Shop) -> None:
    early.take(early.arrival(Happened("Customer Created", START, {}), person=person()))
    row = early.one(Enrollment)
    early.walk(row)
    with early.database.write() as connection:
        add(connection, Message, [{**message(row, "m1", "hello"), "state": "held"}])
    updated = Happened("Customer Updated", START, {})
    early.take(early.arrival(updated, person=person()), early.arrival(updated, person=person()))
    assert early.one(Enrollment)["leaving"] is None
    with early.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'accepted'")
    early.take(early.arrival(updated, person=person()))
    assert early.one(Enrollment)["leaving"] == "Customer Updated"


def test_of_two_events_that_come_together_each_is_judged_as_if_it_came_alone(early: Shop) -> None:
    """`count(...) >= 2` does not hold for the first of two."""
    early.take(early.arrival(Happened("Customer Created", START, {}), person=person()))
    row = early.one(Enrollment)
    early.walk(row)
    with early.database.write() as connection:
        add(connection, Message, [message(row, "m1", "hello")])
    updated = Happened("Customer Updated", START, {})
    early.take(early.arrival(updated, person=person()), early.arrival(updated, person=person()))
    assert early.verdicts("mail", "leave") == ["leaves", "stays"]


def test_a_goal_that_lets_stay_is_counted_and_closes_nobody(early: Shop) -> None:
    early.take(early.arrival(Happened("Order Shipped", START, {"order_id": "1"}), person=person()))
    early.take(early.arrival(Happened("Product Reviewed", START, {}), person=person()))
    row = early.one(Enrollment)
    assert (row["state"], row["goal_at"]) == ("due", START)


def message(enrollment: dict[str, Any], identifier: str, step: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "send_key": f"{enrollment['id']}/{step}/1",
        "enrollment_id": enrollment["id"],
        "customer_id": enrollment["customer_id"],
        "journey": enrollment["journey"],
        "version": enrollment["version"],
        "step": step,
        "visit": 1,
        "channel": "email",
        "purpose": "marketing",
        "priority": 1,
        "state": "accepted",
        "address": "mei@example.com",
        "template": f"mail/{step}",
        "due_at": START,
        "ready_at": START,
        "dispatched_at": START,
    }


def clicked(identifier: str) -> Any:
    from regulars.delivery.receipt import Receipt

    return Receipt("sendgrid", f"click {identifier}", "clicked", "email", None, message_id=identifier)
