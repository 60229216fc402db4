"""How long? A span as written: minutes and hours are elapsed time, days and weeks are calendar days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from regulars.journeys.nearest import closest

Unit = Literal["second", "minute", "hour", "day", "week"]
UNITS: tuple[str, ...] = get_args(Unit)
_ELAPSED: dict[str, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_WRITTEN = re.compile(r"\s*(\d+)\s+([A-Za-z]+)\s*")
_LOOSE = re.compile(r"\s*(\d{1,6})\s*([A-Za-z]+)\s*")
# How long these are depends on where they begin; a marketer means one of these numbers of days.
_IN_DAYS = {"month": 30, "quarter": 90, "year": 365}


@dataclass(frozen=True, slots=True)
class Span:
    """`amount` of `unit`. `Span.parse("45 minutes")` reads what a marketer writes."""

    amount: int
    unit: Unit

    @staticmethod
    def parse(text: str) -> Span:
        """Read "3 days". Raises ValueError that says what was expected."""
        match = _WRITTEN.fullmatch(text)
        unit = match.group(2).lower().removesuffix("s") if match else ""
        if match is None or unit not in UNITS:
            raise ValueError(
                f"expected a span like '45 minutes' or '3 days' ({', '.join(UNITS)}), not {text!r}{_meant(text)}"
            )
        amount = int(match.group(1))
        if not 0 < amount <= 100_000:
            raise ValueError(f"expected a span between 1 and 100000 {unit}s, not {text!r}")
        return Span(amount, unit)  # type: ignore[arg-type]  # checked against UNITS above

    @property
    def days(self) -> int | None:
        """Calendar days, where the span is a calendar one, else None."""
        if self.unit == "day":
            return self.amount
        if self.unit == "week":
            return self.amount * 7
        return None

    @property
    def elapsed(self) -> timedelta:
        """The span as elapsed time, a day being 24 hours: for windows and limits, not for local clock times."""
        return _ELAPSED[self.unit] * self.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


def _meant(text: str) -> str:
    """What was most likely meant by "2d", "2 dyas" or "2 months": ``"; did you mean '2 days'?"``."""
    match = _LOOSE.fullmatch(text)
    if match is None:
        return ""
    amount, word = int(match.group(1)), match.group(2).lower()
    singular = word.removesuffix("s") or word
    if singular in _IN_DAYS:
        return f"; did you mean '{amount * _IN_DAYS[singular]} days'?"
    begun = [unit for unit in UNITS if unit.startswith(singular)]
    unit = begun[0] if len(begun) == 1 else closest(singular, UNITS)
    return f"; did you mean '{amount} {unit}{'' if amount == 1 else 's'}'?" if unit else ""
