"""Is what the marketer wrote good? Journeys, segments and templates, read as `apply` does, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from regulars.delivery import book
from regulars.journeys.advice import advice
from regulars.settings import Settings
from regulars.store import event_names


def told(config: Settings, file: Path | None) -> Iterator[str]:
    """Warnings, and a line that says what is there. Raises Mistakes with all of them.

    `file`: the journeys; segments.yaml and templates/ beside it go with it. Without it, those of the settings. The
    database is asked for the names of events that have come in, where there is one.
    """
    journeys = file or config.journeys_file
    beside = journeys.parent / "templates"
    templates = beside if file and beside.is_dir() else config.templates_folder
    found, dressed = book.read(journeys, templates, event_names.learnt(config.database_url))
    yield from (f"warning: {warning}" for warning in dressed.warnings)
    yield from (f"warning: {journeys}: {one}" for one in advice(found))
    counts = {
        "journey": len(found.journeys),
        "segment": len(found.house.segments),
        "template": len(dressed.names()),
    }
    yield f"{', '.join(_counted(number, thing) for thing, number in counts.items())}: good"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
