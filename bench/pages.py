"""How long does support wait for a page of the desk?

    python bench/pages.py [--json] [--customers 100000] [--messages 1000000] [--looks 60] [--database URL]

A database of so many customers and messages (`bench/desk_rows.py` says which); a web process of its own over it; one
browser's requests, one after the other, each of another customer or message. `count_ms` is how long all journeys'
figures take to count. What takes long is not counted anew for every look, so the pages that show them are charged with
a whole count each: `page_p95_ms` is the slowest page's p95.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from desk_rows import BEGIN, Step, fill, steps_of  # noqa: E402 -- beside this file, as is the next
from web_process import running  # noqa: E402

from regulars.cli.ports import Ports  # noqa: E402
from regulars.desk import figures  # noqa: E402
from regulars.store import migrate  # noqa: E402
from regulars.store.database import Database  # noqa: E402

PAGE_P95_MS = 300.0
_COUNTING = ("journeys", "journey", "people")  # pages that show figures


@contextmanager
def web(database: Database) -> Iterator[int]:
    """A web process over the database; the port that it answers on."""
    port = Ports().free(0)
    told = {
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REGULARS_SECRET": "bench",
        "LOG_LEVEL": "WARNING",
    }
    with running([sys.executable, "-m", "regulars.web", "--port", str(port)], told, port):
        yield port


def pages(customers: int, messages: int, step: Step, number: int) -> dict[str, tuple[str, str, bytes | None]]:
    """Every page, of the customer with this number: method, path and body by name."""
    each, who = max(1, messages // customers), f"c{number:012d}"
    letters = {"find_email": f"Mei{number}@example.com", "find_phone": f"+1415{2_000_000 + number}", "find_id": who}
    before = int((BEGIN + timedelta(days=40)).timestamp() * 1_000_000)
    return {
        "journeys": ("GET", "/desk", None),
        "journey": ("GET", f"/desk/journeys/{step.journey}", None),
        "people": ("GET", f"/desk/journeys/{step.journey}?step={step.step.id}&after=w{number:010d}00", None),
        "customer": ("GET", f"/desk/customers/{who}", None),
        "customer_older": ("GET", f"/desk/customers/{who}?before={before}.z", None),
        "message": ("GET", f"/desk/messages/m{number:010d}{number % each:02d}", None),
        "mail": ("GET", f"/desk/messages/m{number:010d}{number % each:02d}/mail", None),
        "rejected": ("GET", "/desk/rejected", None),
        "rejected_older": ("GET", f"/desk/rejected?before={before}.z", None),
        **{name: ("POST", "/desk/find", urlencode({"q": text}).encode()) for name, text in letters.items()},
        "find_sender_id": ("POST", "/desk/find", urlencode({"q": str(900_000 + number)}).encode()),
        "find_nobody": ("POST", "/desk/find", urlencode({"q": f"nobody{number}@example.com"}).encode()),
    }


def measure(port: int, customers: int, messages: int, step: Step, looks: int) -> dict[str, list[float]]:
    """Milliseconds of every look, by page."""
    chance = random.Random(7)  # the same customers in every run
    taken: dict[str, list[float]] = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(looks):
        for name, (method, path, body) in pages(customers, messages, step, chance.randrange(customers)).items():
            begun = time.perf_counter()
            connection.request(method, path, body)
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 303) and not (name in ("mail", "find_nobody") and answer.status == 404):
                raise RuntimeError(f"{method} {path}: {answer.status}")
            taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
    connection.close()
    return taken


def run(database: Database, asked: argparse.Namespace, say: Callable[[str], None]) -> dict[str, Any]:
    begun = time.perf_counter()
    fill(database, asked.customers, asked.messages, say)
    filled, step = time.perf_counter() - begun, steps_of(database)[0]
    with database.read() as connection:
        begun = time.perf_counter()
        figures.count(connection)
        figures.members(connection)
        counted = time.perf_counter() - begun
    with web(database) as port:
        taken = measure(port, asked.customers, asked.messages, step, asked.looks)
    p95 = {name: statistics.quantiles(times, n=20)[-1] for name, times in taken.items()}
    for name in _COUNTING:
        p95[name] += counted * 1000
    worst = max(p95.values())
    return {
        "page_p95_ms": round(worst, 1),
        "holds": worst <= PAGE_P95_MS,
        "count_ms": round(counted * 1000, 1),
        "p95_ms": {name: round(value, 1) for name, value in p95.items()},
        "median_ms": {name: round(statistics.median(times), 1) for name, times in taken.items()},
        "first_ms": {name: round(times[0], 1) for name, times in taken.items()},
        "customers": asked.customers,
        "messages": asked.messages,
        "looks": asked.looks,
        "store": database.url.get_backend_name(),
        "filled_s": round(filled, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=60, help="requests of each page")
    parser.add_argument("--database", help="an empty database's URL; without it SQLite in a folder of its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(asked.database or f"sqlite:///{folder}/regulars.db")
        migrate.upgrade(database)
        try:
            found = run(
                database, asked, (lambda _: None) if asked.json else lambda text: print(text, end="", flush=True)
            )
        finally:
            database.close()
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found["p95_ms"].items():
        print(
            f"{name:16} {value:8.1f} ms p95 {found['median_ms'][name]:8.1f} median {found['first_ms'][name]:8.1f} first"
        )
    print(f"the slowest: {found['page_p95_ms']} ms (promised: {PAGE_P95_MS:g}); counting takes {found['count_ms']} ms")


if __name__ == "__main__":
    main()
