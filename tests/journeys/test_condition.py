"""Does a condition fall the quiet way when data is missing, and does it say what it saw?"""

from __future__ import annotations

import json
import timeit
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.journeys.condition import Condition, ConditionError, Judgement, faults
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.questions import Vocabulary

VOCABULARY = Vocabulary(frozenset({"Order Completed"}), frozenset({"welcome"}))
NAMES = at_condition(Scope("Order Completed", {"click": "Email Clicked"}, {"hello": "email"}))
# Three conditions, each of another truth: the third compares what is missing.
TRUTHS = {"customer.orders == 1": True, "customer.orders == 2": False, "customer.phone == '1'": None}
CONTEXT: dict[str, Any] = {
    "customer": {
        "orders": 1,
        "phone": None,
        "first_name": "Mori",
        "tags": ["vip", "tea"],
        "created_at": datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
        "timezone": "Asia/Tokyo",
    },
    "event": {"items": [{"sku": "SENCHA"}], "total_minor": 1250, "order_id": "7"},
    "did": lambda event, within=None: within is not None,
    "count": lambda event, within=None: None,
}


def judged(source: str, context: Mapping[str, Any] = CONTEXT) -> Judgement:
    return Condition.compile(source, NAMES, VOCABULARY).judge(context)


def truth(source: str) -> bool | None:
    judgement = judged(source)
    return None if judgement.unknown else judgement.holds


@pytest.mark.parametrize("left", TRUTHS)
@pytest.mark.parametrize("right", TRUTHS)
def test_and_or_and_not_follow_the_strong_logic_of_three_values(left: str, right: str) -> None:
    one, other = TRUTHS[left], TRUTHS[right]
    both = False if one is False or other is False else None if one is None or other is None else True
    either = True if one or other else None if one is None or other is None else False
    assert truth(f"{left} and {right}") is both
    assert truth(f"{left} or {right}") is either
    assert truth(f"not ({left})") is (None if one is None else not one)
    assert truth(f"({left}) if ({right}) else ({left})") is (None if other is None else one)


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
@pytest.mark.parametrize("missing", ["customer.phone", "customer.last_name", "click.url", "hello.status"])
def test_a_comparison_with_what_is_missing_does_not_hold_and_says_what_was_missing(operator: str, missing: str) -> None:
    for source in (f"{missing} {operator} ['1']", f"'1' {operator} {missing}"):
        for negated in (source, f"not ({source})"):
            judgement = judged(negated)
            assert (judgement.holds, judgement.unknown, judgement.empty) == (False, True, (missing,))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("customer.phone", False),
        ("not customer.phone", True),
        ("customer.first_name", True),
        ("customer.phone is none", True),
        ("customer.phone is defined", False),
        ("customer.last_name is none", True),  # no such key is as empty as nothing in it
        ("customer.first_name is not none", True),
        ("customer.phone and customer.phone == '1'", False),  # the usual guard: known, not unknown
        ("customer.phone|default('1') == '1'", True),
        ("(customer.phone or '1') == '1'", True),
        ("customer.phone|lower == 'none'", None),
        ("customer.phone|length == 0", None),
        ("customer.phone|int < 5", None),
        ("customer.phone is odd", None),
        ("customer.spent_minor / 100 < 5", None),
        ("-customer.spent_minor < 5", None),
        ("customer.phone ~ 'x' == 'Nonex'", None),
        ("customer.orders in [1, customer.spent_minor]", None),
        ("3 < customer.orders < customer.spent_minor", False),  # one link is known to be false
        ("0 < customer.orders < customer.spent_minor", None),
        ("(customer.phone == '1') == true", None),
        ("event.items[0].sku == 'SENCHA'", True),
        ("event.items[1].sku == 'SENCHA'", None),
        ("(event.items|first).sku == 'SENCHA'", True),
        ("event.items|length == 1 and 'vip' in customer.tags", True),
        ("event.total_minor // 100 * 2 + 1 == 25", True),
        ("count('Order Completed') > 0", None),  # no answer is neither yes nor no
        ("not count('Order Completed')", None),
    ],
)
def test_what_is_missing_falls_the_quiet_way(source: str, expected: bool | None) -> None:
    assert truth(source) is expected


def test_what_was_seen_is_on_record_as_json_and_only_what_was_come_to() -> None:
    source = "customer.orders == 1 and did('Order Completed', within='3 days') or customer.spent_minor > 5"
    assert judged(source) == Judgement(True, {"customer.orders": 1, "did('Order Completed', within='3 days')": True})
    everything = "customer.tags and customer.created_at and event.items and customer.phone is none"
    seen = judged(everything).seen
    assert seen == {
        "customer.tags": ["vip", "tea"],
        "customer.created_at": "2026-01-31T23:30:00+00:00",
        "event.items": "a list of 1",
        "customer.phone": None,
    }
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen


def test_a_condition_that_goes_wrong_does_not_hold_and_neither_does_its_opposite() -> None:
    for source in ("customer.orders > 'a'", "not (customer.orders > 'a')", "customer.orders / 0 == 1 or true"):
        judgement = judged(source)
        assert (judgement.holds, judgement.unknown) == (False, True)
        assert judgement.error is not None
        assert judgement.seen == {"customer.orders": 1}


def test_a_question_that_nobody_answers_does_not_hold() -> None:
    judgement = judged("not in_journey('welcome')")
    assert (judgement.holds, judgement.error) == (False, "KeyError: 'in_journey'")


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("customer.created_at < '2026-02-01T00:00:00+00:00'", True),
        ("customer.created_at < '2026-01-31T23:00:00'", False),  # without offset: UTC
        ("customer.created_at >= '2026-02-01'", True),  # a day begins at the customer's midnight: 08:30 in Tokyo
        ("'2026-02-02' > customer.created_at", True),
        ("customer.created_at == '2026-02-01T08:30:00+09:00'", True),
    ],
)
def test_instants_compare_across_zones_and_with_dates_as_written(source: str, holds: bool) -> None:
    assert judged(source).holds is holds


def test_an_instant_does_not_compare_with_a_text_that_is_no_date() -> None:
    assert judged("customer.created_at < 'tomorrow'").error is not None


def test_instants_of_two_zones_compare_as_instants() -> None:
    later = datetime(2026, 2, 1, 8, 31, tzinfo=timezone(timedelta(hours=9)))
    context = {"customer": {**CONTEXT["customer"], "last_order_at": later}}
    assert judged("customer.last_order_at > customer.created_at", context).holds


def test_methods_and_attributes_of_values_are_out_of_reach() -> None:
    for source in ("customer.first_name.upper", "event.items.append", "customer.created_at.year"):
        assert not Condition.compile(source).judge(CONTEXT).holds
    assert judged("event.items").holds  # the items of the order, not a mapping's method


JSON = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)
SOURCES = [
    "customer.orders == 1",
    "customer.orders < customer.spent_minor",
    "not customer.orders > 3 or customer.phone",
    "'a' in customer.tags and customer.orders",
    "customer.orders|int + 1 > customer.phone|length",
    "(customer.orders ~ 'x')|upper == customer.phone",
]


@given(st.sampled_from(SOURCES), st.fixed_dictionaries({}, optional=dict.fromkeys(("orders", "phone", "tags"), JSON)))
def test_no_data_makes_a_judgement_raise_or_its_record_other_than_json(source: str, customer: dict[str, Any]) -> None:
    judgement = judged(source, {"customer": customer})
    json.dumps(judgement.seen, allow_nan=False)
    assert not (judgement.holds and judgement.unknown)


@given(st.text(alphabet="customer.phone()[]{}'\"=<>!|~+-*/% 0123andotris", max_size=40))
def test_no_source_does_worse_than_be_refused(source: str) -> None:
    if found := faults(source, NAMES, VOCABULARY):
        assert all(one.message and one.line == 1 and 1 <= one.column <= len(source) + 1 for one in found), found
    else:
        judgement = judged(source)
        assert not judgement.holds or (judgement.unknown, judgement.error) == (False, None)


@pytest.mark.parametrize("source", ["(" * 500, "not " * 900 + "true", "1+" * 1900 + "1", "a" + ".b" * 1900, "9" * 4500])
def test_a_source_nested_beyond_reason_is_refused(source: str) -> None:
    for names in (NAMES, None):
        with pytest.raises(ConditionError):
            Condition.compile(source, names)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("did()", 1, "did is written did('Order Completed', within='30 days')"),
        ("did(customer.first_name)", 13, "'event' takes a text in quotes"),
        ("did('Order Completed', 'x')", 24, "did is written did("),
        ("did('Order Completed', event='Order Completed')", 24, "'event' is given twice"),
        ("bought(prodct='x')", 8, "bought has no word 'prodct'; did you mean 'product'?"),
        ("bought(category='tea')", 8, "'category' is not available in this version"),
        ("did('Order Completed', since='2026-01-01')", 24, "'since' is not available in this version"),
        ("plan.tier == 'gold'", 1, "'plan' is not available in this version"),
        ("in_segment('vip')", 12, "there is no segment 'vip': none is written, in segments.yaml beside this file"),
        ("customer.created_at|date == 'x'", 21, "'date' is for printing"),
        ("customer.tags[customer.orders]", 14, "expected a number or a word in quotes"),
        ("1 if customer.phone", 1, "expected an 'else'"),
        ("did", 1, "'did' is a question"),
    ],
)
def test_a_source_that_cannot_be_judged_is_refused_in_its_place(source: str, column: int, message: str) -> None:
    (fault,) = faults(source, NAMES, VOCABULARY)
    assert (fault.line, fault.column) == (1, column)
    assert message in fault.message


def test_a_simple_judgement_costs_far_less_than_50_microseconds() -> None:
    condition = Condition.compile("customer.orders == 1 and customer.first_name", NAMES, VOCABULARY)
    turns = 2_000
    best = min(timeit.repeat(lambda: condition.judge(CONTEXT), number=turns, repeat=5)) / turns
    assert best < 50e-6
