"""Is what the marketer wrote sound, journeys and templates together? Every mistake of both, or a book to apply."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection, select, union

from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates
from regulars.journeys.load import load_book
from regulars.journeys.model import Book, Journey
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.journeys import LiveJourney
from regulars.store.shelf import Shelf
from regulars.store.statements import table


def read(journeys: Path, templates: Path, learnt: Collection[str] = ()) -> tuple[Book, Templates]:
    """Load both. Raises Mistakes: those of the journeys, or, once these are sound, those of the templates."""
    book = load_book(journeys, learnt=learnt, templates=wardrobe.exists(templates))
    return book, wardrobe.load(templates, book)


def live_templates(templates: Path, connection: Connection, shelf: Shelf) -> Templates:
    """The templates for what is live in the database, and for whoever is still on the way. Raises Mistakes."""
    shown = shelf.live(connection)
    journeys = {name: play.journey for name, play in shown.plays.items()}
    return wardrobe.load(templates, Book(shown.house, journeys), _walked(connection, shelf))


def _walked(connection: Connection, shelf: Shelf) -> list[Journey]:
    """Paused and retired journeys, and older versions: their walks go on, and their messages still go."""
    live, walks = table(LiveJourney), table(Enrollment)
    inside = select(walks.c.journey, walks.c.version).where(walks.c.state != EnrollmentState.closed)
    versions = connection.execute(union(select(live.c.journey, live.c.version), inside)).all()
    return [shelf.play(connection, row.journey, row.version).journey for row in versions]
