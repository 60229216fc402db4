"""Does a value print as its reader writes it?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.journeys.formats import LOCALE
from regulars.journeys.jinja import Names, environment, faults, render

NAMES = Names({"customer": None, "event": None, "shop": None})


def written(source: str, **context: Any) -> str:
    assert faults(source, NAMES) == []
    return render(environment(autoescape=False).from_string(source), context)


MONEY = [
    (1234, "EUR", "en", "€12.34"),
    (1234, "EUR", "de_DE", "12,34\xa0€"),
    (1234, "JPY", "en", "¥1,234"),
    (50_000, "KRW", "en", "₩50,000"),
    (1500, "KWD", "en", "KWD\xa01.500"),
    (9900, "CNY", "zh", "¥99.00"),
    (-250, "USD", "en", "-$2.50"),
    ("1999", "usd", "en", "$19.99"),
]


@pytest.mark.parametrize(("minor", "currency", "locale", "expected"), MONEY)
def test_money_reads_as_the_locale_writes_it(minor: Any, currency: str, locale: str, expected: str) -> None:
    source = "{{ event.total | money(event.currency) }}"
    assert written(source, event={"total": minor, "currency": currency}, **{LOCALE: locale}) == expected


def test_money_without_a_currency_is_in_the_shops() -> None:
    assert written("{{ event.x | money }}", event={"x": 500}, shop={"currency": "GBP"}) == "£5.00"
    for bad in ({"x": 1.5, "c": "EUR"}, {"x": True, "c": "EUR"}, {"x": 5, "c": "EURO"}, {"x": "five", "c": "EUR"}):
        with pytest.raises(ValueError, match=r"money|invalid literal"):
            written("{{ event.x | money(event.c) }}", event=bad)


DATES = [
    ("date", "en", "March 5, 2026"),
    ("date('short')", "de_DE", "05.03.26"),
    ("date('day')", "zh", "3月5日"),
    ("date('weekday')", "en", "Thursday"),
    ("date('month')", "en", "March 2026"),
    ("time", "de_DE", "00:30"),
    ("datetime", "en_GB", "5 Mar 2026, 00:30:00"),
]


@pytest.mark.parametrize(("filter_", "locale", "expected"), DATES)
def test_a_date_is_the_customers_own(filter_: str, locale: str, expected: str) -> None:
    # 23:30 on the fourth in London is half past midnight on the fifth in Berlin.
    at, customer = "2026-03-04T23:30:00+00:00", {"timezone": "Europe/Berlin"}
    context = {"event": {"at": at}, "customer": customer, LOCALE: locale}
    assert written("{{ event.at | " + filter_ + " }}", **context) == expected
    assert written("{{ event.at | " + filter_ + " }}", **{**context, "event": {"at": datetime.fromisoformat(at)}}) == (
        expected
    )


def test_an_unknown_zone_falls_to_the_shops_and_then_to_utc() -> None:
    at = {"at": datetime(2026, 3, 4, 23, 30, tzinfo=UTC), "on": date(2026, 3, 4)}
    source = "{{ event.at | time }} {{ event.on | date('short') }}"
    assert written(source, event=at, customer={"timezone": "Mars/Base"}, shop={"timezone": "Asia/Tokyo"}).startswith(
        "8:30"
    )
    assert written(source, event=at).replace("\u202f", " ") == "11:30 PM 3/4/26"


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_loses_no_digit(minor: int, currency: str) -> None:
    printed = written("{{ event.x | money(event.c) }}", event={"x": minor, "c": currency})
    digits = "".join(letter for letter in printed if letter.isdigit())
    assert int(digits) == abs(minor)


PLAIN = ("upper", "title", "trim", "truncate(20)", "length", "first", "last", "int", "default('x')", "escape")
OF_LISTS = ("length", "first", "last", "default('x')")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_plain_filters_never_fail_on_text_numbers_or_nothing(value: Any) -> None:
    printed = {
        name: written("{{ event.x | " + name + " }}", event={"x": value})
        for name in (OF_LISTS if isinstance(value, list) else PLAIN)
    }
    expected = {"length": str(len(value) if isinstance(value, str | list) else 0)}
    if value is None:
        expected = {**dict.fromkeys(PLAIN, ""), "length": "0", "int": "0", "default('x')": "x"}
    elif isinstance(value, int):
        shown = str(value)
        expected |= {**dict.fromkeys(("upper", "title", "trim", "int", "default('x')", "escape"), shown), "first": ""}
    assert {name: printed[name] for name in expected} == expected


def test_texts_are_cut_between_words() -> None:
    assert written("{{ event.x | truncate(20) }}", event={"x": "Jasmine pearls from Fujian"}) == "Jasmine pearls from…"
    assert written("{{ event.x | truncate(5) }}", event={"x": "茉莉龙珠绿茶"}) == "茉莉龙珠…"
