"""Does the simulation decide as the database does? The same random script, told to both, at the same instants."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from simulated_shop import DAY, HOUR, START, book_of, mei, templates_of
from sqlalchemy import select

from regulars.agenda.scan import Scan
from regulars.clock import identity
from regulars.engine.act import Act
from regulars.engine.member import Ending
from regulars.engine.standing import Closed
from regulars.intake.accept import Delivery, Intake
from regulars.journeys.span import Span
from regulars.simulate import people
from regulars.simulate.record import Record
from regulars.simulate.scenario import Happens, Known, Profile, Script, Told, When
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate
from regulars.store import shelf as shelves
from regulars.store.audiences import KnownSegment
from regulars.store.customers import Customer, Identity
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.events import Event
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table
from regulars.walks.look import Lookout
from regulars.walks.moment import Question
from regulars.walks.record import Opening
from regulars.walks.record import Record as Walks

Row = dict[str, Any]
JOURNEYS = """\
  first: {start: {event: Order Completed, where: customer.orders == 1, again: never}, steps: [wait: 300 days]}
  cart:
    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes, again: after 3 days}
    goal: {event: Order Completed, within: 7 days}
    steps: [wait: 300 days]
  buyers:
    start:
      event: Stirred
      where: bought(product="4711", within="5 days") or count("Began", within="2 days") > 1
      again: always
    leave: {event: Began, where: event.colour == "red"}
    steps: [wait: 300 days]
  green:
    start: {event: Began, where: event.colour == customer.traits.colour, again: after 2 days}
    steps: [wait: 300 days]
  back:
    start: {enters: dormant, again: after 4 days}
    while: always
    goal: {event: Order Completed, within: 30 days}
    steps: [wait: 300 days]
  day: {start: {date: customer.traits.birthday, every: year, at: "09:00"}, steps: [wait: 300 days]}
"""
SEGMENTS = """\
  dormant: {where: 'customer.orders > 0 and not did("Order Completed", within="4 days")'}
  busy: {where: 'count("Began", within="3 days") >= 2'}
"""
DAYS = 21


def script(seed: int) -> Script:
    dice = random.Random(seed)
    product = {"product_id": "4711", "name": "Tea", "price": "9.00", "quantity": 1}

    def what(number: int) -> Told | Known:
        kind = dice.randrange(6)
        if kind == 0:
            return Told(
                "Order Completed", {"order_id": f"o{number}", "products": [product] * dice.randrange(2), "total": "9"}
            )
        if kind == 1:
            return Told("Checkout Started", {"checkout_id": f"c{dice.randrange(3)}", "total": "9.00"})
        if kind == 2:
            return Known({"colour": dice.choice(("red", "green")), "birthday": f"1990-03-{dice.randrange(3, 23):02}"})
        return Told(dice.choice(("Began", "Stirred")), {"colour": dice.choice(("red", "green"))})

    spans = [Span(dice.choice((5, 30, 70, 400, 2_000, 5_000)), "minute") for _ in range(16)]
    return Script(tuple(Happens(When(after=span), what(number), number) for number, span in enumerate(spans)))


class Stored:
    """The same shop on a database, told at instants; its walks are opened when they are due, and go no further."""

    def __init__(self, database: Database, profile: Profile, journeys: Shop) -> None:
        self.database, self.shelf, self.journeys = database, Shelf(), journeys
        self.intake, self.scan, self.walks = Intake(self.shelf), Scan(self.shelf, identity()), Walks(self.shelf)
        self.lookout = Lookout(self.shelf)
        world = people.world_of(journeys, profile, START)
        self.world = world
        with database.write() as connection:
            shelves.apply(connection, book_of(JOURNEYS, segments=SEGMENTS), START, {})
            add(connection, Customer, [world.customer_row])
            add(connection, Identity, [{"kind": "user", "value": profile.id, "customer_id": profile.id}])
        self.look(START)

    def tell(self, one: Happens, at: datetime) -> None:
        self.world.now = at
        assert isinstance(one.what, Told | Known)
        arrival = people.arrival(self.world, one.what, f"{one.line}")
        with self.database.write() as connection:
            self.intake.accept(connection, [Delivery(arrival, at)])
        self.wake(at)

    def wake(self, at: datetime) -> None:
        """Whose goal or leaving is on their row looks at it, and is out."""
        of = table(Enrollment)
        query = select(of).where(of.c.state == "walking", (of.c.goal_at.is_not(None)) | (of.c.leaving.is_not(None)))
        with self.database.write() as connection:
            for row in connection.execute(query.order_by(of.c.id)).mappings().all():
                act = Act("look", row["version"], "wait_1", "wait_1", 1)
                question = Question(act, row["journey"], row["id"], row["due_at"], at)
                (said,) = self.lookout.look(connection, [question])
                ending: Ending = "goal" if said.result == "goal" else "left"
                self.walks.close(connection, [Closed(row["id"], ending, said.reason, at)])

    def look(self, at: datetime) -> None:
        with self.database.write() as connection:
            (round,) = self.scan.begin(connection, [at])
        assert round is not None, "a look comes once an hour"
        with self.database.read() as connection:
            found = self.scan.page(connection, round, "")
        with self.database.write() as connection:
            self.scan.settle(connection, [found])
            self.scan.end(connection, [round])
            assert connection.execute(select(table(KnownSegment))).all()

    def open(self, before: datetime) -> None:
        of = table(Enrollment)
        query = select(of.c.id, of.c.due_at).where(of.c.state == "due", of.c.due_at <= before).order_by(of.c.due_at)
        with self.database.write() as connection:
            for row in connection.execute(query).all():
                self.walks.open(connection, [Opening(row.id, row.id, row.due_at)])

    def decisions(self) -> list[Row]:
        with self.database.read() as connection:
            names = {row.id: row.name for row in connection.execute(select(table(Event)))}
            of = table(Enrollment)
            many: Counter[str] = Counter()
            for row in connection.execute(select(of.c.id, of.c.journey).order_by(of.c.id)):
                many[row.journey] += 1
                names[row.id] = f"{row.journey} ({many[row.journey]})"
            rows = [dict(row) for row in connection.execute(select(table(Decision))).mappings()]
        named = [{name: names.get(str(value), value) for name, value in row["seen"].items()} for row in rows]
        return [{**row, "seen": seen} for row, seen in zip(rows, named, strict=True)]


def instants(told: Script) -> Iterator[tuple[datetime, int, Happens | None]]:
    at = START
    for one in told.happens:
        assert one.when.after is not None
        at += one.when.after.elapsed
        if at < START + DAYS * DAY:
            yield at, 0, one
    for hour in range(1, DAYS * 24):
        yield START + hour * HOUR, 1, None


def of_record(record: Record) -> list[tuple[Any, ...]]:
    return sorted(
        (entry.at, entry.journey, entry.what, entry.verdict, str(sorted(entry.seen.items())))
        for entry in record.entries
        if entry.kind == "decision" and entry.what in ("start", "goal", "leave")
    )


def of_rows(rows: list[Row]) -> list[tuple[Any, ...]]:
    return sorted(
        (row["decided_at"], row["journey"], row["gate"], row["verdict"], str(sorted(row["seen"].items())))
        for row in rows
        if row["gate"] in ("start", "goal", "leave")
    )


@pytest.mark.parametrize("seed", range(8))
def test_what_the_simulation_decides_the_database_decides(sqlite_database: Database, seed: int) -> None:
    book = book_of(JOURNEYS, segments=SEGMENTS)
    journeys, told, profile = Shop.of(book, templates_of(book)), script(seed), mei()
    record = simulate(journeys, profile, told, start=START, until=START + DAYS * DAY - timedelta(seconds=1))
    stored = Stored(sqlite_database, profile, journeys)
    for at, _, one in sorted(instants(told), key=lambda when: when[:2]):
        stored.open(at - timedelta(microseconds=1))
        if one is None:
            stored.look(at)
        else:
            stored.tell(one, at)
    found = of_record(record)
    assert found == of_rows(stored.decisions())
    assert len(found) > 8
