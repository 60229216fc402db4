"""How far is the play? What the command knows of it, and the page that shows it wants to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from regulars.clock import Clock
from regulars.demo.player import Played

Phase = Literal["past", "days", "tail", "over"]


@dataclass(frozen=True, slots=True)
class PastTold:
    """What was told of half a year, in how many real seconds."""

    orders: int
    customers: int
    seconds: float


@dataclass(slots=True)
class Stage:
    """One play. `pace`: real seconds a shop day. `phase`: the past is told, the days go by, what is under way comes to
    rest, nobody buys any more. `opening`: when the days began."""

    clock: Clock
    customers: int
    days: float
    pace: float
    phase: Phase = "past"
    past: PastTold | None = None
    opening: datetime | None = None
    played: Played = field(default_factory=Played)

    @property
    def gone(self) -> float:
        """Days since the opening, at most all of them."""
        if self.opening is None:
            return 0.0
        if self.phase in ("tail", "over"):
            return self.days
        return min((self.clock.now() - self.opening) / timedelta(days=1), self.days)

    @property
    def day(self) -> int:
        """Which day it is, from 1 on."""
        return min(int(self.gone) + 1, max(int(self.days), 1))
