"""What kinds of value does the language have? One reader each: a node in, the value or a reported mistake out."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, cast, get_args
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.localedata import locale_identifiers
from babel.numbers import list_currencies
from email_validator import EmailNotValidError, validate_email

from regulars.journeys.fields import Fields, Read, shown
from regulars.journeys.happening import Weekday
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import CHANNELS, Cap, Channel, QuietHours
from regulars.journeys.nearest import nearest
from regulars.journeys.span import Span
from regulars.journeys.yaml_source import Node, ScalarNode, SequenceNode

T = TypeVar("T")
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
TEMPLATE = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*")
_NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # CLDR's groupings and pseudo-regions
_NOT_ZONES = {"Factory", "localtime", "posixrules"}


def text(node: Node, findings: Findings) -> str | None:
    """A text, as written. Nothing, or an unquoted true or false, is none."""
    if isinstance(node, ScalarNode) and node.value.strip():
        truth_value = node.plain and node.value.lower() in ("true", "false")
        if not node.is_nothing and not truth_value:
            return node.value.strip()
    findings.add(node, f"expected a text, found {shown(node)}")
    return None


def boolean(node: Node, findings: Findings) -> bool | None:
    """true or false."""
    if isinstance(node, ScalarNode) and node.plain and node.value in ("true", "false"):
        return node.value == "true"
    findings.add(node, f"expected true or false, found {shown(node)}")
    return None


def one_of(words: Collection[str]) -> Read[Any]:
    """One word of a closed list."""

    def read(node: Node, findings: Findings) -> Any:
        word = text(node, findings)
        if word is None or word in words:
            return word
        findings.add(node, f"expected one of {', '.join(words)}, found {shown(node)}{nearest(word, words)}")
        return None

    return read


def parsed(parse: Callable[[str], T]) -> Read[T]:
    """A text that `parse` reads; its ValueError is the mistake."""

    def read(node: Node, findings: Findings) -> T | None:
        written = text(node, findings)
        if written is None:
            return None
        try:
            return parse(written)
        except ValueError as error:
            findings.add(node, str(error))
            return None

    return read


def _matching(
    pattern: str | re.Pattern[str], expected: str, meant: Callable[[str], str | None] = lambda written: None
) -> Read[str]:
    """`meant`: what the author most likely meant by what does not match; a guess that does not match is not made."""
    compiled = re.compile(pattern)

    def parse(written: str) -> str:
        if not compiled.fullmatch(written):
            guess = meant(written)
            close = f"; did you mean '{guess}'?" if guess and compiled.fullmatch(guess) else ""
            raise ValueError(f"expected {expected}, found {written[:60]!r}{close}")
        return written

    return parsed(parse)


def _known(words: Callable[[], frozenset[str]], expected: str) -> Read[str]:
    def parse(written: str) -> str:
        if written not in words():
            raise ValueError(f"expected {expected}, found {written[:60]!r}{nearest(written, words())}")
        return written

    return parsed(parse)


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA time zone database."""
    return frozenset(zoneinfo.available_timezones() - _NOT_ZONES)


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes, as CLDR has them."""
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    return frozenset(codes - _NOT_COUNTRIES)


def _country(written: str) -> str:
    if written in countries():
        return written
    upper = written.upper()
    code = next(iter(get_global("territory_aliases").get(upper, ())), upper)  # UK is GB, USA is US
    if code not in countries():
        by_name = {name.lower(): code for code, name in Locale("en").territories.items() if code in countries()}
        code = by_name.get(written.lower(), "")
    close = f"; did you mean '{code}'?" if code else nearest(written, countries())
    raise ValueError(f"expected a country like DE (ISO 3166), found {written[:60]!r}{close}")


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, as CLDR has them."""
    return frozenset(list_currencies())


@cache
def _locales() -> frozenset[str]:
    return frozenset(name.replace("_", "-") for name in locale_identifiers())


def _locale(written: str) -> str:
    try:
        Locale.parse(written, sep="-")
    except (ValueError, UnknownLocaleError):
        close = nearest(written.replace("_", "-"), _locales())
        raise ValueError(f"expected a locale like en-US or de-DE, found {written[:60]!r}{close}") from None
    return written


def _address(written: str) -> str:
    try:
        validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"expected an e-mail address, found {written[:60]!r}: {error}") from None
    return written


def _sender(written: str) -> str:
    named = re.fullmatch(r"[^<>]*[^<>\s][^<>]* <([^<>\s]+)>", written)
    if "\n" in written or ("<" in written and not named):
        raise ValueError(f"expected 'Name <address>', found {written[:60]!r}")
    name, _, last = written.rpartition(" ")
    if not named and name.strip() and "@" in last:
        raise ValueError(f"expected 'Name <address>', found {written[:60]!r}; did you mean '{name.strip()} <{last}>'?")
    _address(named.group(1) if named else written)
    return written


def _sms_sender(written: str) -> str:
    if re.fullmatch(r"[0-9]{5,6}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", written):
        return written
    if _is_number(written):
        return written
    expected = "a number like +14155550100, a short code, or a name of at most 11 letters, digits and spaces"
    raise ValueError(f"expected {expected}, found {written[:60]!r}")


def _whatsapp_sender(written: str) -> str:
    bare = written.removeprefix("whatsapp:")
    if _is_number(written):
        return written
    close = f"; did you mean '{bare}'?" if _is_number(bare) else ""
    raise ValueError(f"expected the sender's number like +14155550100, found {written[:60]!r}{close}")


def _is_number(written: str) -> bool:
    """Is it E.164, as dialled from anywhere?"""
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(written)
        plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return bool(plain == written and phonenumbers.is_possible_number(number))
    return False


def _website(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in written:
        raise ValueError(f"expected an address like https://shop.example, found {written[:60]!r}")
    return written


def _cap(written: str) -> Cap:
    match = re.fullmatch(r"([0-9]{1,6})\s+per\s+(.+)", written)
    if match is None or int(match.group(1)) < 1:
        raise ValueError(f"expected a cap like '1 per 16 hours', found {written[:60]!r}")
    return Cap(int(match.group(1)), Span.parse(match.group(2)))


def _quiet_hours(written: str) -> QuietHours:
    match = re.fullmatch(rf"({CLOCK})\s*-\s*({CLOCK})", written)
    if match is None:
        raise ValueError(f'expected hours like "20:00-09:00", found {written[:60]!r}')
    start, end = match.group(1), match.group(3)
    if start == end:
        raise ValueError(f"the hours {written!r} begin and end at the same time")
    return QuietHours(start, end)


def _again(written: str) -> Any:
    if written in ("never", "always"):
        return written
    if not written.startswith("after "):
        close = nearest(written.split()[0], ("never", "always", "after"))
        if re.match(r"\d", written):
            close = f"; did you mean 'after {written[:60]}'?"
        raise ValueError(f"expected never, always or 'after 7 days', found {written[:60]!r}{close}")
    return Span.parse(written.removeprefix("after "))


def _as_id(written: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", written.lower()).strip("_")


def _as_clock(written: str) -> str | None:
    match = re.fullmatch(r"\D*([0-9]{1,2})(?:[:.\uff1a]([0-9]{2}))?\s*(am|pm|uhr)?\W*", written.lower())
    if match is None:
        return None
    hour, half = int(match.group(1)), match.group(3)
    if half in ("am", "pm") and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{match.group(2) or '00'}"


span = parsed(Span.parse)
again = parsed(_again)
cap = parsed(_cap)
quiet_hours = parsed(_quiet_hours)
identifier = _matching(ID, "an id of small letters, digits and _, beginning with a letter", _as_id)
template = _matching(TEMPLATE, "a template like welcome/hello")
clock_time = _matching(CLOCK, 'a time of day like "09:30"', _as_clock)
time_zone = _known(time_zones, "a time zone like Europe/Berlin")
country = parsed(_country)
currency = _known(currencies, "a currency like EUR (ISO 4217)")
locale = parsed(_locale)
email_address = parsed(_address)
SENDERS: dict[Channel, Read[str]] = {
    "email": parsed(_sender),
    "sms": parsed(_sms_sender),
    "whatsapp": parsed(_whatsapp_sender),
}
website = parsed(_website)


def weekdays(node: Node, findings: Findings) -> tuple[Weekday, ...] | None:
    """A list of days of the week, each once."""
    if not isinstance(node, SequenceNode) or not node.items:
        findings.add(node, f"expected a list of days like [monday, thursday], found {shown(node)}")
        return None
    read = one_of(get_args(Weekday))
    days = [day for item in node.items if (day := read(item, findings)) is not None]
    if len(set(days)) < len(days):
        findings.add(node, "a day stands twice in the list")
    return tuple(cast(Weekday, day) for day in days)


def per_channel(owner: str, read: Read[T], later: Collection[str] = ()) -> Read[dict[Channel, T]]:
    """A mapping of channels to what `read` reads."""

    def read_all(node: Node, findings: Findings) -> dict[Channel, T] | None:
        fields = Fields(node, findings, owner, CHANNELS, later=later)
        values = {channel: fields.read(channel, read) for channel in CHANNELS}
        return {channel: value for channel, value in values.items() if value is not None}

    return read_all
