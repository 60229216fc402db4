"""Whom will it reach? Journeys as the files have them, against the customers on record; nothing is changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url

from regulars.delivery import book
from regulars.reach import gates, text
from regulars.reach.reach import Asked, Unanswerable, listed
from regulars.reach.starts import Span
from regulars.settings import Settings
from regulars.store import event_names, shop_clock
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.statements import table


@dataclass(frozen=True, slots=True)
class Question:
    """`file`: the journeys, those of the settings without it. `listing`: the ids of whom, else counts."""

    journey: str
    days: int = 30
    file: Path | None = None
    listing: str | None = None


def tell(config: Settings, question: Question, *, as_json: bool) -> None:
    """On stdout. Raises Mistakes, Unanswerable and UnknownGate."""
    journeys, templates = _files(config, question.file)
    found, made = book.read(journeys, templates, event_names.learnt(config.database_url))
    with _reading(config.database_url) as connection:
        now = shop_clock.read(connection).now()
        asked = Asked(found, made, question.journey, Span(now, question.days))
        if question.listing is not None:
            step, gate = gates.named(question.listing, asked.steps)
            for who in listed(asked.people(connection), step, gate):
                sys.stdout.write(f"{who}\n")
            return
        reach = asked.counted(connection)
    if as_json:
        sys.stdout.write(f"{json.dumps(reach.as_json(), ensure_ascii=False, indent=2)}\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    for line in text.lines(reach, found.house.timezone):
        console.print(line)


def _files(config: Settings, file: Path | None) -> tuple[Path, Path]:
    """The journeys and their templates: those beside a file that is named."""
    if file is None:
        return config.journeys_file, config.templates_folder
    beside = file.parent / "templates"
    return file, beside if beside.is_dir() else config.templates_folder


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """One look at the store; nothing is made there. Raises Unanswerable where there is none."""
    parsed = make_url(url)
    nothing = f"there is no shop in {parsed.render_as_string()}: run `regulars up` or `regulars apply`"
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise Unanswerable(nothing)
    database = Database(url)
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(table(Customer).name):
                raise Unanswerable(nothing)
            yield connection
    finally:
        database.close()
