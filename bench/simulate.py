"""How long does it take to know what a journey will do?

    python bench/simulate.py [--json] [--customers 10000] [--rounds 5]

`year_ms`: one customer through a year of the journeys as shipped, every message rendered; the median of some rounds.
`random_s`: so many random customers through a year of all of them, in two processes, from reading the files to the last
one. `rss_mb`: the most memory that those processes had, together with this one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from simulated_people import START, YEAR, anybody  # noqa: E402 -- beside this file

from regulars.delivery import book  # noqa: E402
from regulars.simulate.shop import Shop  # noqa: E402
from regulars.simulate.walk import simulate  # noqa: E402

YEAR_MS, RANDOM_S, RSS_MB = 50.0, 60.0, 500.0
PROCESSES = 2
Told = tuple[Counter[str], float]


def shop() -> Shop:
    """As shipped."""
    return Shop.of(*book.read(ROOT / "journeys.yaml", ROOT / "templates"))


def year_ms(where: Shop, rounds: int) -> float:
    """The median of some rounds of the busiest of some customers."""
    profile, script = max((anybody(n) for n in range(200)), key=lambda one: len(one[1].happens))
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        simulate(where, profile, script, start=START, until=START + YEAR)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def crowd(numbers: range) -> Told:
    """Walk some customers: how many walks there were by journey, and this process's memory (MB)."""
    where, walks = shop(), Counter[str]()
    for number in numbers:
        profile, script = anybody(number)
        record = simulate(where, profile, script, start=START, until=START + YEAR)
        walks.update(walk.journey for walk in record.walks)
        walks["messages"] += len(record.sent)
    return walks, _memory()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    begun = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        told = pool.map(crowd, [range(n, options.customers, PROCESSES) for n in range(PROCESSES)], chunksize=1)
    random_s = time.perf_counter() - begun
    walks = sum((one for one, _ in told), Counter[str]())
    figures = {
        "year_ms": round(year_ms(shop(), options.rounds), 1),
        "random_s": round(random_s, 1),
        "rss_mb": round(sum(memory for _, memory in told) + _memory(), 0),
        "customers": options.customers,
        **dict(sorted(walks.items())),
    }
    good = figures["year_ms"] <= YEAR_MS and figures["random_s"] <= RANDOM_S and figures["rss_mb"] <= RSS_MB
    sys.stdout.write(json.dumps({**figures, "good": good}, indent=None if options.json else 2) + "\n")
    return 0 if good else 1


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
