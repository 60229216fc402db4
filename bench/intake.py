"""How many signed orders a second does one process take in, beside a bare route with one INSERT and one commit each?

`python bench/intake.py [--json]`. Both are served by uvicorn with the options of `python -m regulars.web` (uvloop,
httptools, one process), on SQLite (WAL, synchronous=FULL), under the same load: 32 keep-alive connections of another
process that post the same signed Shopify orders. Each order is of a new customer with consent, and journeys.yaml is as
shipped, so that welcome is entered. The bare route is an `async def` of the same framework that reads the body and does
one INSERT and one COMMIT in the route itself, by SQLAlchemy Core or, with `--bare sqlite3`, by the standard library's
driver alone (`bench/bare_route.py`); it verifies and parses nothing. `event_ratio` is the events a second of Segment's
`/v1/batch`, a hundred a call and each kept by itself, against the same route's requests (`bench/segment_calls.py` says
which events). Rounds are interleaved; the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import segment_calls  # noqa: E402 -- beside this file, as are the next
from bare_route import serve_bare  # noqa: E402
from order_calls import SECRET  # noqa: E402
from web_load import load  # noqa: E402
from web_process import running  # noqa: E402

from regulars.cli.ports import Ports  # noqa: E402

AT_LEAST = 0.6
EVENT_AT_LEAST = 10


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
        port = Ports().free(0)
        with running([*command, "--port", str(port)], told, port):
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


def figures(rates: dict[str, list[float]]) -> dict[str, Any]:
    """What is told of all rounds' rates."""
    ratios = [mine / theirs for mine, theirs in zip(rates["regulars"], rates["bare"], strict=True)]
    event_ratios = [
        segment_calls.EVENTS * mine / theirs for mine, theirs in zip(rates["segment"], rates["bare"], strict=True)
    ]
    return {
        "order_ratio": round(statistics.median(ratios), 3),
        "order_ratios": [round(ratio, 3) for ratio in ratios],
        "orders_per_second": round(statistics.median(rates["regulars"])),
        "bare_per_second": round(statistics.median(rates["bare"])),
        "at_least": AT_LEAST,
        "event_ratio": round(statistics.median(event_ratios), 2),
        "event_ratios": [round(ratio, 2) for ratio in event_ratios],
        "events_per_second": round(statistics.median(rates["segment"]) * segment_calls.EVENTS),
        "event_at_least": EVENT_AT_LEAST,
        "holds": statistics.median(ratios) >= AT_LEAST and statistics.median(event_ratios) >= EVENT_AT_LEAST,
    }


def run(chosen: argparse.Namespace) -> dict[str, list[float]]:
    """Requests a second of every contender, round by round."""
    rates: dict[str, list[float]] = {"bare": [], "regulars": [], "segment": []}
    contenders = (bare, regulars, segment)
    for number in range(chosen.rounds):
        for contender in contenders if number % 2 == 0 else contenders[::-1]:
            given = (chosen.bare,) if contender is bare else ()
            rates[contender.__name__].append(measure(contender, chosen.seconds, 1_000_000 * (number + 1), *given))
            if not chosen.json:
                print(f"round {number + 1}, {contender.__name__}: {rates[contender.__name__][-1]:,.0f} requests/s")
    return rates


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
    found = {**figures(run(chosen)), "bare": chosen.bare}
    print(json.dumps(found) if chosen.json else f"\nratio {found['order_ratio']} (at least {AT_LEAST}): {found}")
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
