"""What will this do? A journey walked for one customer, told on the terminal, as JSON or as a page."""

from __future__ import annotations

import json
import tempfile
import webbrowser
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from regulars.clock import identity
from regulars.delivery import book
from regulars.engine import calendar
from regulars.settings import Settings
from regulars.simulate import ask, words
from regulars.simulate.as_json import as_json
from regulars.simulate.ask import Question, Simulated, Text, Unanswerable
from regulars.simulate.page import page
from regulars.simulate.shop import Shop
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
        start=when(start, found.house.timezone) if start else None,
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


def when(written: str, zone: str) -> datetime:
    """An instant with its offset; or a day, which begins where the house is. Raises Unanswerable."""
    try:
        if len(written) == len("2026-03-02"):
            return calendar.midnight(date.fromisoformat(written), zone)
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Unanswerable(f"from: expected a day like 2026-03-02 or an instant, found {written!r}") from None
    if found.tzinfo is None:
        raise Unanswerable(f"from: an instant needs its offset from UTC, as {written}Z")
    return found.astimezone(UTC)


def _text(path: Path) -> Text:
    return Text(path.read_text("utf-8"), str(path))
