"""How many signed orders a second does one process take in, beside a bare route with one INSERT and one commit each?

`python bench/intake.py [--json]`. Both are served by uvicorn with the options of `python -m regulars.web` (uvloop,
httptools, one process), on SQLite (WAL, synchronous=FULL), under the same load: 32 keep-alive connections of another
process that post the same signed Shopify orders. Each order is of a new customer with consent, and journeys.yaml is as
shipped, so that welcome is entered. The bare route is an `async def` of the same framework that reads the body and does
one INSERT and one COMMIT with the standard library's sqlite3, in the route itself: the quickest of the ways measured,
and it verifies and parses nothing. `event_ratio` is the events a second of Segment's `/v1/batch`, a hundred a call and
each kept by itself, against the same route's requests (`bench/segment_calls.py` says which events). Rounds are
interleaved; the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hmac import digest
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import segment_calls  # noqa: E402 -- beside this file
from bare_route import serve_bare  # noqa: E402

SECRET = "hush"
CONNECTIONS = 32
AT_LEAST = 0.6
EVENT_AT_LEAST = 10
_LEAD = 0.5  # seconds of load before the count begins: connections open, statements compile
_MOST_PER_SECOND = 6_000  # orders made beforehand for each second of load


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

    made = segment_calls.requests if path == segment_calls.PATH else _requests
    most = segment_calls.MOST_PER_SECOND if path == segment_calls.PATH else _MOST_PER_SECOND
    orders = list(made(path, seed, int((seconds + _LEAD) * most)))

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


def _requests(path: str, seed: int, count: int) -> Iterator[bytes]:
    begun = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(seed, seed + count):
        raw = json.dumps(order(number, begun), separators=(",", ":")).encode()
        signature = b64encode(digest(SECRET.encode(), raw, "sha256")).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n"
            f"User-Agent: Shopify-Captain-Hook\r\nAccept: */*\r\nContent-Length: {len(raw)}\r\n"
            f"X-Shopify-Topic: orders/create\r\nX-Shopify-Shop-Domain: example.myshopify.com\r\n"
            f"X-Shopify-API-Version: 2026-07\r\nX-Shopify-Webhook-Id: w{number}\r\nX-Shopify-Event-Id: e{number}\r\n"
            f"X-Shopify-Hmac-Sha256: {signature}\r\n\r\n"
        )
        yield head.encode() + raw


def order(number: int, at: datetime) -> dict[str, Any]:
    """A new customer's first order, with consent to mails, of the size and shape that Shopify sends."""
    when, email = at.isoformat(), f"customer{number}@example.com"
    consent = {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": when}
    address = {
        "country_code": "US",
        "province_code": "NY",
        "city": "New York",
        "zip": "10013",
        "address1": "18 Main St",
    }
    return {
        "id": 5_000_000_000_000 + number,
        "name": f"#{number}",
        "order_number": number,
        "email": email,
        "created_at": when,
        "updated_at": when,
        "processed_at": when,
        "currency": "USD",
        "total_price": "59.80",
        "current_total_price": "59.80",
        "subtotal_price": "54.80",
        "total_tax": "5.00",
        "financial_status": "paid",
        "fulfillment_status": None,
        "checkout_id": 30_000_000_000 + number,
        "checkout_token": f"token{number}",
        "cart_token": f"cart{number}",
        "test": False,
        "buyer_accepts_marketing": True,
        "customer_locale": "en-US",
        "discount_codes": [],
        "line_items": [
            _line(number, 0, "Sencha, first flush", "34.90"),
            _line(number, 1, "Hojicha, roasted over charcoal", "19.90"),
        ],
        "shipping_address": {**address, "first_name": "Mei", "last_name": "Lin", "country": "United States"},
        "billing_address": {**address, "first_name": "Mei", "last_name": "Lin", "country": "United States"},
        "customer": {
            "id": 7_000_000_000_000 + number,
            "email": email,
            "phone": None,
            "first_name": "Mei",
            "last_name": "Lin",
            "tags": "",
            "email_marketing_consent": consent,
            "sms_marketing_consent": None,
        },
    }


def _line(number: int, position: int, title: str, price: str) -> dict[str, Any]:
    return {
        "id": 9_000_000_000_000 + 10 * number + position,
        "product_id": 8_000_000_000 + position,
        "variant_id": 8_100_000_000 + position,
        "sku": f"TEA-{position}",
        "title": title,
        "quantity": 1,
        "price": price,
        "requires_shipping": True,
        "taxable": True,
        "tax_lines": [{"title": "State Tax", "price": "2.50", "rate": 0.08}],
    }


def bare(folder: Path, driver: str = "core") -> tuple[list[str], dict[str, str], str, str]:
    """Command, environment, path and counting query of the bare route."""
    command = [sys.executable, __file__, "--serve-bare", str(folder / "bare.db"), "--bare", driver]
    return command, {}, "/webhooks/bare", "SELECT count(*) FROM taken"


def regulars(folder: Path) -> tuple[list[str], dict[str, str], str, str]:
    """The same of the product, with the journeys shipped made live."""
    from regulars.journeys.load import load_book
    from regulars.store import migrate, shelf
    from regulars.store.database import Database

    url = f"sqlite:///{folder / 'regulars.db'}"
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as connection:
        shelf.apply(connection, load_book(ROOT / "journeys.yaml"), datetime.now(UTC))
    database.close()
    told = {"DATABASE_URL": url, "SHOPIFY_WEBHOOK_SECRET": SECRET, "REGULARS_SECRET": SECRET, "LOG_LEVEL": "WARNING"}
    query = (
        "SELECT count(*) FROM shop_order WHERE (SELECT count(*) FROM enrollment) = (SELECT count(*) FROM shop_order)"
    )
    return [sys.executable, "-m", "regulars.web"], told, "/webhooks/shopify", query


def segment(folder: Path) -> tuple[list[str], dict[str, str], str, str]:
    """The same product, taking batches of a Segment client's events."""
    command, told, _, _ = regulars(folder)
    query = f"SELECT count(*) / {segment_calls.EVENTS}.0 FROM inbound"
    return command, told | {"SEGMENT_WRITE_KEYS": segment_calls.WRITE_KEY}, segment_calls.PATH, query


def measure(contender: Any, seconds: float, seed: int, *given: str) -> float:
    """Orders a second of one contender on an empty database. Raises AssertionError when its books do not agree."""
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        command, told, path, query = contender(folder, *given)
        port = _free_port()
        with _running([*command, "--port", str(port)], told, port):
            answers: Any = multiprocessing.get_context("spawn").Queue()
            process = multiprocessing.get_context("spawn").Process(
                target=load, args=(port, path, seed, seconds, answers)
            )
            process.start()
            try:
                told_back = answers.get(timeout=60 + 4 * seconds)
                process.join(timeout=10)
            finally:
                process.kill()
        name = "bare" if contender is bare else "regulars"
        written = sqlite3.connect(folder / f"{name}.db").execute(query).fetchone()[0]
        assert told_back["refused"] == 0, f"{contender.__name__} refused {told_back['refused']} orders"
        assert written == told_back["taken"], f"{contender.__name__}: {told_back['taken']} taken, {written} on disk"
        assert told_back["per_second"] > 0, f"{contender.__name__} took nothing"
        return float(told_back["per_second"])


@contextmanager
def _running(command: list[str], told: dict[str, str], port: int) -> Iterator[None]:
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            assert process.poll() is None, f"{command} ended before it answered"
            assert time.monotonic() < deadline, f"{command} does not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--seconds", type=float, default=4.0, help="of load, for each contender in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bare", choices=("core", "sqlite3"), default="core", help="how the bare route reaches SQLite")
    parser.add_argument("--serve-bare", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve_bare:
        serve_bare(chosen.port, chosen.serve_bare, chosen.bare)
        return 0
    rates: dict[str, list[float]] = {"bare": [], "regulars": [], "segment": []}
    contenders = (bare, regulars, segment)
    for number in range(chosen.rounds):
        for contender in contenders if number % 2 == 0 else contenders[::-1]:
            given = (chosen.bare,) if contender is bare else ()
            rates[contender.__name__].append(measure(contender, chosen.seconds, 1_000_000 * (number + 1), *given))
            if not chosen.json:
                print(f"round {number + 1}, {contender.__name__}: {rates[contender.__name__][-1]:,.0f} requests/s")
    event_ratios = [
        segment_calls.EVENTS * mine / theirs for mine, theirs in zip(rates["segment"], rates["bare"], strict=True)
    ]
    ratios = [mine / theirs for mine, theirs in zip(rates["regulars"], rates["bare"], strict=True)]
    found = {
        "order_ratio": round(statistics.median(ratios), 3),
        "order_ratios": [round(ratio, 3) for ratio in ratios],
        "orders_per_second": round(statistics.median(rates["regulars"])),
        "bare_per_second": round(statistics.median(rates["bare"])),
        "bare": chosen.bare,
        "at_least": AT_LEAST,
        "event_ratio": round(statistics.median(event_ratios), 2),
        "event_ratios": [round(ratio, 2) for ratio in event_ratios],
        "events_per_second": round(statistics.median(rates["segment"]) * segment_calls.EVENTS),
        "event_at_least": EVENT_AT_LEAST,
    }
    print(json.dumps(found) if chosen.json else f"\nratio {found['order_ratio']} (at least {AT_LEAST}): {found}")
    return 0 if statistics.median(ratios) >= AT_LEAST and statistics.median(event_ratios) >= EVENT_AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
