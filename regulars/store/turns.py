"""Who has the interpreter, while one thread writes and another reads what came in?

A writing thread thinks (it weighs, it makes rows) and waits (the database works). A reader that takes the interpreter
as soon as it can does so while the writer thinks, turn by turn, and has nothing left to do while the writer waits. So
whoever has much to read lets the writer finish its thought: then the two go on side by side.
"""

from __future__ import annotations

import threading

_LONG = 1000  # parameters of a statement that takes the database longer than a turn


class Turns:
    """Of one database and one writing thread at a time."""

    def __init__(self) -> None:
        self._thinking = threading.Lock()
        self._thinker: int | None = None

    def take(self) -> None:
        """The calling thread thinks from now on."""
        if self._thinker != threading.get_ident():
            self._thinking.acquire()
            self._thinker = threading.get_ident()

    def give(self) -> None:
        """It waits from now on, or is done. Of another thread it means nothing."""
        if self._thinker == threading.get_ident():
            self._thinker = None
            self._thinking.release()

    def wait(self, seconds: float) -> None:
        """Until nobody thinks, but no longer than that."""
        if self._thinking.acquire(timeout=seconds):
            self._thinking.release()


def is_long(parameters: object) -> bool:
    """Does a statement with these take so long that somebody else should have the interpreter meanwhile?"""
    return isinstance(parameters, tuple) and len(parameters) > _LONG
