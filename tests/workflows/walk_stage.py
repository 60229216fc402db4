"""What do the walks' tests walk on? A shop of its own on a real Temporal server under virtual time, through the worker's
own composition: the real store, intake, relay and activities. Only the wire may be a null one."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

import worker
from activities import contract
from regulars.clock import Clock
from regulars.delivery import book
from regulars.delivery.compose import Composer
from regulars.delivery.courier import Courier
from regulars.delivery.ledger import Ledger
from regulars.delivery.providers.base import Transport, WireRequest, WireResponse
from regulars.engine.member import Member
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival, ConsentFact, Happened, OrderFacts, Person
from regulars.settings import Settings
from regulars.store import shelf
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table
from regulars.store.writer import Writer
from regulars.temporal import search_attributes
from regulars.temporal.relay import Relay
from workflows.journey import JourneyWorkflow
from workflows.walk import Walk

HERE = Path(__file__).parent
BINARY = str(Path(sys.executable).with_name("temporal"))
# Other servers name the flag otherwise; an unknown one is ignored.
VIRTUAL_TIME = (
    *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
    *("--dynamic-config-value", "frontend.TimeSkippingEnabled=true"),
    *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
    *("--dynamic-config-value", "system.forceSearchAttributesCacheRefreshOnRead=true"),
)
PATIENCE = 15.0
DAY = timedelta(days=1)
T = TypeVar("T")


async def eventually(look: Callable[[], T | Awaitable[T]], seconds: float = PATIENCE) -> T:
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


@dataclass
class NullWire:
    """A vendor that takes everything at once. `taken`: what it was sent, in order."""

    taken: list[WireRequest] = field(default_factory=list)

    async def carry(self, request: WireRequest) -> WireResponse:
        self.taken.append(request)
        if "Messages.json" in request.url:
            return WireResponse(201, {}, b'{"sid": "SM' + uuid4().hex.encode() + b'", "status": "queued"}')
        return WireResponse(202, {"X-Message-Id": uuid4().hex}, b"")


@dataclass(frozen=True)
class Guest:
    """A customer of a test. `at`: the shop's instant at which they came."""

    person: Person
    at: datetime

    @property
    def email(self) -> str:
        return self.person.email or ""


class Shop:
    """One shop: tell it what happens, and look at what it does."""

    def __init__(self, database: Database, client: Client, transport: Transport, settings: Settings) -> None:
        self.database, self.client, self.settings = database, client, settings
        self.skipper = TimeSkipper(client)
        self.clock = VirtualClock(datetime(1970, 1, 1, tzinfo=UTC))
        self.shelf, self.writer = Shelf(), Writer(database)
        found, templates = book.read(HERE / "journeys.yaml", HERE / "templates", learnt_events())
        with database.write() as connection:
            shelf.apply(connection, found, self.clock.real_now())
        composer = Composer(templates, "https://leaf.example", "secret" * 6)
        lines = worker.lines(settings, transport)
        courier = Courier(self.writer, Ledger(self.shelf), composer, lines, self.clock)
        self.workers = worker.workers(client, self.writer, self.shelf, courier, self.clock)
        self.relay = Relay(database, self.writer, client, self.shelf, self.clock)  # time stands until a test moves it
        self.intake = Intake(self.shelf)

    def guest(self, hour: int = 12, **more: Any) -> Guest:
        """A new customer for whom it is now that hour of the day."""
        now, name = self.clock.real_now(), uuid4().hex[:10]
        email, phone = f"mei.{name}@example.com", f"+1415{int(name, 16) % 10**7:07d}"
        about = {"email": email, "phone": phone, "first_name": "Meiling", "timezone": zone_at(hour, now), **more}
        return Guest(Person((("email", email), ("test", name)), now, **about), now)

    async def tell(
        self, guest: Guest, event: str, at: datetime | None = None, order: OrderFacts | None = None, **properties: Any
    ) -> None:
        """Something happens to a customer, at `at` or now; and the relay carries what is due then."""
        when = at or self.clock.real_now()
        consents = tuple(ConsentFact(channel, True, guest.at, "test") for channel in ("email", "sms"))
        happened = Happened(event, when, properties)
        arrival = Arrival("test", uuid4().hex, event, guest.person, (happened,), consents, order)
        await self.writer.ask(self.intake.accept, Delivery(arrival, when))
        await self.carry(when)

    async def carry(self, at: datetime) -> None:
        """Let the relay work as of `at`, until nothing more is due."""
        self.clock.moment[:] = [at]
        while (await self.relay.round())[0]:
            pass

    async def enter(self, guest: Guest, event: str, **properties: Any) -> Run:
        """A customer enters a journey, and its walk has begun."""
        await self.tell(guest, event, **properties)
        return Run(self, self.enrollments(guest)[-1]["id"])

    def enrollments(self, guest: Guest) -> list[dict[str, Any]]:
        """The customer's ways through journeys, in the order of entering."""
        from regulars.store.customers import Identity

        of, names = table(Enrollment), table(Identity)
        whose = select(names.c.customer_id).where(names.c.kind == "email", names.c.value == guest.email)
        return self.rows(select(of).where(of.c.customer_id.in_(whose)).order_by(of.c.id))

    def rows(self, query: Any) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    async def party(self, journey: str, guests: list[Guest], properties: list[dict[str, Any]]) -> Run:
        """A party made by hand: many customers in one walk, as a scan will start it."""
        for guest, known in zip(guests, properties, strict=True):
            await self.tell_only(guest, f"Began {journey.title()}", **known)
        rows = [self.enrollments(guest)[-1] for guest in guests]
        of, outbox = table(Enrollment), table(Outbox)
        ids = [row["id"] for row in rows]
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.id.in_(ids)).values(party_id=ids[0]))
            connection.execute(outbox.delete().where(outbox.c.enrollment_id.in_(ids)))
            play = self.shelf.play(connection, journey, rows[0]["version"])
        version = play.graph.version
        walk = Walk(ids[0], self.clock, {version: play.graph}, {one: Member(version, "UTC") for one in ids})
        await self.client.start_workflow(JourneyWorkflow.run, walk, id=ids[0], task_queue=contract.JOURNEYS)
        return Run(self, ids[0])

    async def tell_only(self, guest: Guest, event: str, **properties: Any) -> None:
        """Something happens, and the relay does nothing about it yet."""
        at = self.clock.real_now()
        consents = tuple(ConsentFact(channel, True, guest.at, "test") for channel in ("email", "sms"))
        arrival = Arrival("test", uuid4().hex, event, guest.person, (Happened(event, at, properties),), consents)
        await self.writer.ask(self.intake.accept, Delivery(arrival, at))

    def decide(self, rows: list[dict[str, Any]]) -> None:
        with self.database.write() as connection:
            add(connection, Decision, rows)


@dataclass
class Run:
    """A walk on its way."""

    shop: Shop
    id: str

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.shop.client.get_workflow_handle(self.id)

    @property
    def row(self) -> dict[str, Any]:
        of = table(Enrollment)
        return self.shop.rows(select(of).where(of.c.id == self.id))[0]

    def messages(self, who: str | None = None) -> list[dict[str, Any]]:
        of = table(Message)
        return self.shop.rows(select(of).where(of.c.enrollment_id == (who or self.id)).order_by(of.c.id))

    def sent(self, who: str | None = None) -> list[str]:
        """The steps whose message the vendor took, in order."""
        return [row["step"] for row in self.messages(who) if row["state"] == "accepted"]

    def at(self, step: str) -> datetime:
        """When the vendor took the step's message."""
        return next(row["accepted_at"] for row in self.messages() if row["step"] == step)

    def local(self, step: str, zone: str) -> datetime:
        return self.at(step).astimezone(ZoneInfo(zone))

    def decisions(self) -> list[tuple[str, str]]:
        of = table(Decision)
        rows = self.shop.rows(select(of).where(of.c.enrollment_id == self.id).order_by(of.c.id))
        return [(row["gate"], row["verdict"]) for row in rows]

    async def forward(self, span: timedelta) -> None:
        """Let so much time pass for this walk."""
        await self.shop.skipper.fast_forward(self.handle, span)

    async def now(self) -> datetime:
        return await self.shop.skipper.get_current_time(self.handle)

    async def rests(self, step: str | None = None) -> dict[str, Any]:
        """The row, once the walk rests (at `step`)."""
        return await eventually(
            lambda: row if (row := self.row)["phase"] == "waiting" and step in (None, row["step"]) else {}
        )

    async def ends(self) -> dict[str, Any]:
        """Let all time pass; the row, once the walk is over and its run complete."""
        await self.shop.skipper.fast_forward(self.handle)
        return await self.ended()

    async def ended(self) -> dict[str, Any]:
        """The row, once the run is complete."""
        await asyncio.wait_for(self.handle.result(), PATIENCE)
        return self.row

    async def events(self) -> list[str]:
        """The types of its history's events, in order."""
        from temporalio.api.enums.v1 import EventType

        history = await self.handle.fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


def learnt_events() -> list[str]:
    """The events of the shop's own making that journeys.yaml names."""
    return re.findall(r"((?:Began|Stopped) [A-Za-z ]+?)[,\"}]", (HERE / "journeys.yaml").read_text())


def stage_settings(**more: Any) -> Settings:
    """Settings of a shop whose vendors are stand-ins."""
    known = {"sendgrid_api_key": "SG.test", "twilio_account_sid": "AC" + "5a" * 16, "twilio_auth_token": "token"}
    return Settings(**{**known, "regulars_secret": "secret" * 6, **more})


@asynccontextmanager
async def open_shop(
    database: Database, client: Client, transport: Transport | None = None, settings: Settings | None = None
) -> AsyncIterator[Shop]:
    """A shop with its workers running, on the namespace of `client`."""
    await search_attributes.register(client)
    shop = Shop(database, client, transport or NullWire(), settings or stage_settings())
    async with AsyncExitStack() as stack:
        for one in shop.workers:
            await stack.enter_async_context(one)
        yield shop
    shop.writer.close()
