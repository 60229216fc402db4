"""Who answers what a template asks? A read transaction that begins with the first question, if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable

from regulars.store.database import Database


class _Lazy:
    """As much of a Connection as questions use."""

    def __init__(self, database: Database, held: ExitStack) -> None:
        self._database, self._held = database, held
        self._connection: Connection | None = None

    def execute(self, statement: Executable) -> CursorResult[Any]:
        if self._connection is None:
            self._connection = self._held.enter_context(self._database.read())
        return self._connection.execute(statement)


@contextmanager
def answering(database: Database) -> Iterator[Connection]:
    """Nearly no template asks anything: then no transaction is begun."""
    with ExitStack() as held:
        yield cast(Connection, _Lazy(database, held))
