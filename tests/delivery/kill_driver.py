"""How is a send killed at its n-th step? A process that has everything loaded, and a fork of it for each run.

Reads one JSON object a line: `database`, `wants`, `at` (the step to die at, null for none), `resolves` (seconds),
`finish`; answers one a line: `killed`, `steps`, `answers`. A step is a resumption of any coroutine, or a commit about
to be made.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from delivery_office import Office
from delivery_shop import HOUSE, TEMPLATES, Shop, journey, send
from sqlalchemy import event

from regulars.delivery import wardrobe
from regulars.delivery.want import Want
from regulars.journeys.model import Book
from regulars.store.database import Database


class Steps:
    """Counts steps across tasks and threads, and kills this process at one of them."""

    def __init__(self, die_at: int | None) -> None:
        self.taken, self._die_at, self._lock = 0, die_at, threading.Lock()

    def step(self, *_: object) -> None:
        with self._lock:
            self.taken += 1
            if self.taken == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    def task(self, loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
        """A task factory whose coroutines are stepped."""
        return asyncio.Task(Stepped(work, self), loop=loop, **more)


class Stepped(Coroutine[Any, Any, Any]):
    """A coroutine, each of whose resumptions is a step."""

    def __init__(self, inner: Any, steps: Steps) -> None:
        self._inner, self._steps = inner, steps

    def send(self, value: Any) -> Any:
        self._steps.step()
        return self._inner.send(value)

    def throw(self, *error: Any) -> Any:
        self._steps.step()
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from self._inner.__await__()


def deliver(ask: dict[str, Any], url: str) -> dict[str, Any]:
    """One process's attempt. Nobody kills it where there is nobody to: it goes on until nothing is `later`."""
    steps = Steps(ask["at"])
    database = Database(ask["database"])
    event.listen(database.engine, "commit", steps.step)
    wants = [_want(each) for each in ask["wants"]]

    async def attempt() -> list[Any]:
        resolves = timedelta(seconds=ask["resolves"])
        office = Office(Shop(database), url, resolves=resolves)
        office.open()
        asyncio.get_running_loop().set_task_factory(steps.task)  # type: ignore[arg-type]
        sending = office.until_final if ask["finish"] else office.deliver
        try:
            return await asyncio.ensure_future(sending(*wants))
        finally:
            asyncio.get_running_loop().set_task_factory(None)
            await office.close()

    said = asyncio.run(attempt())
    return {"answers": [one.result for one in said], "steps": steps.taken}


def _want(raw: dict[str, Any]) -> Want:
    times = {name: datetime.fromisoformat(raw[name]) for name in ("due", "now")}
    return Want(**{name: value for name, value in {**raw, **times}.items() if name != "send_key"})


def _fork(ask: dict[str, Any], url: str) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            with os.fdopen(writing, "w") as answer:
                json.dump(deliver(ask, url), answer)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return {"killed": True}
    return {"killed": False, **json.loads(said or '{"answers": ["the driver failed"]}')}


def main(url: str) -> None:
    wardrobe.load(TEMPLATES, Book(*book()))  # compiled once, for all the children
    for line in sys.stdin:
        print(json.dumps(_fork(json.loads(line), url)), flush=True)  # noqa: T201 - the answer


def book() -> tuple[Any, dict[str, Any]]:
    """What is live in these tests: a mail of each purpose, at any hour and as often as they like."""
    journeys = {"cart": journey("cart", send()), "other": journey("other", send(of="other", purpose="service"))}
    return replace(HOUSE, quiet_hours={}, caps={}), journeys


if __name__ == "__main__":
    main(sys.argv[1])
