"""Is every answer that a condition can have among those that are found by trying values?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.checks.truth import Fact, Said, answers
from regulars.journeys.condition import Condition

NUMBERS = st.integers(-3, 12) | st.floats(-3, 12, allow_nan=False).map(lambda number: round(number, 2))
TEXTS = st.sampled_from(["", "EUR", "EUR ", "USD", "A", "Z"])
PATHS = ["customer.orders", "start.total_minor", "start.tax_minor", "start.currency", "customer.phone"]
OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def compared(operands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda left, how, right: f"{left} {how} {right}", operands, OPERATORS, operands)


NUMERIC = st.sampled_from(PATHS[:3]) | st.integers(-2, 10).map(str)
ATOMS = st.one_of(
    compared(NUMERIC),
    st.builds(lambda how, text: f"start.currency {how} '{text}'", st.sampled_from(["==", "!="]), TEXTS),
    st.sampled_from(["start.currency in ['EUR', 'USD']", "start.currency not in ('EUR',)", "tagged('vip')"]),
    st.sampled_from([*PATHS[3:], "customer.phone is none", "start.currency is defined", "count('Order Paid') > 2"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.builds(lambda one, how, other: f"({one}) {how} ({other})", inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=4,
)
CONTEXTS = st.fixed_dictionaries(
    {
        "orders": st.integers(0, 12),
        "phone": st.none() | st.just("+14155550100"),
        "total": st.none() | NUMBERS,
        "tax": st.none() | NUMBERS,
        "currency": st.none() | TEXTS,
        "tagged": st.booleans(),
        "count": st.integers(0, 5),
    }
)


def context(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer": {"orders": values["orders"], "phone": values["phone"]},
        "start": {"total_minor": values["total"], "tax_minor": values["tax"], "currency": values["currency"]},
        "tagged": lambda tag: values["tagged"],
        "count": lambda event: values["count"],
    }


@given(CONDITIONS, CONDITIONS, CONTEXTS)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_customer_gives_an_answer_that_was_ruled_out(test: str, known: str, values: dict[str, Any]) -> None:
    holds = Condition.compile(test).judge(context(values)).holds
    alone = answers(Said.of(test))
    assert alone is None or holds in alone
    fact = Fact(Said.of(known), Condition.compile(known).judge(context(values)).holds)
    given_that = answers(Said.of(test), [fact])
    assert given_that is None or holds in given_that


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("customer.orders >= 0", {True}),
        ("customer.orders < 0", {False}),
        ("customer.orders > 2 and customer.orders < 4", {True, False}),
        ("customer.orders > 2 and customer.orders < 3", {False}),
        ("event.rating > 2 and event.rating < 3", {True, False}),
        ("event.x == 'a' and event.x != 'a'", {False}),
        ("event.order_id != event.order_id", {False}),
        ("event.order_id != start.order_id", {False}),
        ("customer.last_order_at < '2020-01-01' and customer.last_order_at > '2021-01-01'", {False}),
        ("customer.phone or not customer.phone", {True}),
        ("event.x == 1 or event.x != 1", {True, False}),  # it may be missing, and then neither is known
        ("customer.phone is none and customer.phone", {False}),
        ("tagged('a') and not tagged('a')", {False}),
        ("tagged('a') and not tagged('b')", {True, False}),
        ("did('Order Paid', within='2 days') and not did('Order Paid', within='2 days')", {False}),
        ("1 == 2", {False}),
        ("customer.traits.size == 'L' and customer.traits.size == 'M'", {False}),
    ],
)
def test_a_condition_has_these_answers(source: str, found: set[bool]) -> None:
    assert answers(Said.of(source)) == found


@pytest.mark.parametrize(
    "source",
    [
        "customer.tags | length < 0",
        "'a' in customer.tags",
        "event.x + 1 < 0",
        "customer.tags[0] == 'a'",
        " or ".join(f"event.x{number} == 1" for number in range(20)),
    ],
)
def test_where_values_are_reckoned_with_or_are_too_many_it_is_not_known(source: str) -> None:
    assert answers(Said.of(source)) is None


def test_facts_that_contradict_each_other_say_nothing() -> None:
    facts = [Fact(Said.of("customer.orders > 3")), Fact(Said.of("customer.orders > 3"), holds=False)]
    assert answers(Said.of("customer.orders > 2"), facts) is None


def test_the_event_of_two_conditions_is_not_the_same_one() -> None:
    heard = Said.of("event.total_minor > 5", "paid")
    assert answers(heard, [Fact(Said.of("event.total_minor < 3"))]) == {True, False}
    assert answers(heard, [Fact(Said.of("paid.total_minor < 3"))]) == {False}


def test_a_moment_is_compared_as_when_it_is_judged() -> None:
    names = {"customer": {"created_at": datetime(2026, 1, 1, tzinfo=UTC)}}
    source = "customer.created_at > '2025-01-01'"
    assert Condition.compile(source).judge(names).holds
    assert answers(Said.of(source)) == {True, False}
