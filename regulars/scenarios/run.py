"""What came of the scenarios? Files read, each scenario walked and judged, by its own words and the house's rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from regulars.journeys.mistakes import Mistake, Mistakes
from regulars.journeys.model import Book
from regulars.journeys.nearest import instead
from regulars.scenarios.invariants import broken
from regulars.scenarios.judge import judged
from regulars.scenarios.life import book_of
from regulars.scenarios.load import scenarios_of
from regulars.scenarios.scenario import Failure, Scenario
from regulars.simulate.ask import Unanswerable
from regulars.simulate.load_script import Wordbook
from regulars.simulate.record import Record
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Result:
    """A scenario that was run. No failures: it is good."""

    scenario: Scenario
    failures: tuple[Failure, ...]


def files_below(paths: Iterable[Path]) -> list[Path]:
    """The files, and those of folders at any depth that tell scenarios. Raises Unanswerable where there is none.

    A folder may also hold profiles and scripts that scenarios name: a file there counts where it says `scenarios`.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            there = sorted(one for one in path.rglob("*") if one.suffix in _ENDINGS and _tells(one))
            if not there:
                raise Unanswerable(f"there are no scenarios below {path}: a file of them begins with 'scenarios:'")
            found += there
        elif path.is_file():
            found.append(path)
        else:
            near = instead(path.name, [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else [])
            raise Unanswerable(f"there is no file or folder {path}{near}")
    return list(dict.fromkeys(found))


def _tells(path: Path) -> bool:
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return any(line.startswith("scenarios") for line in lines)


def read(files: Sequence[Path], shop: Shop, book: Wordbook) -> list[Scenario]:
    """All scenarios. Raises Mistakes, with those of every file."""
    found: list[Scenario] = []
    wrong: list[Mistake] = []
    for file in files:
        try:
            found += scenarios_of(file.read_text("utf-8"), file, shop, book)
        except Mistakes as mistakes:
            wrong += mistakes.found
        except UnicodeDecodeError:
            wrong.append(Mistake(str(file), 1, 1, None, None, "the file is no UTF-8 text"))
    if wrong:
        raise Mistakes(wrong)
    return found


def chosen(scenarios: Sequence[Scenario], word: str) -> list[Scenario]:
    """Those in whose name, journey or file's name a word occurs. Raises Unanswerable where there is none."""
    sought = word.casefold()
    found = [one for one in scenarios if any(sought in part.casefold() for part in _names(one))]
    if not found:
        raise Unanswerable(f"no scenario is called like {word!r}{instead(word, [one.name for one in scenarios])}")
    return found


def _names(one: Scenario) -> tuple[str, ...]:
    return one.name, one.journey, Path(one.file).stem


def run(scenario: Scenario, shop: Shop, rules: Book | None = None) -> Result:
    """Walk and judge. `rules`: by which house it is judged; the shop's own without it."""
    record = simulate(
        shop,
        scenario.customer,
        scenario.script,
        start=scenario.start,
        until=scenario.until,
        journey=scenario.journey,
    )
    failures = judged(scenario, record) + _unruly(scenario, record, rules or book_of(shop))
    return Result(scenario, tuple(failures))


def _unruly(scenario: Scenario, record: Record, rules: Book) -> list[Failure]:
    """Rules of the house that did not hold, whatever was expected."""
    found = broken(rules, scenario.customer, scenario.script, record)
    return [
        Failure(scenario.file, scenario.expect_line, f"a rule of the house holds: {one.rule}", one.said)
        for one in found
    ]
