"""How is the store reached? One Database over SQLite or PostgreSQL, with short read and write transactions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from pydantic_core import PydanticSerializationError, from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url

from regulars.store.turns import Turns, lend

_BUSY_MS = 30_000
_STATEMENTS = 512  # that a connection to SQLite keeps compiled: all that are built once
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={_BUSY_MS}",
    "foreign_keys=ON",
    "cache_size=-32768",  # KiB: a full transaction's pages, which else go to disk before its end, and then again
    "wal_autocheckpoint=4000",  # pages: what many transactions write to goes into the database once, not for each
)


class Database:
    """SQLite (WAL, synchronous=FULL, BEGIN IMMEDIATE, one writer a process) or PostgreSQL, by `url`.

    `sqlite:///path/shop.db` or `postgresql://user@host/name`. Raises sqlalchemy.exc.ArgumentError on another form.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        codecs = {"json_deserializer": _from_json, "json_serializer": _to_json}
        options: dict[str, Any] = {"hide_parameters": True, **codecs}
        if self.is_sqlite:
            options["connect_args"] = {
                "timeout": _BUSY_MS / 1000,
                "check_same_thread": False,
                "cached_statements": _STATEMENTS,
            }
        self.url = parsed
        self.engine: Engine = create_engine(parsed, pool_size=pool_size, max_overflow=pool_size, **options)
        self._one_writer = threading.RLock()
        self.turns = Turns()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            event.listen(self.engine, "connect", lambda _, record: lend(record.info, self.turns))
            event.listen(self.engine, "commit", lambda _: self.turns.give())
        else:
            event.listen(self.engine, "handle_error", _hush)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, durable when it returns; rolled back on an exception.

        SQLite's busy handler polls and starves, hence one writer a process; between processes it waits up to 30 s.
        """
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._one_writer, self._immediate() as connection, connection.begin():
            self.turns.take()
            try:
                yield connection
            except BaseException:
                self.turns.give()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction, a single snapshot on SQLite."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def _immediate(self) -> Connection:
        return self.engine.connect().execution_options(immediate=True)

    def close(self) -> None:
        self.engine.dispose()


def _from_json(text: str | bytes) -> Any:
    """Several times as fast as Python's own, which alone reads half of a surrogate pair."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


def _to_json(value: Any) -> str:
    """The same the other way."""
    try:
        return to_json(value).decode()
    except (PydanticSerializationError, UnicodeError):
        return json.dumps(value)


def _prepare_sqlite(raw: Any, _: object) -> None:
    raw.isolation_level = None  # we emit BEGIN ourselves: the driver's own would be deferred
    cursor = raw.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _hush(context: ExceptionContext) -> None:
    """Take the data out of what PostgreSQL says of an error, wherever that ends up. `Key (value)=(mei@example.com)
    already exists` stands in its details, and whatever cannot be read (class 22) in its first line."""
    error = context.original_exception
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return  # not said by the server
    unreadable = error.sqlstate.startswith("22")
    words = f"{error.sqlstate} {'' if unreadable else error.diag.message_primary or ''}".rstrip()
    error.args = (words,)
    if context.sqlalchemy_exception is not None:
        kind = type(error)
        context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {words}",)


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
