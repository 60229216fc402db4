"""What is put on record of where a member stands? As the workflow says it, and as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from regulars.engine.member import Ending, Phase


@dataclass(frozen=True, slots=True)
class Opened:
    """`walking`: the run has this member. Else it has not (closed, or of another party). An `ending` says that it is
    over before the first step. `due`: when it was to begin."""

    enrollment: str
    walking: bool
    zone: str
    ending: Ending = ""
    reason: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a member rests until `wake`, or is parked: mirrored in the database for plan, why and draw."""

    enrollment: str
    phase: Phase
    version: str
    step: str | None
    visit: int
    wake: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """How it ended for a member."""

    enrollment: str
    ending: Ending
    reason: str
    at: datetime
