"""Which known word did the author most likely mean?"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest known word, or ``""`` when none is close.

    Case does not count: ``Email`` is close to ``email``. The answer is spelt as it stands in ``known``.
    """
    spelling = {candidate.lower(): candidate for candidate in sorted(known)}
    close = get_close_matches(word.lower(), list(spelling), n=1, cutoff=0.6)
    return f"; did you mean '{spelling[close[0]]}'?" if close else ""
