"""Where and in what language does a customer live? Time zones of addresses, and normal forms of codes."""

from __future__ import annotations

import json
import re
import zoneinfo
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global, parse_locale

_COUNTRY = re.compile(r"[A-Z]{2}")
_JOINED = re.compile(r"([a-z]{2})([A-Z]{2})")


@lru_cache(maxsize=8192)
def timezone_of(country: str | None, province: str | None) -> str | None:
    """The IANA zone of an address, or None where country and province do not decide it.

    `country`: ISO 3166 alpha-2. `province`: as shops send it ("CA", "NSW", "Q ROO") or ISO 3166-2 ("PT-20"). Where a
    province lies in two zones, the one where most of its people live.
    """
    land = normal_country(country)
    if land is None:
        return None
    split: dict[str, str | None] | None = _split_countries().get(land)
    if split is None:
        return _only_zones().get(land)
    part = (province or "").strip().upper().removeprefix(f"{land}-")
    return split.get(part, split["elsewhere"])


@lru_cache(maxsize=1024)
def normal_country(text: str | None) -> str | None:
    """`text` as two upper-case letters, or None when it is not two letters. Nobody asks if it exists."""
    code = (text or "").strip().upper()
    return code if _COUNTRY.fullmatch(code) else None


@lru_cache(maxsize=1024)
def normal_locale(text: str | None) -> str | None:
    """`text` as a BCP 47 tag CLDR knows ("en_CA" -> "en-CA", "enCA" -> "en-CA", "zh-Hans-CN"), or None. Never raises.

    Nothing is added ("zh-CN" gets no script) and variants are dropped. An unknown region leaves the language alone.
    """
    tag = (text or "").strip()
    if joined := _JOINED.fullmatch(tag):
        tag = "-".join(joined.groups())
    try:
        language, territory, script = parse_locale(tag.replace("-", "_"))[:3]
    except ValueError:
        return None
    if language in ("root", "und"):
        return None
    language = get_global("language_aliases").get(language, language).replace("_", "-")
    for said in ((language, script, territory), (language, territory), (language,)):
        normal = "-".join(part for part in said if part)
        if _known(normal):
            return normal
    return None


def is_zone(name: str | None) -> bool:
    """Is `name` a zone of the IANA database that local time can be computed in?"""
    return name in _zones()


def _known(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})


@cache
def _split_countries() -> dict[str, dict[str, str | None]]:
    """By country, the zone of each province, and of "elsewhere"."""
    table: dict[str, Any] = json.loads((files("regulars.customers") / "data/province_zones.json").read_text("utf-8"))
    return {
        country: {"elsewhere": row["elsewhere"]}
        | {province: zone for zone, provinces in row["zones"].items() for province in provinces}
        for country, row in table["countries"].items()
    }


@cache
def _only_zones() -> dict[str, str]:
    """The first zone, in tzdata's table, of each country whose zones all keep the same time from now on."""
    zones: dict[str, list[str]] = {}
    table = files("tzdata") / "zoneinfo"
    for line in (table / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones.setdefault(country, []).append(zone)
    return {country: names[0] for country, names in zones.items() if len({_rule(name) for name in names}) == 1}


def _rule(zone: str) -> bytes:
    """The footer of a zone's TZif file: its rule for all time after the last listed change (RFC 8536, section 3.3)."""
    return (files("tzdata") / "zoneinfo").joinpath(*zone.split("/")).read_bytes().rsplit(b"\n", 2)[-2]
