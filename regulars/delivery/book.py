"""Is what the marketer wrote sound, journeys and templates together? Every mistake of both, or a book to apply."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates
from regulars.journeys.load import load_what_is_sound
from regulars.journeys.model import Book


def read(journeys: Path, templates: Path, learnt: Collection[str] = ()) -> tuple[Book, Templates]:
    """Load both. Raises Mistakes: those of the journeys, and with them those of the templates that sound ones use."""
    book, mistakes = load_what_is_sound(journeys, learnt=learnt, templates=wardrobe.on_disk(templates))
    return book, wardrobe.load(templates, book, journeys_wrong=mistakes)
