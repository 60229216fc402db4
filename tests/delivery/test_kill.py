"""Does a kill at any point yield the stated policy, and do the books say so?

A process that delivers is killed by SIGKILL at its n-th step, for every n until a run completes; then another one
delivers the same wants to their end. Accepted means that the vendor has exactly one, everything else that it has none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from delivery_office import Vendor
from delivery_shop import HOUR, Shop
from kill_driver import book

from regulars.clock import identity
from regulars.delivery.want import Want

ROOT = Path(__file__).resolve().parents[2]
IN_DOUBT = ("dispatching", "unknown")
ENOUGH = 150  # steps of a run, and more: it ends when one completes
PARTY = 30
UNKNOWABLE = {"kind": "status", "endpoint": "look_up", "times": "forever"}


@dataclass(frozen=True, slots=True)
class Driver:
    """The process that forks one for each run."""

    running: subprocess.Popen[str]
    database: str

    def run(self, wants: Sequence[Want], attempt: int, at: int | None, *, resolves: float = 30.0) -> dict[str, Any]:
        """One attempt at these wants, killed at step `at`; with none it goes on to the end."""
        assert self.running.stdin is not None and self.running.stdout is not None
        each = [asdict(want) | {"owner": f"run/1/{attempt}"} for want in wants]
        ask = {"database": self.database, "wants": each, "at": at, "resolves": resolves, "finish": at is None}
        self.running.stdin.write(json.dumps(ask, default=datetime.isoformat) + "\n")
        self.running.stdin.flush()
        answer: dict[str, Any] = json.loads(self.running.stdout.readline())
        return answer


@pytest.fixture
def driver(shop: Shop, vendor: Vendor) -> Iterator[Driver]:
    command = [sys.executable, str(Path(__file__).with_name("kill_driver.py")), vendor.url]
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=told)
    url = shop.database.url.set(drivername="sqlite" if shop.database.is_sqlite else "postgresql")
    try:
        yield Driver(running, url.render_as_string(hide_password=False))
    finally:
        running.kill()
        running.communicate()


@pytest.fixture
def wants(shop: Shop) -> Callable[..., list[Want]]:
    """Makes customers who want their mail, all by one arrival each in one transaction."""
    house, journeys = book()
    shop.house = house
    shop.apply(*journeys.values())

    def make(count: int, name: str, label: str) -> list[Want]:
        now = identity().now()
        return shop.wants([f"{label}-{number}" for number in range(count)], name, now - HOUR, now)

    return make


@dataclass(slots=True)
class Killed:
    """What was found after a kill at step `at`, and what came of it in the end."""

    at: int
    doubted: list[bool]
    rows: list[dict[str, Any]]

    def check(self, books: dict[str, int], policy: Callable[[str, int, bool], bool]) -> list[str]:
        """What does not keep the policy: (state, how many the vendor has, whether it was in doubt) -> kept."""
        found = [
            (row["state"], books.get(row["id"], 0), doubt) for row, doubt in zip(self.rows, self.doubted, strict=True)
        ]
        return [
            f"killed at step {self.at}: {state}, the vendor has {count}{', was in doubt' if doubt else ''}"
            for state, count, doubt in found
            if not policy(state, count, doubt)
        ]


def kill(shop: Shop, driver: Driver, wants: Sequence[Want], at: int, **more: Any) -> Killed | None:
    """Kill at step `at`, then deliver to the end; None once there is no such step."""
    if not driver.run(wants, 1, at, **more)["killed"]:
        return None
    left = [shop.message(want) for want in wants]
    last = driver.run(wants, 2, None, **more)
    assert "later" not in last["answers"] and "the driver failed" not in last["answers"], (at, last)
    rows = [shop.message(want) for want in wants]
    assert all(rows), f"killed at step {at}: no record at all"
    return Killed(at, [bool(row and row["state"] in IN_DOUBT) for row in left], [row for row in rows if row])


def at_most_once(state: str, count: int, doubt: bool) -> bool:
    return count == (state == "accepted")


def told_unknowable(state: str, count: int, doubt: bool) -> bool:
    """No look-up works: what was in doubt is given up, whether the vendor has it or not."""
    return (state == "given_up" and count <= 1) if doubt else (state, count) == ("accepted", 1)


def at_least_once(state: str, count: int, doubt: bool) -> bool:
    """No look-up works: what was in doubt was sent again, and nothing else was."""
    return state == "accepted" and (count in (1, 2) if doubt else count == 1)


def every_step(
    shop: Shop, driver: Driver, make: Callable[[str], list[Want]], steps: Iterator[int], **more: Any
) -> list[Killed]:
    """A kill at each of these steps, each with wants of its own, until a run completes."""
    found: list[Killed] = []
    for at in steps:
        one = kill(shop, driver, make(f"n{at}"), at, **more)
        if one is None:
            return found
        found.append(one)
    raise AssertionError(f"no run completed within {ENOUGH} steps")


@pytest.mark.parametrize("name", ["cart", "other"])
def test_a_kill_at_any_step_leaves_exactly_one_message_and_the_books_say_so(
    shop: Shop, driver: Driver, vendor: Vendor, wants: Callable[..., list[Want]], name: str
) -> None:
    """Marketing and service alike: where the vendor's records can be read, at least once is once too."""
    found = every_step(shop, driver, lambda label: wants(1, name, label), iter(range(1, ENOUGH)))
    books = vendor.books()
    wrong = [line for one in found for line in one.check(books, at_most_once)]
    assert not wrong, "\n".join(wrong)
    assert all(row["state"] == "accepted" for one in found for row in one.rows)
    doubts = [one.at for one in found if any(one.doubted)]
    assert len(found) > 10 and 2 <= len(doubts) < len(found)  # the wire was reached, and left


@pytest.mark.parametrize(("name", "policy"), [("cart", told_unknowable), ("other", at_least_once)])
def test_where_the_vendors_records_cannot_be_read_the_policy_decides(
    shop: Shop, driver: Driver, vendor: Vendor, wants: Callable[..., list[Want]], name: str, policy: Any
) -> None:
    vendor.misbehave(UNKNOWABLE)
    found = every_step(shop, driver, lambda label: wants(1, name, label), iter(range(1, ENOUGH)), resolves=0.2)
    books = vendor.books()
    wrong = [line for one in found for line in one.check(books, policy)]
    assert not wrong, "\n".join(wrong)
    assert any(any(one.doubted) for one in found)


def test_a_party_that_is_killed_sends_each_of_its_messages_once(
    shop: Shop, driver: Driver, vendor: Vendor, wants: Callable[..., list[Want]]
) -> None:
    """Two chunks: what one kill makes unknown is what was on the wire."""
    whole = driver.run(wants(PARTY, "cart", "whole"), 1, 100_000)
    samples = [1 + (whole["steps"] - 2) * part // 7 for part in range(8)]
    found = [kill(shop, driver, wants(PARTY, "cart", f"p{at}"), at) for at in samples]
    books = vendor.books()
    wrong = [line for one in found if one for line in one.check(books, at_most_once)]
    assert not wrong, "\n".join(wrong)
    assert all(sum(one.doubted) <= 25 for one in found if one)
    assert any(sum(one.doubted) > 0 for one in found if one)
