"""Who comes to the tests' shop, and what stands in its books? Customers, what happens to them, and the rows it left."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, overload
from uuid import uuid4

from sqlalchemy import select

from regulars.clock import Clock
from regulars.customers.person import ConsentFact, Person
from regulars.delivery import book
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival, Happened, OrderFacts
from regulars.journeys.channels import CHANNELS
from regulars.store import shelf
from regulars.store.customers import Identity
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, Outbox
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.store.writer import Writer

HERE = Path(__file__).parent
PATIENCE = 15.0
T = TypeVar("T")


@overload
async def eventually(look: Callable[[], Awaitable[T]], seconds: float = ...) -> T: ...
@overload
async def eventually(look: Callable[[], T], seconds: float = ...) -> T: ...
async def eventually(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `look` gives once it is true. Fails with what it saw last."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while True:
        seen = look()
        seen = await seen if isinstance(seen, Awaitable) else seen
        if seen:
            return seen
        if loop.time() > limit:
            raise AssertionError(f"waited {seconds} s in vain; saw {seen!r} last")
        await asyncio.sleep(0.01)


def zone_at(hour: int, now: datetime) -> str:
    """A time zone without daylight saving in which it is now that hour of the day."""
    ahead = (hour - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


class VirtualClock(Clock):
    """The identity, but that its `now` is what the test says last: a run's own clock may be days ahead of ours."""

    moment: list[datetime] = []  # noqa: RUF012 -- one for all: the dataclass is frozen and has slots

    def now(self) -> datetime:
        return max([self.real_now(), *self.moment])


@dataclass(frozen=True)
class Guest:
    """A customer of a test. `at`: the shop's instant at which they came."""

    person: Person
    at: datetime

    @property
    def name(self) -> str:
        """By which the shop knows them."""
        return self.person.identities[0][1]


class Notary:
    """A shop's books without its workers: tell it what happens, and look at what stands in them."""

    def __init__(self, database: Database, journeys: Path = HERE / "journeys.yaml") -> None:
        self.database = database
        self.clock = VirtualClock(datetime(1970, 1, 1, tzinfo=UTC))
        self.shelf, self.writer = Shelf(), Writer(database)
        self.intake = Intake(self.shelf)
        found, templates = book.read(journeys, journeys.with_name("templates"), learnt_events(journeys))
        with database.write() as connection:
            shelf.apply(connection, found, self.clock.real_now(), templates.sources)

    def guest(self, hour: int = 12, **more: Any) -> Guest:
        """A new customer for whom it is now that hour of the day."""
        now, name = self.clock.real_now(), uuid4().hex[:10]
        email, phone = f"mei.{name}@example.com", f"+1415{int(name, 16) % 10**7:07d}"
        about = {"email": email, "phone": phone, "first_name": "Meiling", "timezone": zone_at(hour, now), **more}
        return Guest(Person((("test", name),), now, **about), now)

    def enrollments(self, guest: Guest) -> list[dict[str, Any]]:
        """The customer's ways through journeys, in the order of entering."""
        of, names = table(Enrollment), table(Identity)
        whose = select(names.c.customer_id).where(names.c.kind == "test", names.c.value == guest.name)
        return self.rows(select(of).where(of.c.customer_id.in_(whose)).order_by(of.c.id))

    def rows(self, query: Any) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def count_outbox(self) -> int:
        """How much still has to happen in Temporal."""
        return len(self.rows(select(table(Outbox).c.id)))

    def enrollment(self, who: str) -> dict[str, Any]:
        """One row."""
        of = table(Enrollment)
        return self.rows(select(of).where(of.c.id == who))[0]

    async def tell_only(
        self, guest: Guest, event: str, at: datetime | None = None, order: OrderFacts | None = None, **properties: Any
    ) -> None:
        """Something happens, and the relay does nothing about it yet."""
        when = at or self.clock.real_now()
        consents = tuple(ConsentFact(channel, True, guest.at, "test") for channel in CHANNELS)
        happened = (Happened(event, when, properties),)
        arrival = Arrival("test", uuid4().hex, event, guest.person, happened, consents, order)
        await self.writer.ask(self.intake.accept, Delivery(arrival, when))

    async def announce(self, event: str, **properties: Any) -> None:
        """Something happens in the shop, to no customer."""
        now = self.clock.real_now()
        arrival = Arrival("test", uuid4().hex, event, None, (Happened(event, now, properties),))
        await self.writer.ask(self.intake.accept, Delivery(arrival, now))

    def all_closed(self) -> bool:
        """Whether every walk is over."""
        return {row["state"] for row in self.rows(select(table(Enrollment).c.state))} == {"closed"}


def learnt_events(journeys: Path) -> list[str]:
    """The events of the shop's own making that the file, and the segments beside it, name."""
    beside = journeys.with_name("segments.yaml")
    text = journeys.read_text() + (beside.read_text() if beside.exists() else "")
    return re.findall(r"((?:Began|Stopped) [A-Za-z ]+?)[,\"}]", text)
