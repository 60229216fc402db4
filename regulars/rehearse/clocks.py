"""What time is it in a rehearsal? Time that stands until it is moved, and each run's own time, which hardly passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from regulars.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=365 * 80)  # for a run, by the server: it counts spans of at most 292 years
_SLOWEST, _FASTEST = 1e-5, 0.5


@dataclass(frozen=True, slots=True)
class Stepped(Clock):
    """Shows the instant to which it was set last, whatever the real one is."""

    origin: datetime = _EPOCH
    shown: list[datetime] = field(default_factory=lambda: [_EPOCH])

    def set(self, now: datetime) -> None:
        """From now on it is `now`."""
        self.shown[:] = [now]

    def shop(self, real: datetime) -> datetime:
        """What it was set to."""
        return self.shown[0]

    def now(self) -> datetime:
        """What it was set to."""
        return self.shown[0]


def pace_for(span: timedelta) -> float:
    """How slowly shop time passes for runs of a rehearsal that long: what a real server takes for its work is next to
    nothing by it."""
    return min(_FASTEST, max(_SLOWEST, span / _LONGEST))


def slow(at: datetime, real: datetime, pace: float) -> Clock:
    """A run's clock, which shows `at` at the instant `real` and goes on from there, slowly."""
    return Clock(at + (at - real) * (pace / (1 - pace)), pace)
