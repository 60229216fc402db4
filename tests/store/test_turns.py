"""Does a reader go on as soon as the writing thread waits for the database, and not before?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from regulars.store.database import Database
from regulars.store.events import Event
from regulars.store.statements import add
from regulars.store.turns import Turns

AT = datetime(2026, 3, 1, tzinfo=UTC)


def is_free(turns: Turns) -> bool:
    """Does a reader, another thread, go on at once?"""
    found: list[float] = []

    def read() -> None:
        begun = time.monotonic()
        turns.wait(0.5)
        found.append(time.monotonic() - begun)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return found[0] < 0.4


def rows(count: int) -> list[dict[str, object]]:
    return [
        {"id": f"{number:013d}", "name": "Page Viewed", "customer_id": None, "message_id": None, "once": None}
        | {"occurred_at": AT, "received_at": AT, "source": "told", "properties": {}}
        for number in range(count)
    ]


def test_a_reader_lets_the_writer_think_and_no_longer_than_it_has_patience(sqlite_database: Database) -> None:
    turns = sqlite_database.turns
    assert is_free(turns)
    with sqlite_database.write():
        assert not is_free(turns)
    assert is_free(turns)


def test_a_reader_goes_on_while_the_database_commits(sqlite_database: Database) -> None:
    seen: list[bool] = []

    event.listen(sqlite_database.engine, "commit", lambda _: seen.append(is_free(sqlite_database.turns)))
    with sqlite_database.write() as connection:
        add(connection, Event, rows(1))
    assert seen == [True]


@pytest.mark.parametrize(("count", "goes_on"), [(2, False), (400, True)])
def test_a_reader_goes_on_while_many_rows_are_written_and_not_for_a_few(
    sqlite_database: Database, count: int, goes_on: bool
) -> None:

    seen: list[bool] = []
    look: Callable[..., None] = lambda *_: seen.append(is_free(sqlite_database.turns))  # noqa: E731
    with sqlite_database.write() as connection:
        event.listen(sqlite_database.engine, "before_cursor_execute", look)
        add(connection, Event, rows(count))
        event.remove(sqlite_database.engine, "before_cursor_execute", look)
        assert not is_free(sqlite_database.turns)  # it thinks again
    assert (True in seen) is goes_on


def test_a_writer_that_failed_holds_up_nobody(sqlite_database: Database) -> None:
    with pytest.raises(IntegrityError), sqlite_database.write() as connection:
        add(connection, Event, [*rows(400), *rows(1)])
    assert is_free(sqlite_database.turns)
    with sqlite_database.write() as connection:
        add(connection, Event, rows(3))
    assert is_free(sqlite_database.turns)
