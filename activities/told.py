"""What time is it for a send? Its start as Temporal tells it, in shop time, plus what has passed since.

A local activity is told by its workflow instead: its own start is by this machine's clock.
"""

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

    def running(self) -> Callable[[], datetime]:
        """A clock that goes on from the start: a party's send lasts minutes, and must not run into quiet hours."""
        started, begun = activity.info().started_time, time.monotonic()
        return lambda: self.clock.shop(started + timedelta(seconds=time.monotonic() - begun))
