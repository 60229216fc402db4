"""Does any invented customer break a rule? Many lives walked and judged, in two processes when they are many."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from regulars.delivery import book as books
from regulars.journeys.model import Book
from regulars.scenarios.anybody import Anybody
from regulars.scenarios.invariants import Broken, broken
from regulars.scenarios.life import Life, Walker, book_of, walker
from regulars.scenarios.shrink import shrunk
from regulars.scenarios.written import scenario_text
from regulars.simulate.shop import Shop

PROCESSES = 2
_MANY = 400  # lives for which a second process is worth its start


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A life that broke a rule, as short as it still does, and as a scenario file."""

    number: int
    broken: Broken
    life: Life
    text: str


@dataclass(slots=True)
class Tally:
    """What was walked. `walks` by journey. `worst`: the number of the first life that broke a rule."""

    customers: int = 0
    walks: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    held: int = 0
    worst: int | None = None

    def __add__(self, other: Tally) -> Tally:
        worst = min((one for one in (self.worst, other.worst) if one is not None), default=None)
        return Tally(
            self.customers + other.customers,
            self.walks + other.walks,
            self.messages + other.messages,
            self.held + other.held,
            worst,
        )


@dataclass(frozen=True, slots=True)
class Files:
    """Where the journeys stand that another process reads again. `learnt`: names of events that have come in."""

    journeys: Path
    templates: Path
    learnt: tuple[str, ...] = ()

    def shop(self) -> Shop:
        return Shop.of(*books.read(self.journeys, self.templates, self.learnt))


def tallied(anybody: Anybody, rules: Book, walk: Walker, numbers: Iterable[int]) -> Tally:
    """Walk the lives of these numbers until one breaks a rule."""
    found = Tally()
    for number in numbers:
        life = anybody.life(number)
        record = walk(life)
        found.customers += 1
        found.walks.update(one.journey for one in record.walks)
        found.messages += len(record.sent)
        found.held += sum(entry.verdict.startswith("later") for entry in record.entries)
        if broken(rules, life.profile, life.script, record):
            found.worst = number
            break
    return found


def hunted(files: Files, shop: Shop, seed: int, customers: int, days: int | None = None) -> Tally:
    """The lives 1 to `customers`."""
    if customers < _MANY:
        walk = partial(tallied, Anybody.of(shop, seed, days), book_of(shop), walker(shop))
        return walk(range(1, customers + 1))
    asked = [(files, seed, range(first, customers + 1, PROCESSES), days) for first in range(1, PROCESSES + 1)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return sum(pool.starmap(_crowd, asked, chunksize=1), Tally())


def explained(anybody: Anybody, rules: Book, walk: Walker, number: int) -> Counterexample:
    """The life of that number, which breaks a rule: shrunk, and written down. `rules`: what it is judged by."""

    def ills(life: Life) -> list[Broken]:
        try:
            return broken(rules, life.profile, life.script, walk(life))
        except ValueError:  # an event without what it must carry, which nobody could tell
            return []

    life = anybody.life(number)
    rule = ills(life)[0].rule
    least = shrunk(life, lambda one: any(found.rule == rule for found in ills(one)))
    first = next(found for found in ills(least) if found.rule == rule)
    name = f"seed {anybody.seed}, customer {number}: {rule}"
    journey = _journey_of(first, rules.journeys)
    return Counterexample(number, first, least, scenario_text(least, journey, name, f"{rule}: {first.said}"))


def _journey_of(found: Broken, journeys: Collection[str]) -> str:
    """The journey that it is about: a scenario is of one."""
    named = sorted((found.said.find(one), one) for one in journeys if one in found.said)
    return named[0][1] if named else next(iter(journeys))


def _crowd(files: Files, seed: int, numbers: range, days: int | None) -> Tally:
    shop = files.shop()
    return tallied(Anybody.of(shop, seed, days), book_of(shop), walker(shop), numbers)
