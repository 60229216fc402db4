"""What is said of a rehearsal that does not come to its end?"""

from __future__ import annotations


class Stuck(RuntimeError):
    """A run does not come to rest. Says which, and what it is at."""


class Overran(Stuck):
    """The server let a run's time pass beyond the instant to which it was led: what it did then was done too early."""
