"""On what are the answers of walks tried? A shop's rows, with a customer inside a journey, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from regulars.customers.person import Person
from regulars.engine.act import Act, ActKind
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival, Happened
from regulars.journeys.load import read_book
from regulars.store import shelf as shelves
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.walks.moment import Question

NOW = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
HOUSE = """\
house: {name: Leaf, timezone: America/New_York, locale: en-US, currency: USD, website: "https://leaf.example"}
journeys:
"""
Row = dict[str, Any]


@dataclass
class Place:
    """A shop without messages, whose journeys start with `Began X`."""

    database: Database
    shelf: Shelf = field(default_factory=Shelf)

    def apply(self, journeys: str, *events: str) -> None:
        """Make these the live journeys: what stands below `journeys:`, each line as in the file."""
        with self.database.write() as connection:
            shelves.apply(connection, read_book(HOUSE + journeys, "journeys.yaml", learnt=events), NOW, {})

    def tell(self, name: str, event: str, at: datetime = NOW, **properties: Any) -> None:
        """Something happens to the customer of that name."""
        person = Person((("test", name),), NOW - timedelta(days=1), tags=("newcomer", "b2b"), timezone="Europe/Berlin")
        arrival = Arrival("test", uuid4().hex, event, person, (Happened(event, at, properties),), (), None)
        with self.database.write() as connection:
            Intake(self.shelf).accept(connection, [Delivery(arrival, at)])

    def rows(self, query: Any) -> list[Row]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def enrollments(self, journey: str) -> list[Row]:
        of = table(Enrollment)
        return self.rows(select(of).where(of.c.journey == journey).order_by(of.c.id))

    def customers(self) -> list[Row]:
        return self.rows(select(table(Customer)).order_by(table(Customer).c.id))

    def decisions(self) -> list[tuple[str, str]]:
        """What was decided at turns of walks, in order."""
        of = table(Decision)
        rows = self.rows(select(of).where(of.c.step.is_not(None)).order_by(of.c.id))
        return [(row["gate"], row["verdict"]) for row in rows]

    def question(self, kind: ActKind, row: Row, step: str, *, visit: int = 1, final: bool = False) -> Question:
        """What a walk asks when it stands at a step."""
        act = Act(kind, row["version"], step, step, visit, final)
        return Question(act, row["journey"], row["id"], NOW, NOW)
