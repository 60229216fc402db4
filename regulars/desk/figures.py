"""How many are where? People at each step, messages and endings, counted once for all journeys."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from regulars.clock import Clock
from regulars.store.audiences import SegmentMember
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, EnrollmentState, Outcome
from regulars.store.messages import IS_FINAL, Message, MessageState
from regulars.store.statements import table

_QUICK = 0.05  # seconds: a count that takes no longer is made for every look
ENDED = (Outcome.finished, Outcome.goal, Outcome.left)
_SHARE = 20  # of its time a process spends one part on counting, at most


@dataclass(slots=True)
class StepFigures:
    """`here`: customers who rest at the step now. `sent`: the vendor has it. `lost`: rejected, failed or given up.
    `left`: customers who left the journey while they stood there."""

    here: int = 0
    sent: int = 0
    skipped: int = 0
    lost: int = 0
    left: int = 0

    @property
    def any(self) -> bool:
        return any((self.here, self.sent, self.skipped, self.lost, self.left))


@dataclass(slots=True)
class JourneyFigures:
    """`due`: entered, and not begun yet. `goals`: customers who reached the goal in time, wherever they were by then.
    `ended`: closed walks by how they ended. `held_out`: those who were let in without a walk, and `goals_held_out` who
    of them reached the goal; neither is among the others. `steps` by step id, those of older versions too."""

    due: int = 0
    walking: int = 0
    goals: int = 0
    held_out: int = 0
    goals_held_out: int = 0
    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDED, 0))
    steps: defaultdict[str, StepFigures] = field(default_factory=lambda: defaultdict(StepFigures))

    @property
    def entered(self) -> int:
        return self.due + self.walking + sum(self.ended.values())


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures by journey, and how many are in each segment, as of `at` (shop time)."""

    at: datetime
    journeys: defaultdict[str, JourneyFigures]
    segments: dict[str, int]


class Figures:
    """Counts on demand. What takes long to count is kept for a while, and counted by one thread at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._lock = threading.Lock()
        self._kept: Counted | None = None
        self._until = 0.0

    def read(self) -> Counted:
        """Now, or a little while ago."""
        with self._lock:
            if self._kept is not None and time.monotonic() < self._until:
                return self._kept
            begun = time.monotonic()
            with self._database.read() as connection:
                self._kept = Counted(self._clock.now(), count(connection), members(connection))
            taken = time.monotonic() - begun
            self._until = time.monotonic() + (taken * _SHARE if taken > _QUICK else 0.0)
            return self._kept


def count(connection: Connection) -> defaultdict[str, JourneyFigures]:
    """Three passes, each over an index that has all it needs."""
    found: defaultdict[str, JourneyFigures] = defaultdict(JourneyFigures)
    for journey, state, step, outcome, number in connection.execute(_WALKS):
        one = found[journey]
        if state == EnrollmentState.due:
            one.due += number
        elif state == EnrollmentState.walking:
            one.walking += number
            if step is not None:
                one.steps[step].here += number
        elif outcome == Outcome.held_out:
            one.held_out += number
        elif outcome is not None:
            one.ended[outcome] = one.ended.get(outcome, 0) + number
            if step is not None and outcome == Outcome.left:
                one.steps[step].left += number
    for journey, outcome, number in connection.execute(_GOALS):
        if outcome == Outcome.held_out:
            found[journey].goals_held_out += number
        else:
            found[journey].goals += number
    for journey, step, state, number in connection.execute(_MESSAGES):
        at = found[journey].steps[step]
        if state == MessageState.accepted:
            at.sent += number
        elif state == MessageState.skipped:
            at.skipped += number
        else:
            at.lost += number
    return found


def members(connection: Connection) -> dict[str, int]:
    """How many are written down in each segment."""
    return {row.segment: row.many for row in connection.execute(_MEMBERS)}


_WALK, _SENT, _MEMBER = table(Enrollment), table(Message), table(SegmentMember)
_BY_WALK = (_WALK.c.journey, _WALK.c.state, _WALK.c.step, _WALK.c.outcome)
_WALKS = select(*_BY_WALK, func.count()).group_by(*_BY_WALK)
_BY_GOAL = (_WALK.c.journey, _WALK.c.outcome)
_GOALS = select(*_BY_GOAL, func.count()).where(_WALK.c.goal_at.is_not(None)).group_by(*_BY_GOAL)
_MEMBERS = select(_MEMBER.c.segment, func.count().label("many")).group_by(_MEMBER.c.segment)
_BY_MESSAGE = (_SENT.c.journey, _SENT.c.step, _SENT.c.state)
_MESSAGES = select(*_BY_MESSAGE, func.count()).where(IS_FINAL).group_by(*_BY_MESSAGE)
