"""How does one of our processes begin and end? Readable logs, a stop on SIGTERM or SIGINT, and a clean exit."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable

from regulars.settings import Missing

_NEW = 100_000  # objects
_TURN = 0.0005  # seconds


def log_to_stderr(level: str) -> None:
    """One line an entry: time, level, module, words."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True)
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)  # the failure converter tells of it
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def keep_loaded() -> None:
    """Have what is loaded by now, which stays, not looked through again and again for cycles among what is new; and
    that not for every few hundred objects: one batch makes thousands."""
    gc.freeze()
    gc.set_threshold(_NEW)


def take_short_turns() -> None:
    """Have threads take short turns, where one reads and the other writes: while the store's thread waits for its own,
    the database has nothing to do."""
    sys.setswitchinterval(_TURN)


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main` until it returns; its event is set when the process is told to stop. Exits with 2 where a setting is
    missing, which it names."""

    async def guarded() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, stopping.set)
        await main(stopping)

    try:
        asyncio.run(guarded())
    except Missing as error:
        print(error, file=sys.stderr)  # noqa: T201 -- for who started it, before there is anything to log
        sys.exit(2)
    gc.collect()  # without it the interpreter may crash on its way out after a sandboxed worker (sdk-python issue 300)
