"""On what do the tests of the agenda stand? A shop that is told things, and looked at tick by tick, as by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import SQLModel

from regulars.agenda.announcements import Announcements
from regulars.agenda.pages import Page, Pages, Turn
from regulars.agenda.scan import Scan
from regulars.clock import identity
from regulars.customers.person import Person
from regulars.ids import new_id
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival, Happened, OrderFacts
from regulars.journeys.load import read_book
from regulars.store import shelf as shelves
from regulars.store.audiences import Audience, SegmentMember
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.events import Event
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table

Row = dict[str, Any]
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOUSE = 'house: {name: Leaf, timezone: Europe/Berlin, locale: en-US, currency: USD, website: "https://leaf.example"}\n'
IDLE = "  idle: {start: {event: Customer Created}, steps: [wait: 1 day]}\n"
SEGMENTS = """\
segments:
  dormant: {where: 'customer.orders > 0 and not did("Order Completed", within="90 days")'}
  vip: {where: customer.orders >= 3}
"""


class Shop:
    """Journeys are what a test applies; its customers are named by one id of the shop's."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOW
        self.shelf = Shelf()
        self.intake, self.announcements = Intake(self.shelf), Announcements(self.shelf)
        self.scan, self.pages = Scan(self.shelf, identity()), Pages(self.shelf)
        self.apply(IDLE)

    def apply(self, journeys: str, segments: str = SEGMENTS, house: str = HOUSE) -> None:
        """Make these journeys live: what stands below `journeys:`, each line as in the file."""
        book = read_book(house + "journeys:\n" + journeys, "journeys.yaml", segments=segments)
        with self.database.write() as connection:
            shelves.apply(connection, book, self.now, {})

    def tell(self, name: str | None, event: str, at: datetime | None = None, **properties: Any) -> None:
        """Something happens to the customer of that name, or to the shop."""
        who = Person((("shop", name),), self.now - 400 * DAY) if name else None
        self._take(Arrival("test", uuid4().hex, event, who, (Happened(event, at or self.now, properties),)))

    def order(self, name: str, at: datetime | None = None, **known: Any) -> None:
        """The customer of that name orders something."""
        when, number = at or self.now, uuid4().hex
        facts = OrderFacts(number, "USD", 2_000, when, when, "placed", False)
        happened = Happened("Order Completed", when, {"order_id": number}, once=number)
        who = Person((("shop", name),), self.now - 400 * DAY, **known)
        self._take(Arrival("test", uuid4().hex, "order", who, (happened,), (), facts))

    def customer(self, name: str, traits: Row | None = None, **known: Any) -> str:
        """A customer of whom this is known; gives the id."""
        who = Person((("shop", name),), self.now - 400 * DAY, first_name=name, **known)
        self._take(Arrival("test", uuid4().hex, "profile", who))
        of = table(Customer)
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.first_name == name).values(traits=traits))
        return str(self.one(Customer, first_name=name)["id"])

    def crowd(self, many: int, **known: Any) -> list[str]:
        """So many customers more, written at once."""
        blank = {"tags": [], "own_tags": None, "traits": None, "orders": 0, "spent_minor": 0, "asserted": {}}
        rows = [
            {"id": new_id(), "asserted_at": self.now, "created_at": self.now, **blank, **known} for _ in range(many)
        ]
        with self.database.write() as connection:
            add(connection, Customer, rows)
        return [str(row["id"]) for row in rows]

    def tick(self, at: datetime | None = None) -> datetime | None:
        """The ticker asks what fell due; gives when it wants to be asked again."""
        self.now = at or self.now
        with self.database.write() as connection:
            (due,) = self.announcements.due(connection, [self.now])
            (round,) = self.scan.begin(connection, [self.now])
        after: str | None = ""
        while round is not None and after is not None:
            with self.database.read() as connection:
                found = self.scan.page(connection, round, after)
            with self.database.write() as connection:
                self.scan.settle(connection, [found] if found.moved or found.near else [])
            after = found.last
        if round is not None:
            with self.database.write() as connection:
                self.scan.end(connection, [round])
        return due

    def ticks(self, until: datetime, every: timedelta = HOUR) -> None:
        """Tick after tick."""
        while self.now < until:
            self.tick(min(self.now + every, until))

    def let_in(self) -> list[Page]:
        """Every page of every audience that was called."""
        found = []
        for audience in self.rows(Audience):
            page = Page(0, 0, done=audience["finished_at"] is not None)
            while not page.done:
                with self.database.write() as connection:
                    (page,) = self.pages.let_in(connection, [Turn(audience["id"], self.now)])
                found.append(page)
        return found

    def rows(self, model: type[SQLModel], **where: Any) -> list[Row]:
        with self.database.read() as connection:
            found = connection.execute(select(table(model)).filter_by(**where)).mappings()
            return sorted((dict(row) for row in found), key=lambda row: str(row.get("id", "")))

    def one(self, model: type[SQLModel], **where: Any) -> Row:
        (row,) = self.rows(model, **where)
        return row

    def inside(self, journey: str) -> list[str]:
        """The first names (else ids) of those who entered, in order of entry."""
        names = {row["id"]: row["first_name"] or row["id"] for row in self.rows(Customer)}
        rows = self.rows(Enrollment, journey=journey)
        return [names[row["customer_id"]] for row in sorted(rows, key=lambda row: (row["entered_at"], row["id"]))]

    def members(self, segment: str) -> set[str]:
        names = {row["id"]: row["first_name"] or row["id"] for row in self.rows(Customer)}
        return {names[row["customer_id"]] for row in self.rows(SegmentMember, segment=segment)}

    def ends(self, journey: str) -> dict[str, tuple[str | None, str | None]]:
        """By first name: the outcome of the enrollment, and its reason to leave."""
        names = {row["id"]: row["first_name"] for row in self.rows(Customer)}
        rows = self.rows(Enrollment, journey=journey)
        return {names[row["customer_id"]]: (row["outcome"], row["leaving"]) for row in rows}

    def verdicts(self, journey: str, gate: str = "start") -> list[str]:
        return sorted(row["verdict"] for row in self.rows(Decision, journey=journey, gate=gate))

    def events(self, name: str) -> list[Row]:
        return sorted(self.rows(Event, name=name), key=lambda row: row["occurred_at"])

    def errands(self) -> list[str]:
        return sorted(row["kind"] for row in self.rows(Outbox))

    def _take(self, *arrivals: Arrival) -> None:
        deliveries: Sequence[Delivery] = [Delivery(arrival, self.now) for arrival in arrivals]
        with self.database.write() as connection:
            self.intake.accept(connection, deliveries)
