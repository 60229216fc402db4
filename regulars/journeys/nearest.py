"""Which known word did the author most likely mean?"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LISTED: Final = 24  # more words than these are a page, not a hint


def closest(word: str, known: Iterable[str]) -> str | None:
    """The closest known word, spelt as it stands in `known`; None when none is close. Case does not count."""
    spelling = {candidate.lower(): candidate for candidate in sorted(known)}
    close = get_close_matches(word.lower(), list(spelling), n=1, cutoff=0.6)
    return spelling[close[0]] if close else None


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest known word, or ``""`` when none is close."""
    close = closest(word, known)
    return f"; did you mean '{close}'?" if close else ""


def instead(word: str, known: Iterable[str]) -> str:
    """As `nearest`; where no word is close, all of them, if they are few: ``": expected a, b or c"``."""
    words = list(dict.fromkeys(known))
    close = nearest(word, words)
    if close or not 0 < len(words) <= _LISTED:
        return close
    *most, last = words
    return f": expected {', '.join(most)} or {last}" if most else f": expected {last}"
