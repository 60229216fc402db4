"""Which of a template's languages does a customer get, and whose figures and dates stand in it?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

_JOINED: Final = re.compile(r"([a-z]{2,3})([A-Z]{2})")
_LAST_RESORT: Final = "en"


@lru_cache(maxsize=4096)
def parts_of(tag: str) -> tuple[str, str, str]:
    """Language, script and region of a tag as anyone writes it (``zh_CN``, ``zh-hans-cn``, ``enCA``); "" where absent.

    All are "" for what is no tag.
    """
    joined = _JOINED.fullmatch(tag.strip())
    words = list(joined.groups()) if joined else re.split("[-_]", tag.strip())
    language = words[0].lower()
    if not re.fullmatch("[a-z]{2,3}", language):
        return "", "", ""
    script = next((word.title() for word in words[1:] if re.fullmatch("[A-Za-z]{4}", word)), "")
    region = next((word.upper() for word in words[1:] if re.fullmatch("[A-Za-z]{2}|[0-9]{3}", word)), "")
    return language, script, region


def normal(tag: str, separator: str = "-") -> str:
    """A tag in the one spelling we compare: ``zh_cn`` is ``zh-CN``; "" for what is no tag."""
    return separator.join(part for part in parts_of(tag) if part)


def fallbacks(tag: str) -> Iterator[str]:
    """The tag, and what may stand in for it: zh-Hans-CN, zh-CN, zh-Hans, zh."""
    language, script, region = parts_of(tag)
    for said in ((language, script, region), (language, region), (language, script), (language,)):
        if language and all(said):
            yield "-".join(said)


@lru_cache(maxsize=4096)
def _choose(wanted: str, available: tuple[str, ...], house: str) -> str:
    spelt = {normal(tag): tag for tag in available}
    for asked in (wanted, house, _LAST_RESORT):
        for candidate in fallbacks(asked):
            if candidate in spelt:
                return spelt[candidate]
    return available[0]


def choose(wanted: str | None, available: Collection[str], house: str) -> str:
    """The best of the languages there are: the customer's, else the house's, else English, else the first by name.

    Raises ValueError when there are none.
    """
    if not available:
        raise ValueError("expected at least one locale to choose from")
    return _choose(wanted or "", tuple(sorted(available)), house)


@lru_cache(maxsize=4096)
def formatting(wanted: str, chosen: str) -> str:
    """The locale of figures and dates, as babel spells it: the customer's where it is in the text's language (en-GB in
    an English text), else the text's own."""
    same = parts_of(wanted)[0] == parts_of(chosen)[0]
    return normal(wanted if same else chosen, "_")
