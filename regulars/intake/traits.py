"""Who is it, by the ids and traits that a sender tells, and what did they agree to?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from regulars.customers.contact import normal_email, normal_phone
from regulars.customers.person import NEVER, ConsentFact, Person
from regulars.customers.places import is_zone, normal_country, normal_locale, timezone_of
from regulars.intake.shopify_part import Part
from regulars.journeys.model import CHANNELS

Row = Mapping[str, Any]
_NOTHING: Row = {}
_READ = frozenset(
    {
        *(
            "email",
            "phone",
            "firstName",
            "first_name",
            "lastName",
            "last_name",
            "address",
            "locale",
            "timezone",
            "tags",
        ),
        *("id", "anonymous_id", "anonymousId", "user_id", "userId"),
    }
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MOST, _LONGEST = 50, 200  # of a profile's own traits, and characters of one


def person(user_id: str | None, anonymous_id: str | None, traits: Row, context: Row, at: datetime) -> Person | None:
    """The customer whom ids and traits name; None where they name nobody.

    `traits` by Segment's reserved names, also in snake case; one that cannot be read is left out. `context`: what
    Segment's is, of which `locale` and `timezone` are read.
    https://segment.com/docs/connections/spec/identify/#traits
    """
    if not (traits or context.get("locale") or context.get("timezone")):
        if anonymous_id is None:  # as nearly all that servers tell
            return _user(user_id) if user_id is not None else None
        return Person(_named(("user", user_id), ("anonymous", anonymous_id)), NEVER)
    email = phone = country = province = None
    if traits:
        address = traits.get("address")
        country, province = _place(address) if isinstance(address, dict) else (None, None)
        email, phone = normal_email(_text(traits, "email")), normal_phone(_text(traits, "phone"), country)
    identities = _named(("user", user_id), ("email", email), ("phone", phone), ("anonymous", anonymous_id))
    if not identities:
        return None
    locale = normal_locale(_text(traits, "locale") or _text(context, "locale"))
    zone = _text(traits, "timezone") or _text(context, "timezone")
    zone = zone if is_zone(zone) else timezone_of(country, province)
    if not traits and locale is None and zone is None:
        return Person(identities, NEVER)
    return Person(
        identities=identities,
        asserted_at=at,
        email=email,
        phone=phone,
        first_name=_text(traits, "firstName", "first_name"),
        last_name=_text(traits, "lastName", "last_name"),
        locale=locale,
        country=country,
        province=province,
        timezone=zone,
        tags=_tags(traits.get("tags")),
        traits=tuple(_own(traits)),
    )


def consents(traits: Part, who: Person | None, at: datetime, source: str) -> tuple[ConsentFact, ...]:
    """What `<channel>_consent` (true or false) and `<channel>_consent_at` (ISO 8601) say; nothing else is consent.

    A grant without its time is how things stand, told again and again by clients that repeat their traits: it counts
    only where no other word is known, so that it never outweighs a withdrawal. A withdrawal is of its time, or of now.
    Raises ValueError, which names the trait, for one that is neither true nor false.
    """
    found = []
    for channel in CHANNELS:
        name = f"{channel}_consent"
        if who is None or traits.data.get(name) is None:
            continue
        granted, said_at = traits.flag(name), traits.moment(f"{name}_at")
        address = who.address(channel)
        when = min(said_at, at) if said_at else NEVER if granted else at
        found.append(ConsentFact(channel, granted, when, source, address))
    return tuple(found)


@lru_cache(maxsize=16384)
def _user(user_id: str) -> Person:
    """Of whom nothing else is said: who browses is told of again and again."""
    return Person((("user", user_id),), NEVER)


def _named(*pairs: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, value) for kind, value in pairs if value is not None)


def _text(told: Row, *names: str) -> str | None:
    """The first of these that is text and not blank, or a whole number: phones are sent as such."""
    for name in names:
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := value.strip()):
            return text
    return None


def _own(traits: Row) -> Iterator[tuple[str, str | int | float | bool]]:
    """What is told beyond the names that are read: the first of them, with names that a condition can say and values
    that are one."""
    named = ((name, value) for name, value in traits.items() if name not in _READ and _NAME.fullmatch(name))
    for name, value in islice(named, _MOST):
        if name.removesuffix("_at").removesuffix("_consent") in CHANNELS:
            continue
        if isinstance(value, bool | int | float) or (isinstance(value, str) and value.strip()):
            yield name, value.strip()[:_LONGEST] if isinstance(value, str) else value


def _place(address: Row) -> tuple[str | None, str | None]:
    country = normal_country(_text(address, "country_code", "country"))
    province = _text(address, "province_code", "state", "province", "region")
    return (country, province.upper() if province else None) if country else (None, None)


def _tags(told: Any) -> tuple[str, ...] | None:
    if not isinstance(told, list):
        return None
    return tuple(dict.fromkeys(tag.strip() for tag in told if isinstance(tag, str) and tag.strip()))
