"""What will this do? A journey walked for one customer, told on the terminal, as JSON or as a page."""

from __future__ import annotations

import json
import tempfile
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from regulars.clock import identity
from regulars.delivery import book
from regulars.settings import Settings
from regulars.simulate import ask, words
from regulars.simulate.as_json import as_json
from regulars.simulate.ask import Question, Simulated, Text
from regulars.simulate.page import page
from regulars.simulate.shop import Shop
from regulars.simulate.when import begun
from regulars.store import event_names


def simulated(
    config: Settings, journey: str, customer: Path, script: Path | None, start: str | None, days: int
) -> Simulated:
    """Read everything and walk. Raises Mistakes and Unanswerable."""
    learnt = event_names.learnt(config.database_url)
    found, templates = book.read(config.journeys_file, config.templates_folder, learnt)
    question = Question(
        journey=journey,
        customer=_text(customer),
        script=_text(script) if script else None,
        start=begun(start) if start else None,
        days=days,
        now=identity().now().replace(second=0, microsecond=0),
    )
    return ask.answer(Shop.of(found, templates), question, learnt)


def told(found: Simulated, *, in_json: bool) -> Iterator[str]:
    """Line by line."""
    if in_json:
        yield json.dumps(as_json(found.record, found.intro), indent=2, ensure_ascii=False)
    else:
        yield from words.lines(found.record, found.intro)


def show(found: Simulated) -> Path:
    """Write the page with every message as it would be read, and open it in a browser. Gives the file."""
    with tempfile.NamedTemporaryFile("w", prefix="regulars-", suffix=".html", delete=False, encoding="utf-8") as file:
        file.write(page(found.record, found.intro))
    webbrowser.open(Path(file.name).as_uri())
    return Path(file.name)


def _text(path: Path) -> Text:
    return Text(path.read_text("utf-8"), str(path))
