"""Is what the marketer wrote sound, journeys and templates together? Every mistake of both, or a book that can be applied."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates
from regulars.journeys.load import load_book
from regulars.journeys.model import Book
from regulars.store.shelf import Shown


def read(journeys: Path, templates: Path, learnt: Collection[str] = ()) -> tuple[Book, Templates]:
    """Load both. Raises Mistakes: those of the journeys, or, once these are sound, those of the templates."""
    book = load_book(journeys, learnt=learnt, templates=wardrobe.exists(templates))
    return book, wardrobe.load(templates, book)


def live_templates(templates: Path, shown: Shown) -> Templates:
    """The templates for what is live in the database. Raises Mistakes."""
    journeys = {name: play.journey for name, play in shown.plays.items()}
    return wardrobe.load(templates, Book(shown.house, journeys))



