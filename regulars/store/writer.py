"""How do many callers share one commit? Set-based functions, asked key by key, answered batch by batch.

A set-based function takes a connection and a list of keys and returns one answer per key, in order. Callers who wait at
the same time share one transaction: on SQLite all of them (the commit is what costs), on PostgreSQL those of the same
function, a few transactions side by side. A 2xx or an answer follows its commit, so it is on disk.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
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
_MOST = 2048  # keys a transaction: bounds how long a writer is held
_PATIENCE = 0.01  # seconds that are waited, at most, for as many as came together the last time

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
        self._asks: queue.SimpleQueue[list[_Ask] | None] = queue.SimpleQueue()
        self._forming: dict[asyncio.AbstractEventLoop, list[_Ask]] = {}
        self._lock = threading.Lock()  # over `_forming` and `_closed`
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
        self._form(_Ask(function, keys, loop, answer), loop)
        return await answer

    def submit(self, function: SetBased[K, A], keys: Sequence[K]) -> Future[Sequence[A]]:
        """The same for a caller without an event loop."""
        future: Future[Sequence[A]] = Future()
        with self._lock:
            self._check_open()
            self._asks.put([_Ask(function, keys, None, future)])
        return future

    def close(self) -> None:
        """Finish what was asked. Whoever asks later gets a RuntimeError."""
        with self._lock:
            self._closed = True
            for asks in self._forming.values():
                self._asks.put(asks)
            self._forming.clear()
            for _ in self._threads:
                self._asks.put(None)
        for thread in self._threads:
            thread.join(timeout=60)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the writer is closed")

    def _form(self, ask: _Ask, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever asks in the same turn of an event loop is handed over at its end: a thread is woken once for all."""
        with self._lock:
            self._check_open()
            asks = self._forming.setdefault(loop, [])
            asks.append(ask)
        if len(asks) == 1:
            loop.call_soon(self._hand_over, loop)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            asks = self._forming.pop(loop, [])
            for at in range(0, len(asks), _MOST):
                self._asks.put(asks[at : at + _MOST])

    def _drain(self) -> None:
        company = 1
        while True:
            asks, stop = self._gather(company)
            company = len(asks)
            for group in self._groups(asks) if asks else ():
                self._answer(group)
            if stop:
                return

    def _gather(self, company: int) -> tuple[list[_Ask], bool]:
        """What waits, up to a bound, less what was cancelled. True: the closing mark was among it.

        Under load more is on its way, for who was answered asks again; and a transaction costs nearly the same for one
        as for many. So as many as the last time are waited for, but not for long.
        """
        told, until = self._asks.get(), time.monotonic() + _PATIENCE
        asks: list[_Ask] = []
        while told is not None:
            asks += [ask for ask in told if _is_wanted(ask)]
            if sum(len(ask.keys) for ask in asks) >= _MOST:
                return asks, False
            patience = until - time.monotonic() if len(asks) < company else 0
            try:
                told = self._asks.get(timeout=max(patience, 0))
            except queue.Empty:
                return asks, False
        return asks, True

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


def _is_wanted(ask: _Ask) -> bool:
    if isinstance(ask.answer, Future):
        return ask.answer.set_running_or_notify_cancel()  # from here on it cannot be cancelled
    return not ask.answer.cancelled()


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
