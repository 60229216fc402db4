"""How does a value print? The filters marketers have: money, dates and numbers by locale, and plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from jinja2 import Undefined, pass_context
from jinja2.filters import do_capitalize, do_title
from jinja2.runtime import Context
from markupsafe import Markup, escape

LOCALE: Final = "_locale"  # the key of the context that holds the locale to format by, as babel spells it
LIST_LIMIT: Final = 100
TEXT_LIMIT: Final = 10_000
DECIMALS_LIMIT: Final = 10
_LENGTHS: Final = ("short", "medium", "long", "full")
_SKELETONS: Final = {"day": "MMMMd", "month": "yMMMM"}
_PATTERNS: Final = {"weekday": "EEEE", "year": "y"}
# CLDR parts a currency written in letters from its digits by a no-break space; babel does not.
_LETTER_DIGIT: Final = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
STYLES: Final[Mapping[str, frozenset[str]]] = {
    "date": frozenset({*_LENGTHS, *_SKELETONS, *_PATTERNS}),
    "time": frozenset(_LENGTHS),
    "datetime": frozenset(_LENGTHS),
}


def missing(value: object) -> bool:
    """Whether a value is known but empty: None, or what a missing key gives."""
    return value is None or isinstance(value, Undefined)


@lru_cache(maxsize=512)
def babel_locale(tag: str) -> Locale:
    """The locale of a tag like ``de_DE``, its language alone where the whole is unknown, else English."""
    for candidate in (tag, tag.split("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=16_384)
def format_money(minor: int, currency: str, locale: str) -> str:
    """Minor units as people read them: ``format_money(1234, "EUR", "de_DE")`` is ``12,34 €``.

    A minor unit has the decimals that CLDR gives the currency (EUR 2, JPY 0, KWD 3), as amounts that come in.
    """
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    written = format_currency(amount, currency, locale=babel_locale(locale))
    return _LETTER_DIGIT.sub("\xa0", written)


def _of(context: Context, root: str, key: str) -> Any:
    values = context.parent.get(root)
    return values.get(key) if isinstance(values, Mapping) else None


def _locale(context: Context) -> str:
    locale = context.parent.get(LOCALE)
    return locale if isinstance(locale, str) else "en"


@lru_cache(maxsize=512)
def _currency(code: str | None) -> str:
    if not isinstance(code, str) or len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise ValueError("money needs a currency of three letters")
    return code.upper()


def _minor(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("money needs whole minor units")
    return int(value)


@pass_context
def money(context: Context, value: Any, currency: str | None = None) -> str:
    """Minor units in ``currency``, the shop's own where none is given. Raises ValueError for what is no amount."""
    if missing(value):
        return ""
    code = _currency(currency or _of(context, "shop", "currency"))
    return format_money(value if type(value) is int else _minor(value), code, _locale(context))


@pass_context
def number(context: Context, value: Any, decimals: int | None = None) -> str:
    """A number with the locale's separators, with exactly ``decimals`` places where given (0 to 10)."""
    if missing(value):
        return ""
    amount = value if isinstance(value, int | float | Decimal) else Decimal(str(value))
    if decimals is None:
        return format_decimal(amount, locale=babel_locale(_locale(context)))
    places = "0" * max(0, min(int(decimals), DECIMALS_LIMIT))
    return format_decimal(amount, f"#,##0.{places}".rstrip("."), locale=babel_locale(_locale(context)))


@lru_cache(maxsize=1024)
def _zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key)
    except (OSError, ValueError, KeyError):  # an unknown zone is a KeyError, a folder's name an OSError
        return None


def _customer_zone(context: Context) -> tzinfo:
    """The customer's zone, else the shop's, else UTC."""
    for root in ("customer", "shop"):
        key = _of(context, root, "timezone")
        zone = _zone(key) if isinstance(key, str) and key else None
        if zone is not None:
            return zone
    return UTC


def _instant(value: Any, zone: tzinfo) -> datetime | date:
    """A date, or an instant in ``zone``. Text is ISO 8601; an instant without offset is UTC."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    if isinstance(value, date):
        return value
    raise ValueError("expected a date or a time")


def _style(kind: str, style: Any) -> str:
    if style not in STYLES[kind]:
        raise ValueError(f"unknown style of {kind}")
    return str(style)


def _at_midnight(moment: datetime | date, zone: tzinfo) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


@pass_context
def date_(context: Context, value: Any, style: str = "long") -> str:
    """The customer's calendar date: short, medium, long, full, or day ("5 March"), weekday, month, year."""
    if missing(value):
        return ""
    locale, moment = babel_locale(_locale(context)), _instant(value, _customer_zone(context))
    if _style("date", style) in _SKELETONS:
        # A skeleton formats instants alone; without a zone of its own babel would convert to UTC.
        wall = datetime.combine(moment, time(), UTC)
        return format_skeleton(_SKELETONS[style], wall, locale=locale)
    return format_date(moment, _PATTERNS.get(style, style), locale=locale)


@pass_context
def time_(context: Context, value: Any, style: str = "short") -> str:
    """The customer's clock time: short, medium, long or full."""
    if missing(value):
        return ""
    zone = _customer_zone(context)
    moment = _at_midnight(_instant(value, zone), zone)
    return format_time(moment, _style("time", style), tzinfo=zone, locale=babel_locale(_locale(context)))


@pass_context
def datetime_(context: Context, value: Any, style: str = "medium") -> str:
    """The customer's date and clock time: short, medium, long or full."""
    if missing(value):
        return ""
    zone = _customer_zone(context)
    moment = _at_midnight(_instant(value, zone), zone)
    return format_datetime(moment, _style("datetime", style), tzinfo=zone, locale=babel_locale(_locale(context)))


def default(value: Any, instead: Any = "") -> Any:
    """``instead`` for what is missing or an empty text."""
    return instead if missing(value) or value == "" else value


def _text(value: Any) -> str:
    """A value as text; Markup stays Markup."""
    return "" if missing(value) else value if isinstance(value, str) else str(value)


def _of_text(change: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda value: change(_text(value))


def truncate(value: Any, length: int = 100, end: str = "…") -> str:
    """At most ``length`` characters (1 to 1000) with ``end``, cut between words where there are any."""
    text, most = str(_text(value)), max(1, min(int(length), 1000))
    if len(text) <= most:
        return text
    cut = text[: max(0, most - len(end))]
    head, space, _ = text[: len(cut) + 1].rpartition(" ")
    return (head if space and len(head) * 2 >= len(cut) else cut).rstrip() + str(end)[:most]


def _few(value: Any) -> list[Any]:
    """The first hundred of a list; nothing of what is missing."""
    if missing(value):
        return []
    if isinstance(value, str) or not isinstance(value, Sequence | Mapping | set | frozenset):
        raise TypeError("expected a list")
    return list(islice(value, LIST_LIMIT))


def bounded_text(text: str) -> str:
    """``text``, unless it is longer than a template may make one. Raises ValueError."""
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"a template may not make a text of more than {TEXT_LIMIT} characters")
    return text


def escape_(value: Any) -> Markup:
    """A value as HTML that means no more than it says; nothing of what is missing."""
    return escape("" if missing(value) else value)


def join(value: Any, separator: str = ", ") -> str:
    """The first hundred of a list as one text."""
    parts = [_text(part) for part in _few(value)]
    if sum(len(part) + len(separator) for part in parts) > TEXT_LIMIT + len(separator):
        raise ValueError(f"a template may not make a text of more than {TEXT_LIMIT} characters")
    if any(isinstance(part, Markup) for part in parts):
        return escape(separator).join(parts)
    return str(separator).join(parts)


def length(value: Any) -> int:
    """How many: of what is missing 0."""
    return len(value) if isinstance(value, Sized) and not missing(value) else 0


def first(value: Any) -> Any:
    """The first of a list or text, or nothing."""
    return next(iter(value), None) if isinstance(value, Sequence) else None


def last(value: Any) -> Any:
    """The last of a list or text, or nothing."""
    return value[-1] if isinstance(value, Sequence) and len(value) else None


def round_(value: Any, decimals: int = 0) -> Any:
    """Rounded half to even; a whole number where ``decimals`` is 0 (0 to 10)."""
    if missing(value):
        return None
    places = max(0, min(int(decimals), DECIMALS_LIMIT))
    return round(float(value), places) if places else round(float(value))


def int_(value: Any, instead: int = 0) -> int:
    """The whole part of a number or a text that is one, else ``instead``."""
    try:
        return int(float(value)) if isinstance(value, str) and not value.strip().lstrip("-").isdigit() else int(value)
    except (TypeError, ValueError, OverflowError):
        return instead


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    **{"money": money, "number": number, "date": date_, "time": time_, "datetime": datetime_},
    **{"default": default, "d": default, "truncate": truncate, "join": join, "length": length, "count": length},
    **{"first": first, "last": last, "round": round_, "int": int_, "escape": escape_, "e": escape_},
    **{"upper": _of_text(lambda text: text.upper()), "lower": _of_text(lambda text: text.lower())},
    **{"title": _of_text(do_title), "capitalize": _of_text(do_capitalize), "trim": _of_text(lambda text: text.strip())},
}
