"""What load is a web process under? As many keep-alive connections as told, each posting as soon as it is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, cast

import order_calls  # beside this file, as is the next
import segment_calls

CONNECTIONS = 32
_LEAD = 0.5  # seconds of load before the count begins: connections open, statements compile


class Client(asyncio.Protocol):
    """One keep-alive connection: posts the next order as soon as the last one is answered."""

    def __init__(self, orders: Iterator[bytes], tally: dict[str, int], done: asyncio.Event) -> None:
        self._orders, self._tally, self._done = orders, tally, done
        self._answer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one in all but name
        self._ask(next(self._orders))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, _ = self._answer.partition(b"\r\n\r\n")
        if not found or not self._answer.endswith(_body_end(head)):
            return
        self._tally["taken" if head.startswith(b"HTTP/1.1 20") else "refused"] += 1
        self._answer = b""
        order = next(self._orders, None)
        if order is None or self._done.is_set():
            self._done.set()
        else:
            self._ask(order)

    def _ask(self, order: bytes) -> None:
        if self._transport is not None:
            self._tally["asked"] += 1
            self._transport.write(order)


def _body_end(head: bytes) -> bytes:
    # Orders are answered without a body; Segment's clients want their word that it went well, and no other.
    return b"\r\n\r\n" if b"content-length: 0" in head.lower() else segment_calls.WELL


def load(port: int, path: str, seed: int, seconds: float, told: Any) -> None:
    """Post orders for `seconds`; tells what was taken in all, and how many a second once under way."""
    import uvloop

    calls = segment_calls if path == segment_calls.PATH else order_calls
    orders = list(calls.requests(path, seed, int((seconds + _LEAD) * calls.MOST_PER_SECOND)))

    async def run() -> tuple[dict[str, int], float]:
        done, tally, remaining = asyncio.Event(), {"asked": 0, "taken": 0, "refused": 0}, iter(orders)
        loop = asyncio.get_running_loop()
        links = [
            await loop.create_connection(lambda: Client(remaining, tally, done), "127.0.0.1", port)
            for _ in range(CONNECTIONS)
        ]
        await asyncio.sleep(_LEAD)
        before, begun = tally["taken"], time.perf_counter()
        try:
            await asyncio.wait_for(done.wait(), seconds)
        except TimeoutError:
            done.set()
        rate = (tally["taken"] - before) / (time.perf_counter() - begun)
        async with asyncio.timeout(30):  # what is under way is answered, so that the books can be compared
            while tally["taken"] + tally["refused"] < tally["asked"]:  # noqa: ASYNC110 -- nothing says when
                await asyncio.sleep(0.01)
        for transport, _ in links:
            transport.close()
        return tally, rate

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tally, rate = runner.run(run())
    told.put({**tally, "per_second": rate})
