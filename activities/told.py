"""What time is it for an activity? Its start as Temporal tells it, in shop time, plus what has passed since."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity

from regulars.clock import Clock


@dataclass(frozen=True, slots=True)
class Told:
    """Tells shop time inside an activity: under virtual time Temporal's word counts, not this machine's clock."""

    clock: Clock

    def now(self) -> datetime:
        """The instant at which the activity started."""
        return self.clock.shop(activity.info().started_time)

    def running(self) -> Callable[[], datetime]:
        """A clock that goes on from there: a party's send lasts minutes, and must not run into quiet hours."""
        started, begun = activity.info().started_time, time.monotonic()
        return lambda: self.clock.shop(started + timedelta(seconds=time.monotonic() - begun))
