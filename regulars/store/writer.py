"""How do many callers share one commit? Set-based functions, asked key by key, answered batch by batch.

A set-based function takes a connection and a list of keys and returns one answer per key, in order. Callers who wait at
the same time share one transaction: on SQLite all of them (the commit is what costs), on PostgreSQL those of the same
function, a few transactions side by side. A 2xx or an answer follows its commit, so it is on disk.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from regulars.store.database import Database

K = TypeVar("K")
A = TypeVar("A")
SetBased = Callable[[Connection, Sequence[K]], Sequence[A]]

_TRIES = 5
_AGAIN = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock detected: the transaction never happened
_MOST = 512  # keys a transaction: bounds how long a writer is held
_COMPANY = 0.002  # seconds in which another may still come, where the last ones did not come alone
_PATIENCE = 20  # times that somebody did, and is waited after

Told = Sequence[Any] | BaseException


@dataclass(slots=True)
class _Ask:
    """`loop`: of the caller who awaits; None for one who waits in a thread."""

    function: SetBased[Any, Any]
    keys: Sequence[Any]
    loop: asyncio.AbstractEventLoop | None
    answer: Future[Sequence[Any]] | asyncio.Future[Sequence[Any]]


class Writer:
    """Threads that drain one queue of asks into shared transactions. Close it to finish what was asked."""

    def __init__(self, database: Database, *, threads: int | None = None) -> None:
        self.database = database
        self._asks: queue.SimpleQueue[_Ask | None] = queue.SimpleQueue()
        self._closed = False
        count = 1 if database.is_sqlite else (threads or 4)
        self._threads = [threading.Thread(target=self._drain, name=f"writer-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    async def ask(self, function: SetBased[K, A], key: K) -> A:
        """The answer for one key, after its commit."""
        return (await self.ask_all(function, [key]))[0]

    async def ask_all(self, function: SetBased[K, A], keys: Sequence[K]) -> Sequence[A]:
        """One answer per key, after their commit; the keys share one transaction. Raises what the function raised."""
        if not keys:
            return []
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[A]] = loop.create_future()
        self._put(_Ask(function, keys, loop, answer))
        return await answer

    def submit(self, function: SetBased[K, A], keys: Sequence[K]) -> Future[Sequence[A]]:
        """The same for a caller without an event loop."""
        future: Future[Sequence[A]] = Future()
        self._put(_Ask(function, keys, None, future))
        return future

    def close(self) -> None:
        """Finish what was asked. Whoever asks later gets a RuntimeError."""
        self._closed = True
        for _ in self._threads:
            self._asks.put(None)
        for thread in self._threads:
            thread.join(timeout=60)

    def _put(self, ask: _Ask) -> None:
        if self._closed:
            raise RuntimeError("the writer is closed")
        self._asks.put(ask)

    def _drain(self) -> None:
        alone = True
        while True:
            first = self._asks.get()
            if first is None:
                return
            asks, stop = self._gather(first, alone)
            alone = len(asks) <= 1
            for group in self._groups(asks) if asks else ():
                self._answer(group)
            if stop:
                return

    def _gather(self, first: _Ask, alone: bool) -> tuple[list[_Ask], bool]:
        """What waits now, up to a bound, less what was cancelled. True: the closing mark was among it.

        Under load more is on its way: a transaction costs nearly the same for one as for many, so whoever comes within
        two milliseconds of the last is waited for.
        """
        asks: list[_Ask] = []
        self._take(first, asks)
        count, patience = len(first.keys), 0 if alone else _PATIENCE
        while count < _MOST:
            try:
                ask = self._asks.get(timeout=_COMPANY) if patience and self._asks.empty() else self._asks.get_nowait()
            except queue.Empty:
                break
            patience -= patience > 0 and self._asks.empty()
            if ask is None:
                return asks, True
            self._take(ask, asks)
            count += len(ask.keys)
        return asks, False

    @staticmethod
    def _take(ask: _Ask, asks: list[_Ask]) -> None:
        if isinstance(ask.answer, Future):
            wanted = ask.answer.set_running_or_notify_cancel()  # from here on it cannot be cancelled
        else:
            wanted = not ask.answer.cancelled()
        if wanted:
            asks.append(ask)

    def _groups(self, asks: list[_Ask]) -> list[list[_Ask]]:
        """Asks that share a transaction. Elsewhere than on SQLite only those of one function: each locks its rows in
        one order, and two functions in one transaction would not."""
        if self.database.is_sqlite:
            return [asks]
        by_function: dict[SetBased[Any, Any], list[_Ask]] = {}
        for ask in asks:
            by_function.setdefault(ask.function, []).append(ask)
        return list(by_function.values())

    def _answer(self, asks: list[_Ask]) -> None:
        try:
            answers = self._transact(asks)
        except Exception as error:
            if len(asks) == 1 or isinstance(error, OperationalError):  # the database is away: to nobody's fault
                _tell(asks, [error] * len(asks))
                return
            for ask in asks:  # one bad key must not fail the others: each alone
                self._answer([ask])
            return
        _tell(asks, answers)

    def _transact(self, asks: list[_Ask]) -> list[Sequence[Any]]:
        for _ in range(_TRIES - 1):
            try:
                return self._try(asks)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _AGAIN:
                    raise
            except IntegrityError:
                break  # a random id may have been another process's too: once more, with others
        return self._try(asks)

    def _try(self, asks: list[_Ask]) -> list[Sequence[Any]]:
        by_function: dict[SetBased[Any, Any], list[int]] = {}
        for index, ask in enumerate(asks):
            by_function.setdefault(ask.function, []).append(index)
        answers: list[Sequence[Any]] = [()] * len(asks)
        with self.database.write() as connection:
            for function, indexes in by_function.items():
                keys = [key for index in indexes for key in asks[index].keys]
                found = function(connection, keys)
                if len(found) != len(keys):
                    raise RuntimeError(f"{function.__qualname__} gave {len(found)} answers for {len(keys)} keys")
                at = 0
                for index in indexes:
                    answers[index] = found[at : at + len(asks[index].keys)]
                    at += len(asks[index].keys)
        return answers


def _tell(asks: list[_Ask], told: Sequence[Told]) -> None:
    """Give everybody their answer, or what was raised: those of one event loop with one call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Ask, Told]]] = {}
    for ask, one in zip(asks, told, strict=True):
        if ask.loop is None:
            _set(ask, one)
        else:
            by_loop.setdefault(ask.loop, []).append((ask, one))
    for loop, pairs in by_loop.items():
        if not loop.is_closed():  # nobody is left who waits
            loop.call_soon_threadsafe(_set_all, pairs)


def _set_all(pairs: list[tuple[_Ask, Told]]) -> None:
    for ask, told in pairs:
        if not ask.answer.done():  # cancelled meanwhile: it was written all the same
            _set(ask, told)


def _set(ask: _Ask, told: Told) -> None:
    if isinstance(told, BaseException):
        ask.answer.set_exception(told)
    else:
        ask.answer.set_result(told)
