"""How does the stand-in vendor remember? One SQLite file, whose waiting writers share a commit."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_GROUP = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, received_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL REFERENCES request (id), channel TEXT NOT NULL,
  vendor_id TEXT NOT NULL UNIQUE, message_id TEXT, recipient TEXT NOT NULL, sender TEXT NOT NULL,
  title TEXT NOT NULL, accepted_at INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_by_own_id ON message (message_id, request_id) WHERE message_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS message_by_recipient ON message (channel, recipient, accepted_at);
CREATE TABLE IF NOT EXISTS event (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message (id), kind TEXT NOT NULL, name TEXT NOT NULL,
  happens_at INTEGER NOT NULL, payload TEXT NOT NULL, url TEXT, state TEXT NOT NULL, repeats INTEGER NOT NULL,
  tell_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, answer TEXT);
CREATE INDEX IF NOT EXISTS event_of_message ON event (message, happens_at);
CREATE INDEX IF NOT EXISTS event_to_tell ON event (tell_at) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS suppression (
  channel TEXT NOT NULL, recipient TEXT NOT NULL COLLATE NOCASE, sender TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (channel, recipient, sender));
"""


class Store:
    """What was accepted and what is still to be told. What `write` returned is in the file.

    Raises RuntimeError where another process has it open.
    A killed process loses nothing that was committed; `synchronous=NORMAL` leaves only a power cut open, which a
    stand-in need not survive.
    """

    def __init__(self, path: Path) -> None:
        self._lock = _locked(path.with_suffix(".lock"))
        self._writing = _connect(path)
        self._writing.execute("PRAGMA journal_mode=WAL")
        self._writing.execute("PRAGMA synchronous=NORMAL")
        self._writing.executescript(_SCHEMA)
        self._reading = _connect(path)
        self._reading.execute("PRAGMA query_only=1")
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-read")
        self._writer = threading.Thread(target=self._write_in_groups, name="sandbox-write", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit. Its own error is raised here and takes back its own changes alone."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        return await asyncio.wrap_future(future)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on what is committed."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, work, self._reading)

    def close(self) -> None:
        self._waiting.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._reading.close()
        self._writing.close()
        self._lock.close()

    def _write_in_groups(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, last = [first], False
            while len(group) < _GROUP and not last:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                else:
                    group.append(following)
            self._commit([(work, future) for work, future in group if future.set_running_or_notify_cancel()])
            if last:
                return

    def _commit(self, group: list[tuple[Work[Any], Future[Any]]]) -> None:
        settled: list[Callable[[], object]] = []
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            for work, future in group:
                settled.append(self._attempt(work, future))
            self._writing.execute("COMMIT")
        except sqlite3.Error as error:
            logging.getLogger(__name__).exception("the sandbox could not write its store")
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            settled = [partial(future.set_exception, error) for _, future in group]
        for settle in settled:
            settle()

    def _attempt(self, work: Work[T], future: Future[T]) -> Callable[[], object]:
        self._writing.execute("SAVEPOINT one")
        try:
            result = work(self._writing)
        except Exception as error:
            self._writing.execute("ROLLBACK TO one")
            self._writing.execute("RELEASE one")
            return partial(future.set_exception, error)
        self._writing.execute("RELEASE one")
        return partial(future.set_result, result)


def _locked(file: Path) -> IO[bytes]:
    """Held until closed or killed. Two processes on one store would both tell what is due."""
    lock = file.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise RuntimeError(f"{file.parent}: another sandbox is running on this folder") from error
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.row_factory = sqlite3.Row
    return connection
