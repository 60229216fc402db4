"""Is money exact, and is nonsense refused?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from regulars.intake.money import minor_digits, to_minor

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KRW", "KWD", "TND", "CLF", "HUF", "VND"])


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("19.90", "USD", 1990),
        ("19.9", "EUR", 1990),
        ("0", "USD", 0),
        ("-0.00", "USD", 0),
        ("-5.25", "USD", -525),
        ("1000", "JPY", 1000),
        ("1000.00", "KRW", 1000),
        ("1.5", "KWD", 1500),
        (" 7.10 ", "USD", 710),
        (19.99, "USD", 1999),
        (0.1 + 0.7, "USD", None),
        (1.1, "USD", 110),
        (4.35, "USD", 435),
        (7, "USD", 700),
        (Decimal("7.5"), "USD", 750),
        ("9999999999999.99", "USD", 999999999999999),
    ],
)
def test_amounts_become_minor_units_exactly(amount: str | float | Decimal, currency: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError, match="at most 2 decimals"):
            to_minor(amount, currency)
    else:
        assert to_minor(amount, currency) == minor


@given(st.integers(-(10**13) + 1, 10**13 - 1), CURRENCIES)
def test_every_number_of_minor_units_comes_back_from_its_decimal(minor: int, currency: str) -> None:
    amount = Decimal(minor).scaleb(-minor_digits(currency))
    assert to_minor(format(amount, "f"), currency) == minor
    assert to_minor(amount, currency) == minor


@given(st.text(max_size=12) | st.floats() | st.integers() | st.decimals())
def test_whatever_comes_gives_money_or_a_value_error(amount: str | float | Decimal) -> None:
    try:
        outcome: int | str = to_minor(amount, "USD")
    except ValueError as wrong:
        outcome = str(wrong)
    assert isinstance(outcome, int) or outcome.startswith("expected ")


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "nan",
        "inf",
        "1e3",
        "1_000",
        "1,000.00",
        "$5",
        "٣",
        "--5",
        "1.",
        ".5",
        "1.005",
        "9" * 14,
        "5 USD",
        True,
        float("nan"),
        float("inf"),
        10**13,
        1e13,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
    ],
)
def test_nonsense_is_refused(amount: str | float | Decimal) -> None:
    with pytest.raises(ValueError, match="expected"):
        to_minor(amount, "USD")


def test_a_fraction_of_what_has_no_fractions_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 0 decimals in JPY"):
        to_minor("10.5", "JPY")


@pytest.mark.parametrize(("amount", "minor"), [("1250.50", 1250), ("1251.50", 1252), ("1250.51", 1251), ("-1.9", -2)])
def test_cents_that_fell_out_of_use_are_rounded_away(amount: str, minor: int) -> None:
    assert to_minor(amount, "RSD") == minor


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "IDR", "CLF"])
def test_digits_are_those_that_amounts_are_shown_with(currency: str) -> None:
    assert minor_digits(currency) == get_currency_precision(currency)


@pytest.mark.parametrize("currency", ["usd", "", "XYZ", "US", "DOLLAR"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="expected an ISO 4217 currency"):
        to_minor("1", currency)


def test_the_nearest_currency_is_named() -> None:
    with pytest.raises(ValueError, match="did you mean USD"):
        to_minor("1", "usd")
