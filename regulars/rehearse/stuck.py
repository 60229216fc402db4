"""What is said of a rehearsal that does not come to its end?"""

from __future__ import annotations


class Stuck(RuntimeError):
    """A run does not come to rest. Says which, and what it is at."""
