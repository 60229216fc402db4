"""How do many sends share one ask of the store? Those who wait at the same time on one event loop ask as one.

The writer lets callers share a transaction; this lets them share the way to it and back, which costs a busy loop more
than the transaction does: an answer from another thread is a system call, for each who waits for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from regulars.store.writer import SetBased, Writer

K = TypeVar("K")
A = TypeVar("A")
_MOST = 256  # keys at once


@dataclass(slots=True)
class _Ask:
    keys: Sequence[Any]
    answer: asyncio.Future[Sequence[Any]]


class Together:
    """A writer's `ask_all`, for the callers of one event loop. While one batch is under way the next one gathers."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: dict[SetBased[Any, Any], list[_Ask]] = {}
        self._flying: dict[SetBased[Any, Any], asyncio.Task[None]] = {}

    async def ask_all(self, function: SetBased[K, A], keys: Sequence[K]) -> Sequence[A]:
        """One answer per key, after their commit. Raises what the function raised for these keys."""
        if not keys:
            return []
        ask = _Ask(keys, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(function, []).append(ask)
        if function not in self._flying:
            self._flying[function] = asyncio.ensure_future(self._fly(function))
        return await ask.answer

    async def _fly(self, function: SetBased[Any, Any]) -> None:
        try:
            while asks := self._next(function):
                await self._answer(function, asks)
        finally:
            del self._flying[function]

    def _next(self, function: SetBased[Any, Any]) -> list[_Ask]:
        """Who goes now, up to a bound and at least one; who gave up waiting does not."""
        waiting = [ask for ask in self._waiting.pop(function, ()) if not ask.answer.done()]
        count, size = 0, 0
        while count < len(waiting) and (not count or size + len(waiting[count].keys) <= _MOST):
            size += len(waiting[count].keys)
            count += 1
        if waiting[count:]:
            self._waiting[function] = waiting[count:]
        return waiting[:count]

    async def _answer(self, function: SetBased[Any, Any], asks: list[_Ask]) -> None:
        try:
            answers = await self._writer.ask_all(function, [key for ask in asks for key in ask.keys])
        except Exception as error:
            if len(asks) == 1:
                if not asks[0].answer.done():
                    asks[0].answer.set_exception(error)
                return
            await asyncio.gather(*(self._answer(function, [ask]) for ask in asks))  # one must not fail the others
            return
        at = 0
        for ask in asks:
            if not ask.answer.done():
                ask.answer.set_result(answers[at : at + len(ask.keys)])
            at += len(ask.keys)
