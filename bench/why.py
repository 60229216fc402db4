"""How long does support wait for an answer to "why"?

    python bench/why.py [--json] [--customers 100000] [--messages 1000000] [--asks 100] [--database URL]

A database of so many customers and messages, with what was decided and what happened (`bench/desk_rows.py` says which),
and questions one after the other, each of another customer, found by e-mail, phone or id as the command finds them:
why they got it (a message that was sent), why they did not (one that was not), of one journey, of one they never
entered, of everything, and as of a day of the past. `why_ms` is the p95 of the slowest question.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from desk_rows import BEGIN, fill  # noqa: E402 -- beside this file

from regulars.store import migrate  # noqa: E402
from regulars.store.database import Database  # noqa: E402
from regulars.store.shelf import Shelf  # noqa: E402
from regulars.why import ask  # noqa: E402
from regulars.why.why import why  # noqa: E402

WHY_MS = 200.0
NOW = BEGIN + timedelta(days=300)
Question = tuple[str, str | None, datetime | None]


def questions(number: int, each: int) -> dict[str, Question]:
    """Of the customer with this number: who, about what, and as of when."""
    email, phone, who = f"mei{number}@example.com", f"+1415{2_000_000 + number}", f"c{number:012d}"
    message = f"m{number:010d}{number % each:02d}"
    return {
        "message": (who, message, None),
        "journey": (email, "abandoned_cart", None),
        "never_entered": (phone, "birthday", None),
        "segment": (email, "dormant_winback", None),
        "everything": (email, None, None),
        "then": (email, None, BEGIN + timedelta(days=45)),
        "journey_then": (phone, "welcome", BEGIN + timedelta(days=45)),
    }


def measure(database: Database, customers: int, each: int, asks: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Milliseconds of every answer by question, and how many sentences there were."""
    chance, shelf = random.Random(7), Shelf()  # the same customers in every run
    taken: dict[str, list[float]] = {}
    said: dict[str, int] = {}
    for _ in range(asks):
        for name, (who, about, at) in questions(chance.randrange(customers), each).items():
            begun = time.perf_counter()
            with database.read() as connection:
                found = why(connection, shelf, ask.asked(connection, shelf, who, about), NOW, at)
            taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
            if found is None or not found.stories:
                raise RuntimeError(f"no answer to {name} about {who}")
            said[name] = said.get(name, 0) + len(json.dumps(found.as_json()))
    return taken, said


def run(database: Database, asked: argparse.Namespace, say: Callable[[str], None]) -> dict[str, Any]:
    begun = time.perf_counter()
    fill(database, asked.customers, asked.messages, say)
    filled = time.perf_counter() - begun
    taken, said = measure(database, asked.customers, max(1, asked.messages // asked.customers), asked.asks)
    p95 = {name: statistics.quantiles(times, n=20)[-1] for name, times in taken.items()}
    worst = max(p95.values())
    return {
        "why_ms": round(worst, 1),
        "holds": worst <= WHY_MS,
        "p95_ms": {name: round(value, 1) for name, value in p95.items()},
        "median_ms": {name: round(statistics.median(times), 1) for name, times in taken.items()},
        "first_ms": {name: round(times[0], 1) for name, times in taken.items()},
        "json_bytes": {name: round(many / asked.asks) for name, many in said.items()},
        "customers": asked.customers,
        "messages": asked.messages,
        "asks": asked.asks,
        "store": database.url.get_backend_name(),
        "filled_s": round(filled, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=100, help="times that each question is asked")
    parser.add_argument("--database", help="an empty database's URL; without it SQLite in a folder of its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(asked.database or f"sqlite:///{folder}/regulars.db")
        migrate.upgrade(database)
        quiet: Callable[[str], None] = lambda _: None  # noqa: E731
        try:
            found = run(database, asked, quiet if asked.json else lambda text: print(text, end="", flush=True))
        finally:
            database.close()
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found["p95_ms"].items():
        print(f"{name:15} p95 {value:7.1f} ms   median {found['median_ms'][name]:7.1f} ms")
    print(f"an answer takes at most {found['why_ms']} ms at p95; the bar is {WHY_MS:g} ms")


if __name__ == "__main__":
    main()
