"""Whom would a start let in? The same as production would, and did."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from reach_shop import HOUSE, STEPS, ReachShop
from sqlalchemy import delete
from why_shop import DAY, HOUR, MINUTE

from regulars.reach.gates import entry_of
from regulars.reach.reach import Unanswerable
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.statements import table

STARTS = {
    "where": "{event: Order Completed, where: customer.orders == 2, again: always}",
    "spent": '{event: Order Completed, where: customer.spent_minor > 4000 and bought(within="9 days"), again: always}',
    "never": "{event: Checkout Started, again: never}",
    "after": "{event: Checkout Started, again: after 3 days}",
    "key": "{event: Checkout Started, key: event.checkout_id}",
    "counted": '{event: Checkout Started, again: always, where: \'count("Order Completed", within="5 days") > 1\'}',
}


@pytest.mark.parametrize("name", STARTS)
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kept", [True, False], ids=["walks on record", "no walks on record"])
def test_a_past_replayed_comes_to_what_it_came_to(quick: ReachShop, name: str, seed: int, kept: bool) -> None:
    quick.write(STARTS[name])
    quick.apply(f"  j: {{start: {STARTS[name]}, {STEPS}}}\n", house=HOUSE)
    chance, begun = random.Random(seed), set[str]()
    people = ["Ana", "Ben", "Cem"]
    for one in people:
        quick.meet(one)
    for _ in range(40):
        quick.now += chance.randrange(1, 1000) * MINUTE
        who = chance.choice(people)
        if chance.random() < 0.5:
            quick.order(who)
        else:
            quick.tell(
                who,
                "Checkout Started",
                **({"checkout_id": f"{who}{chance.randrange(4)}"} if chance.random() < 0.9 else {}),
            )
        if chance.random() < 0.1:
            quick.tell(who, "Checkout Started", quick.now - 5 * DAY, checkout_id="old")
        for row in quick.rows(Enrollment, state="due"):
            begun.add(row["id"])
            quick.closes(row, "finished")
    quick.now += HOUR
    came = Counter(str(entry_of(verdict)) for verdict in quick.verdicts("j"))
    if not kept:
        with quick.database.write() as connection:
            for model in (Decision, Outbox, Enrollment):
                connection.execute(delete(table(model)))
    assert begun
    assert Counter(quick.entries(60)) == came


def test_a_cart_that_is_paid_before_it_settles_was_nobody_to_reach_and_one_that_stirs_is_counted_once(
    shop: ReachShop,
) -> None:
    shop.write(
        "{event: Checkout Started, key: event.checkout_id, settle: 45 minutes}",
        more="goal: {event: Order Completed, within: 7 days}, ",
    )
    for one in ("Ana", "Ben", "Cem"):
        shop.meet(one)
        shop.tell(one, "Checkout Started", checkout_id=one)
    shop.now += 20 * MINUTE
    shop.tell("Ben", "Checkout Started", checkout_id="Ben")
    shop.order("Cem")
    shop.now += 30 * MINUTE
    shop.order("Ana")
    assert shop.entries() == {"in": 2, "settled": 1, "before": 1}
    assert shop.listed("before") == {shop.id_of("Cem")}
    assert shop.listed("in") == {shop.id_of("Ana"), shop.id_of("Ben")}


def test_who_is_inside_as_long_as_the_walk_may_last_is_not_let_in_again(quick: ReachShop) -> None:
    steps = "steps: [{wait: 2 days}, {email: a/hello}, {wait_for: {event: Email Clicked, of: hello, within: 1 day}}]"
    quick.write("{event: Checkout Started, again: always}", steps)
    quick.meet("Ana")
    for _ in range(5):
        quick.tell("Ana", "Checkout Started")
        quick.now += DAY
    assert quick.entries() == {"in": 2, "inside": 3}


def test_a_goal_ends_a_walk_and_so_does_a_leave_whose_where_holds(quick: ReachShop) -> None:
    leave = "leave: [{event: Order Cancelled, where: event.order_id == start.checkout_id}], "
    more = f"goal: {{event: Order Paid, within: 30 days}}, {leave}"
    quick.write("{event: Checkout Started, again: always}", "steps: [{wait: 20 days}, {email: a/hello}]", more)
    for number, one in enumerate(("Ana", "Ben", "Cem", "Dan")):
        quick.meet(one)
        quick.tell(one, "Checkout Started", checkout_id="7")
        quick.now += DAY
        ends: list[tuple[str, str]] = [("Order Paid", ""), ("Order Cancelled", "7"), ("Order Cancelled", "8"), ("", "")]
        if ends[number][0]:
            quick.tell(one, ends[number][0], order_id=ends[number][1])
        quick.now += DAY
        quick.tell(one, "Checkout Started", checkout_id="9")
    assert quick.entries() == {"in": 6, "inside": 2}


def test_a_walk_on_record_keeps_out_as_long_as_it_lasted(quick: ReachShop) -> None:
    quick.open(f"  j: {{start: {{event: Checkout Started, again: always}}, {STEPS}}}\n")
    quick.write("{event: Checkout Started, again: always}")
    quick.meet("Ana")
    walk = quick.enter(name="Ana")
    quick.now += DAY
    quick.tell("Ana", "Checkout Started")
    quick.now += DAY
    quick.closes(walk, "finished")
    quick.tell("Ana", "Checkout Started")
    assert quick.entries() == {"in": 2, "inside": 1}
    quick.now += 30 * DAY
    assert quick.entries() == {}, "all of it was before"
    assert quick.entries(40) == {"in": 2, "inside": 1}


def test_what_is_older_than_the_days_asked_for_is_known_and_lets_nobody_in(quick: ReachShop) -> None:
    quick.write("{event: Checkout Started, again: always, where: 'count(\"Checkout Started\") == 2'}")
    quick.meet("Ana")
    quick.tell("Ana", "Checkout Started")
    quick.now += 31 * DAY
    quick.tell("Ana", "Checkout Started")
    assert quick.entries() == {"in": 1}
    assert quick.entries(32) == {"in": 1, "where": 1}


def test_an_order_that_was_taken_back_later_counts_when_it_was_placed(quick: ReachShop) -> None:
    quick.write("{event: Order Completed, where: customer.orders == 1, again: always}")
    for one in ("Ana", "Ben"):
        quick.meet(one)
        quick.order(one)
    quick.now += DAY
    quick.cancel("Ana")
    quick.now += DAY
    quick.order("Ana")
    quick.order("Ben")
    assert quick.entries() == {"in": 3, "where": 1}


@pytest.mark.parametrize(
    ("start", "segments", "who"),
    [
        ("{enters: vip, again: always}", "", {"Ben"}),
        ("{event: Product Released, to: vip, again: always}", "", {"Ben"}),
        ('{schedule: {at: "10:00"}, to: vip}', "", {"Ben"}),
        ('{broadcast: "2027-01-01 10:00", to: vip}', "", {"Ben"}),
        ('{broadcast: "2027-01-01 10:00", to: everyone}', "", {"Ana", "Ben", "Cem"}),
        (
            "{enters: vip, again: always}",
            'segments: {vip: {where: \'did("Checkout Started", within="2 days")\'}}',
            {"Cem"},
        ),
        ("{enters: vip, again: always, where: customer.first_name == 'Ana'}", "", set[str]()),
        ("{event: Product Released, to: vip, again: always, where: event.product_id == 'T1'}", "", {"Ben"}),
    ],
)
def test_of_a_segment_those_are_counted_who_are_in_it_by_the_file_now(
    shop: ReachShop, start: str, segments: str, who: set[str]
) -> None:
    shop.open("  idle: {start: {event: Customer Created}, steps: [wait: 1 day]}\n")
    shop.write(start, segments=segments)
    for one in ("Ana", "Ben", "Cem"):
        shop.meet(one)
    for _ in range(3):
        shop.order("Ben")
    shop.tell("Cem", "Checkout Started", shop.now - DAY)
    shop.tell("Ana", "Checkout Started", shop.now - 3 * DAY)
    shop.tell(None, "Product Released", shop.now - HOUR, product_id="T0")
    shop.tell(None, "Product Released", product_id="T1")
    assert shop.listed("in") == {shop.id_of(one) for one in who}
    found = shop.reach()
    assert (found.kind, found.known) == ("segment", 3)
    assert found.customers == (len(who) or 1)


def test_who_of_a_segment_is_inside_or_entered_before_is_not_let_in(quick: ReachShop) -> None:
    quick.open(f"  j: {{start: {{event: Checkout Started, again: always}}, {STEPS}}}\n")
    quick.write("{event: Product Released, to: everyone, again: after 9 days}")
    for one in ("Ana", "Ben", "Cem"):
        quick.meet(one)
    quick.enter(name="Ana")
    quick.closes(quick.enter(name="Ben"), "finished")
    assert quick.entries() == {"in": 1, "inside": 1, "again": 1}
    quick.now += 10 * DAY
    assert quick.entries() == {"in": 2, "inside": 1}


def test_of_a_date_those_are_counted_whose_day_comes_in_time(shop: ReachShop) -> None:
    shop.write('{date: customer.traits.birthday, every: year, at: "09:00"}')
    for name, day in (("Ana", "1990-03-09"), ("Ben", "04-20"), ("Cem", "nonsense"), ("Dan", "1990-03-02")):
        shop.meet(name, traits={"birthday": day})
    assert shop.listed("in", 30) == {shop.id_of("Ana")}
    assert shop.listed("in", 60) == {shop.id_of("Ana"), shop.id_of("Ben")}
    assert shop.entries(400) == {"in": 4}, "Ana's comes twice"


def test_who_is_held_out_by_lot_is_told_apart(quick: ReachShop) -> None:
    quick.write(
        "{event: Product Released, to: everyone, again: always}",
        more="goal: {event: Order Paid, within: 3 days}, holdout: 50%, ",
    )
    quick.crowd(200)
    found = quick.entries()
    assert found["in"] + found["held-out"] == 200
    assert 60 < found["held-out"] < 140


def test_customers_are_read_page_by_page_and_each_once(shop: ReachShop) -> None:
    shop.write("{event: Product Released, to: everyone, again: always}")
    ids = set(shop.crowd(2_300))
    asked = shop.asked()
    with shop.database.read() as connection:
        found = [person.id for person in asked.people(connection)]
    assert (len(found), set(found)) == (2_300, ids)
    assert found == sorted(found)


def test_nobody_on_record_and_days_out_of_bounds_are_said_so(quick: ReachShop) -> None:
    quick.write("{event: Checkout Started, again: always}")
    with pytest.raises(Unanswerable, match="no customers on record"):
        quick.reach()
    for days in (0, 3661):
        with pytest.raises(Unanswerable, match="from 1 to 3660"):
            quick.asked(days)


def test_who_no_longer_holds_by_while_when_a_cart_has_settled_was_nobody_to_reach(quick: ReachShop) -> None:
    quick.write(
        "{event: Checkout Started, key: event.checkout_id, settle: 1 hour}", more="while: customer.orders == 0, "
    )
    for one in ("Ana", "Ben"):
        quick.meet(one)
        quick.tell(one, "Checkout Started", checkout_id=one)
    quick.now += 20 * MINUTE
    quick.order("Ben")
    quick.now += DAY
    assert quick.entries() == {"in": 1, "before": 1}


def test_who_was_let_in_by_something_else_later_was_not_inside_yet(quick: ReachShop) -> None:
    quick.open(f"  j: {{start: {{event: Order Paid, again: never}}, {STEPS}}}\n")
    quick.write("{event: Checkout Started, again: never}")
    quick.meet("Ana")
    quick.tell("Ana", "Checkout Started")
    quick.now += DAY
    quick.enter("Order Paid", "Ana")
    quick.now += DAY
    quick.tell("Ana", "Checkout Started")
    assert quick.entries() == {"in": 1, "inside": 1}
