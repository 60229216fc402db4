"""Does it do what was meant? Scenario files run, or customers invented, on the journeys as they stand in the files."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.text import Text

from regulars.delivery import book as books
from regulars.journeys.mistakes import Mistakes
from regulars.scenarios import shown
from regulars.scenarios.anybody import Anybody
from regulars.scenarios.hunt import Files, explained, hunted
from regulars.scenarios.junit import junit
from regulars.scenarios.life import book_of, walker
from regulars.scenarios.run import Result, chosen, files_below, read, run
from regulars.settings import Settings
from regulars.simulate.load_script import names_of
from regulars.simulate.shop import Shop
from regulars.store import event_names

FOLDER = Path("scenarios")
Code = Literal[0, 1, 2]


@dataclass(frozen=True, slots=True)
class Asked:
    """`paths`: files and folders of scenarios. `name`: those alone of that name. `junit`: where XML is written."""

    paths: Sequence[Path]
    name: str | None
    junit: Path | None
    form: shown.Format


@dataclass(frozen=True, slots=True)
class Told:
    """`code`: 0 where all is good, 1 where something failed, 2 where nothing was run."""

    lines: Iterator[Text]
    code: Code


def scenarios(config: Settings, asked: Asked) -> Told:
    """Run scenario files. Raises Unanswerable, and Mistakes, which stand in the JUnit file by then."""
    learnt = event_names.learnt(config.database_url)
    found, templates = books.read(config.journeys_file, config.templates_folder, learnt)
    shop = Shop.of(found, templates)
    files = files_below(asked.paths or [FOLDER])
    try:
        told = read(files, shop, names_of(shop, learnt))
    except Mistakes as mistakes:
        if asked.junit is not None:
            asked.junit.write_text(junit([], mistakes.found), "utf-8")
        if asked.form == "text":
            raise
        return Told(shown.mistakes(mistakes.found, asked.form), 2)
    if asked.name is not None:
        told = chosen(told, asked.name)
    results: list[Result] = [run(one, shop) for one in told]
    if asked.junit is not None:
        asked.junit.write_text(junit(results), "utf-8")
    return Told(shown.shown(results, asked.form), 1 if any(one.failures for one in results) else 0)


def invented(config: Settings, customers: int, seed: int | None, days: int | None, form: shown.Format) -> Told:
    """Walk invented customers. Raises Mistakes of the journeys. Without a seed it is other customers each time."""
    learnt = tuple(event_names.learnt(config.database_url))
    files = Files(config.journeys_file, config.templates_folder, learnt)
    shop = files.shop()
    drawn = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    tally = hunted(files, shop, drawn, customers, days)
    worst = None
    if tally.worst is not None:
        worst = explained(Anybody.of(shop, drawn, days), book_of(shop), walker(shop), tally.worst)
    return Told(shown.tally(tally, list(shop.shown.plays), drawn, worst, form), 0 if worst is None else 1)
