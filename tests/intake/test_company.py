"""Can transactions that concern the same people run side by side? Locks are taken in one order by all."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

import pytest
from intake_shop import HOUR, START, Shop, completed, order, person
from sqlalchemy import event

from regulars.delivery.receipt import Receipt
from regulars.ids import LENGTH, new_id
from regulars.intake.accept import Delivery
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.receipts import Report
from regulars.intake.waves import waves
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.orders import Order
from regulars.store.statements import lock_names
from regulars.walks import roll


def arrivals(seed: int) -> list[Arrival]:
    """Orders and checkouts of the same few people, in an order of its own."""
    chance = random.Random(seed)
    told: list[Arrival] = []
    for number in range(6):
        facts = order(f"{seed}-{number}", checkout_id=str(number))
        key = f"{seed}/{number}"
        buyer = person(f"p{number % 3}")
        told.append(Arrival("shopify", key, "t", buyer, (completed(facts),), order=facts, about_order=facts.id))
        begun = Happened("Checkout Started", START + number * HOUR, {"checkout_id": str(number)})
        told.append(Arrival("shopify", f"{key}/c", "t", person(f"p{(number + seed) % 3}"), (begun,)))
    chance.shuffle(told)
    return told


def test_transactions_over_the_same_people_never_wait_in_a_ring(shop: Shop) -> None:
    """Without any second try: a deadlock would be raised."""
    failures: list[Exception] = []

    def work(seed: int) -> None:
        told = arrivals(seed)
        reports = [
            Receipt("v", f"{seed}/{one}", kind, "email", None, address=f"p{one % 3}@example.com")
            for one, kind in enumerate(("complained", "bounced", "restarted", "unsubscribed"))
        ]
        try:
            shop.deliver([Delivery(arrival, shop.now) for arrival in told])
            with shop.database.write() as connection:
                shop.receipts.take(connection, [Report(one, shop.now) for one in reports])
            walks = [row["id"] for row in shop.rows(Enrollment)]
            random.Random(seed).shuffle(walks)
            with shop.database.write() as connection:
                roll.read(connection, shop.shelf.live(connection).house, walks)
        except Exception as error:
            failures.append(error)

    together(work, range(8))
    assert failures == []
    assert len(shop.rows(Customer)) == 3
    assert sorted(row["orders"] for row in shop.rows(Customer)) == [16, 16, 16]
    assert len(shop.rows(Order)) == 48
    assert len(shop.rows(Enrollment, journey="every_cart")) == 6
    assert len(shop.rows(Enrollment, journey="first_order")) == 3


def together(work: Callable[[int], None], seeds: Sequence[int]) -> None:
    threads = [threading.Thread(target=work, args=(seed,)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()


def test_names_that_do_not_exist_are_held_till_the_commit(postgres_database: Database) -> None:
    order_of: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.wait(10)
        with postgres_database.write() as connection:
            lock_names(connection, ["b", "a"])
            order_of.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with postgres_database.write() as connection:
        lock_names(connection, ["a"])
        entered.set()
        thread.join(timeout=0.3)
        order_of.append("first")
    thread.join(timeout=10)
    assert order_of == ["first", "second"]


def test_no_statement_of_the_way_in_reads_a_whole_table(sqlite_database: Database) -> None:
    """Of three tables every row is wanted, and they have as many rows as journeys have versions. A virtual one is a
    list."""
    shop, plans, looking = Shop(sqlite_database), set(), []

    @event.listens_for(sqlite_database.engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, many):
        if not looking and statement.startswith(("SELECT", "UPDATE", "DELETE")):
            first = parameters[0] if many else parameters
            for row in connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", first):
                plans.add((row[3], statement.split("WHERE")[0].split("FROM")[-1].split("SET")[0].strip()))

    for seed in range(3):
        shop.deliver([Delivery(arrival, shop.now) for arrival in arrivals(seed)])
        looking.append("the test itself")
        due = shop.rows(Enrollment, state="due")
        looking.clear()
        for row in due:
            shop.walk(row)
    shop.report(
        Receipt("v", "1", "delivered", "email", None, message_id="m1", address="p1@example.com"),
        Receipt("v", "2", "complained", "email", None, vendor_id="v1", address="p1@example.com"),
        Receipt("v", "3", "restarted", "sms", None, address="+14155550123"),
    )
    scans = {plan for plan, _ in plans if plan.startswith("SCAN") and "CONSTANT" not in plan and "VIRTUAL" not in plan}
    assert {plan.split(" USING")[0] for plan in scans} <= {"SCAN live", "SCAN live_journey", "SCAN journey_version"}
    assert any("enrollment_key_once" in plan for plan, _ in plans)


@pytest.mark.parametrize(
    ("items", "laid"),
    [
        ([], []),
        ([("a", "1"), ("b", "2")], [["a", "b"]]),
        ([("a", "1"), ("b", "1"), ("c", "2")], [["a", "c"], ["b"]]),
        ([("a", "1"), ("b", "12"), ("c", "2"), ("d", "3")], [["a", "d"], ["b"], ["c"]]),
        ([("a", ""), ("b", "")], [["a", "b"]]),
    ],
)
def test_what_touches_the_same_comes_in_its_order(items: list[tuple[str, str]], laid: list[list[str]]) -> None:
    assert waves([(item, touched, False) for item, touched in items]) == laid


def test_what_does_not_care_who_came_first_comes_together_after_what_does() -> None:
    told = [("a", "1", True), ("b", "1", True), ("c", "1", False), ("d", "1", True), ("e", "1", False)]
    assert waves(told) == [["a", "b"], ["c"], ["d"], ["e"]]


def test_ids_made_in_a_burst_are_different_and_in_order() -> None:
    made = [new_id() for _ in range(50_000)]
    assert made == sorted(set(made))
    assert {len(one) for one in made} == {LENGTH}


def test_ids_made_by_several_threads_are_different() -> None:
    made: list[str] = []
    together(lambda _: made.extend([new_id() for _ in range(5_000)]), range(6))
    assert len(set(made)) == 30_000
