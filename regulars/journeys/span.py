"""How long? A span as written: minutes and hours are elapsed time, days and weeks are calendar days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

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
            raise ValueError(f"expected a span like '45 minutes' or '3 days' ({', '.join(UNITS)}), not {text!r}")
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
