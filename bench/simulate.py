"""How long does it take to know what a journey will do?

    python bench/simulate.py [--json] [--customers 10000] [--rounds 5]

`year_ms`: one customer through a year of the journeys as shipped, every message rendered; the median of some rounds.
`random_s`: so many invented customers through all of them, each judged by the rules of the house, in two processes, as
`regulars test --random` does it. `rss_mb`: the most memory that those processes had, together with this one.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from regulars.scenarios.anybody import Anybody  # noqa: E402 -- from here, whatever is installed
from regulars.scenarios.hunt import PROCESSES, Files, hunted  # noqa: E402
from regulars.scenarios.life import walker  # noqa: E402
from regulars.simulate.shop import Shop  # noqa: E402

YEAR_MS, RANDOM_S, RSS_MB = 50.0, 60.0, 500.0
SEED, YEAR = 1, 365


def year_ms(where: Shop, rounds: int) -> float:
    """The median of some rounds of the busiest of some customers."""
    anybody, walk = Anybody.of(where, SEED, YEAR), walker(where)
    life = max(map(anybody.life, range(200)), key=lambda one: len(one.script.happens))
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        walk(life)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--days", type=int, help="of each random customer; a week to four months without it")
    options = parser.parse_args()
    files = Files(ROOT / "journeys.yaml", ROOT / "templates")
    begun = time.perf_counter()
    tally = hunted(files, files.shop(), SEED, options.customers, options.days)
    random_s = time.perf_counter() - begun
    figures = {
        "year_ms": round(year_ms(files.shop(), options.rounds), 1),
        "random_s": round(random_s, 1),
        "rss_mb": round(_memory(resource.RUSAGE_SELF) + PROCESSES * _memory(resource.RUSAGE_CHILDREN), 0),
        "customers": tally.customers,
        "messages": tally.messages,
        **dict(sorted(tally.walks.items())),
    }
    within = figures["year_ms"] <= YEAR_MS and figures["random_s"] <= RANDOM_S and figures["rss_mb"] <= RSS_MB
    good = within and tally.worst is None
    sys.stdout.write(json.dumps({**figures, "good": good}, indent=None if options.json else 2) + "\n")
    return 0 if good else 1


def _memory(whose: int) -> float:
    """Of the children: what the largest one had."""
    return resource.getrusage(whose).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
