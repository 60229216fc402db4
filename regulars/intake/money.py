"""How much money is that in minor units? Exact, in integers; a decimal string or number and a currency in."""

from __future__ import annotations

import difflib
import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies

_PLAIN = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,20}))?", re.ASCII)

# ISO 4217 gives these no decimals, so a fraction of them is an error. Other currencies without digits (IDR, RSD, ...)
# have cents by ISO that fell out of use (CLDR); senders still write them, and they are rounded away.
_INDIVISIBLE = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)


def to_minor(amount: str | int | float | Decimal, currency: str) -> int:
    """`amount` in minor units of `currency`: ("19.90", "USD") -> 1990, ("1000", "JPY") -> 1000, ("1.5", "KWD") -> 1500.

    Raises ValueError for an unknown currency, for what is not a plain decimal below 10**13, and for fractions finer
    than the minor unit, except of currencies whose cents fell out of use: those round half to even.
    """
    digits = minor_digits(currency)
    written = amount if isinstance(amount, str) else _written(amount)
    match = _PLAIN.fullmatch(written.strip())
    if match is None:
        raise ValueError("expected a plain decimal amount")  # what stands there instead may be personal
    sign, whole, fraction = match.groups(default="")
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        if digits or currency in _INDIVISIBLE:
            raise ValueError(f"expected at most {digits} decimals in {currency}, not {written!r}")
        minor = int(Decimal(f"{whole}.{fraction}").to_integral_value(ROUND_HALF_EVEN))
    else:
        minor = int(whole + fraction.ljust(digits, "0"))
    return -minor if sign else minor


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """How many decimals a minor unit of `currency` (ISO 4217, upper case) stands behind, by CLDR: USD 2, JPY 0, KWD 3.

    Whatever turns minor units back into an amount must use this too. Raises ValueError for an unknown currency.
    """
    if currency not in list_currencies():
        near = difflib.get_close_matches(currency.upper(), get_global("all_currencies"), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"expected an ISO 4217 currency{hint}")
    return get_currency_precision(currency)


def _written(amount: int | float | Decimal) -> str:
    if isinstance(amount, bool):
        raise ValueError("expected an amount, not true or false")
    # The shortest text that reads back as the same float is what the sender wrote.
    return format(Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount), "f")
