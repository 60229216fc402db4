"""Who has the interpreter, while one thread writes and another reads what came in?

A writing thread thinks (it weighs, it makes rows) and waits (the database works). A reader that takes the interpreter
as soon as it can does so while the writer thinks, turn by turn, and has nothing left to do while the writer waits. So
whoever has much to read lets the writer finish its thought: then the two go on side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_OF = "turns"  # where a connection has its database's
_LONG = 1000  # values of a statement that takes the database longer than a turn


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

    def give(self) -> bool:
        """It waits from now on, or is done. False of another thread, which it means nothing of."""
        if self._thinker != threading.get_ident():
            return False
        self._thinker = None
        self._thinking.release()
        return True

    def wait(self, seconds: float) -> None:
        """Until nobody thinks, but no longer than that."""
        if self._thinking.acquire(timeout=seconds):
            self._thinking.release()


def lend(info: dict[str, object], turns: Turns) -> None:
    """Have a new connection know them, by its `info`."""
    info[_OF] = turns


@contextmanager
def while_writing(connection: Connection, values: int) -> Iterator[None]:
    """Around a statement with so many values: where that takes long, somebody else may have the interpreter."""
    turns = connection.info.get(_OF) if values > _LONG else None
    given = isinstance(turns, Turns) and turns.give()
    try:
        yield
    finally:
        if given and isinstance(turns, Turns):
            turns.take()
