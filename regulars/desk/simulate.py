"""What would a journey do to somebody? The desk's form, answered on what is live, for a customer or a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from regulars.clock import Clock
from regulars.delivery.live_templates import LiveTemplates
from regulars.desk import find
from regulars.journeys.mistakes import Mistakes
from regulars.journeys.model import Book
from regulars.simulate import ask, books
from regulars.simulate.ask import Question, Simulated, Text, Unanswerable
from regulars.simulate.books import Books
from regulars.simulate.shop import Shop
from regulars.simulate.when import begun
from regulars.store.database import Database
from regulars.store.shelf import Shelf, Shown

DAYS = 60
FIELDS = ("journey", "customer", "profile", "script", "from", "days")


@dataclass(frozen=True, slots=True)
class Answered:
    """`found`, or why there is nothing: a line for each mistake."""

    found: Simulated | None = None
    wrong: tuple[str, ...] = ()


class Simulator:
    """Answers forms. What is live is compiled once for each revision."""

    def __init__(self, database: Database, shelf: Shelf, clock: Clock) -> None:
        self._shelf, self._clock = shelf, clock
        self._templates = LiveTemplates(database, shelf)
        self._shop: tuple[int, Shop] | None = None

    def answer(self, connection: Connection, form: Mapping[str, str]) -> Answered:
        """Walk. Whatever is wrong with what was asked is told, and nothing is raised for it."""
        shown = self._shelf.live(connection)
        try:
            return Answered(ask.answer(self._of(shown), self._question(connection, form)))
        except Mistakes as error:
            return Answered(wrong=tuple(str(mistake) for mistake in error.found))
        except Unanswerable as error:
            return Answered(wrong=(str(error),))

    def _of(self, shown: Shown) -> Shop:
        if self._shop is None or self._shop[0] != shown.revision:
            journeys = {name: play.journey for name, play in shown.plays.items()}
            self._shop = shown.revision, Shop.wearing(Book(shown.house, journeys), self._templates)
        return self._shop[1]

    def _question(self, connection: Connection, form: Mapping[str, str]) -> Question:
        said = {name: form.get(name, "").strip() for name in FIELDS}
        days = said["days"] or str(DAYS)
        return Question(
            journey=said["journey"],
            customer=self._who(connection, said["customer"], said["profile"]),
            script=Text(said["script"], "the script") if said["script"] else None,
            start=begun(said["from"]) if said["from"] else None,
            days=int(days) if days.isdecimal() else 0,
            now=self._clock.now().replace(second=0, microsecond=0),
        )

    def _who(self, connection: Connection, customer: str, profile: str) -> Books | Text:
        if not customer:
            return Text(profile, "the profile")
        found = find.find(connection, self._shelf, customer)
        known = books.read(connection, found.id) if found.kind == "customer" else None
        if known is None:
            raise Unanswerable(f"there is no one customer by {customer[: find.LONGEST]!r}")
        return known
