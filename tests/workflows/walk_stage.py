"""What do the walks' tests walk on? A shop on a real Temporal server under virtual time, as the worker composes it.

Store, intake, relay and activities are the real ones. Only the wire may be a null one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from zoneinfo import ZoneInfo

from receiver import SECRET, Receiver
from shop_books import HERE, PATIENCE, Guest, Notary, eventually
from sqlalchemy import select
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

import worker
from activities import contract
from regulars.delivery.compose import Composer
from regulars.delivery.courier import Courier
from regulars.delivery.ledger import Ledger
from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.providers.base import Transport, WireRequest, WireResponse
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.engine.member import Member
from regulars.intake.arrival import OrderFacts
from regulars.intake.receipts import Receipts, Report
from regulars.intake.sent import SentEvents
from regulars.journeys.model import Channel
from regulars.settings import Settings
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.messages import Message
from regulars.store.statements import table
from regulars.temporal import search_attributes
from regulars.temporal.relay import Relay
from workflows.journey import JourneyWorkflow
from workflows.walk import Order, Walk, description

BINARY = str(Path(sys.executable).with_name("temporal"))
# Other servers name the flag otherwise; an unknown one is ignored.
VIRTUAL_TIME = (
    *("--namespace", "other"),
    *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
    *("--dynamic-config-value", "frontend.TimeSkippingEnabled=true"),
    *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
    *("--dynamic-config-value", "system.forceSearchAttributesCacheRefreshOnRead=true"),
    # The server takes a run's start from the run's clock and its age from its own: it would hold back for days the next
    # run of one that is days ahead.
    *("--dynamic-config-value", 'history.workflowIdReuseMinimalInterval="-876000h"'),
)
OTHER = "other"  # a second namespace of the server
DAY = timedelta(days=1)


@dataclass
class NullWire:
    """A vendor that takes everything at once, but for the `refused` numbers, which it quotes. `taken`: what came."""

    taken: list[WireRequest] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def carry(self, request: WireRequest) -> WireResponse:
        self.taken.append(request)
        number = dict(parse_qsl((request.body or b"").decode(errors="replace"))).get("To")
        if number in self.refused:
            words = f"The 'To' number {number} of Meiling is not a valid phone number."
            return WireResponse(400, {}, json.dumps({"code": 21211, "message": words, "status": 400}).encode())
        if "Messages.json" in request.url:
            return WireResponse(201, {}, b'{"sid": "SM' + uuid4().hex.encode() + b'", "status": "queued"}')
        return WireResponse(202, {"X-Message-Id": uuid4().hex}, b"")


class Shop(Notary):
    """One shop at work, on the namespace of `client`."""

    def __init__(
        self,
        database: Database,
        client: Client,
        transport: Transport,
        settings: Settings,
        receiver: Receiver,
        journeys: Path = HERE / "journeys.yaml",
    ) -> None:
        super().__init__(database, journeys)
        self.receiver = receiver
        self.wire = transport if isinstance(transport, NullWire) else NullWire()
        self.client, self.skipper = client, TimeSkipper(client)
        composer = Composer(LiveTemplates(database, self.shelf), "https://leaf.example", "secret" * 6)
        lines = worker.lines(settings, transport)
        courier = Courier(self.writer, Ledger(self.shelf, teller=SentEvents(self.shelf)), composer, lines, self.clock)
        self.caller = worker.calls(settings, self.writer, self.shelf, self.clock, receiver.wire(seconds=0.5))
        self.workers = worker.workers(client, database, self.writer, self.shelf, courier, self.caller, self.clock)
        self.relay = Relay(database, self.writer, client, self.shelf, self.clock)  # time stands until a test moves it

    async def tell(
        self, guest: Guest, event: str, at: datetime | None = None, order: OrderFacts | None = None, **properties: Any
    ) -> None:
        """Something happens to a customer, at `at` or now; and the relay carries what is due then."""
        when = at or self.clock.real_now()
        await self.tell_only(guest, event, when, order, **properties)
        await self.carry(when)

    async def carry(self, at: datetime) -> None:
        """Let the relay work as of `at`, until nothing more is due."""
        self.clock.moment[:] = [at]
        while (await self.relay.round())[0]:
            pass

    async def enter(self, guest: Guest, event: str, at: datetime | None = None, **properties: Any) -> Run:
        """A customer enters a journey, and its walk has begun."""
        await self.tell(guest, event, at, **properties)
        return Run(self, self.enrollments(guest)[-1]["id"])

    def mail(self, guest: Guest) -> str:
        """All that the null wire took for a customer's address."""
        address = (guest.person.email or "").encode()
        return "\n".join((one.body or b"").decode() for one in self.wire.taken if address in (one.body or b""))

    async def report(self, kind: ReceiptKind, channel: Channel, message_id: str, at: datetime) -> None:
        """A vendor reports on a message."""
        receipt = Receipt("test", uuid4().hex, kind, channel, at, message_id)
        await self.writer.ask(Receipts(self.shelf, self.clock).take, Report(receipt, at))
        await self.carry(at)

    async def party(
        self,
        journey: str,
        guests: list[Guest],
        properties: list[dict[str, Any]],
        broken: int | None = None,
        foreign: int | None = None,
    ) -> Run:
        """A party made by hand: many customers in one walk, as a scan will start it.

        `broken`: whose version is none of the walk's graphs; `foreign`: whose row names another party.
        """
        for guest, known in zip(guests, properties, strict=True):
            await self.tell_only(guest, f"Began {journey.title()}", **known)
        ids = [self.enrollments(guest)[-1]["id"] for guest in guests]
        of = table(Enrollment)
        mine = [one for n, one in enumerate(ids) if n != foreign]
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.id.in_(mine)).values(party_id=ids[0]))
        return await self.walk_of(journey, ids, broken)

    async def walk_of(self, journey: str, ids: list[str], broken: int | None = None) -> Run:
        """A walk of these enrollments, started by hand and not by the relay."""
        outbox = table(Outbox)
        with self.database.write() as connection:
            connection.execute(outbox.delete().where(outbox.c.enrollment_id.in_(ids)))
            graph = self.shelf.live(connection).plays[journey].graph
        versions = {one: "none" if n == broken else graph.version for n, one in enumerate(ids)}
        members = {one: Member(versions[one], "UTC") for one in ids}
        walk = Walk(ids[0], self.clock, {graph.version: graph}, members)
        await self.client.start_workflow(
            JourneyWorkflow.run, walk, id=ids[0], task_queue=contract.JOURNEYS, **description(walk)
        )
        return Run(self, ids[0], ids)


@dataclass
class Run:
    """A walk on its way."""

    shop: Shop
    id: str
    ids: list[str] = field(default_factory=list)  # of all members, where there are several

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.shop.client.get_workflow_handle(self.id)

    @property
    def row(self) -> dict[str, Any]:
        return self.shop.enrollment(self.id)

    @property
    def zone(self) -> ZoneInfo:
        """The customer's."""
        of = table(Customer)
        return ZoneInfo(self.shop.rows(select(of.c.timezone).where(of.c.id == self.row["customer_id"]))[0]["timezone"])

    def messages(self, who: str | None = None) -> list[dict[str, Any]]:
        of = table(Message)
        return self.shop.rows(select(of).where(of.c.enrollment_id == (who or self.id)).order_by(of.c.id))

    def sent(self, who: str | None = None) -> list[str]:
        """The steps whose message the vendor took, in order."""
        return [row["step"] for row in self.messages(who) if row["state"] == "accepted"]

    def at(self, step: str, who: str | None = None) -> datetime:
        """When the vendor took the step's message."""
        found: datetime = next(row["accepted_at"] for row in self.messages(who) if row["step"] == step)
        return found

    def local(self, step: str, zone: str) -> datetime:
        return self.at(step).astimezone(ZoneInfo(zone))

    def local_times(self, who: str, zone: str) -> list[datetime]:
        """When the vendor took each message, on a clock in `zone`."""
        return [row["accepted_at"].astimezone(ZoneInfo(zone)) for row in self.messages(who)]

    def decisions(self) -> list[tuple[str, str]]:
        of = table(Decision)
        rows = self.shop.rows(select(of).where(of.c.enrollment_id == self.id).order_by(of.c.id))
        return [(row["gate"], row["verdict"]) for row in rows]

    async def forward(self, span: timedelta) -> None:
        """Let so much time pass for this walk."""
        await self.shop.skipper.fast_forward(self.handle, span)

    async def now(self) -> datetime:
        """What time it is for this walk."""
        return await self.shop.skipper.get_current_time(self.handle)

    async def rests(self, step: str | None = None) -> dict[str, Any]:
        """The row, once the walk rests (at `step`)."""
        return await eventually(
            lambda: row if (row := self.row)["phase"] == "waiting" and step in (None, row["step"]) else {}
        )

    async def sleeps(self, step: str) -> dict[str, Any]:
        """The row, once the walk rests at `step` and all of that is in its history."""
        row = await self.rests(step)

        async def asleep() -> bool:
            return (await self.events())[-1] == "TIMER_STARTED"

        await eventually(asleep)
        return row

    async def ends(self) -> dict[str, Any]:
        """Let all time pass; the row, once the walk is over and its run complete."""
        try:
            await self.shop.skipper.fast_forward(self.handle)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # it is over already
                raise
        return await self.ended()

    async def ended(self) -> dict[str, Any]:
        """The row, once the run is complete."""
        await asyncio.wait_for(self.handle.result(), PATIENCE)
        return self.row

    async def update(self, update: Any, who: str | None = None, reason: str = "support") -> str:
        """Ask the run for something, for one of its members."""
        return str(await self.handle.execute_update(update, Order(who or self.id, reason)))

    async def page(self) -> str:
        """The run's page, as support reads it in Temporal."""
        found = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(found.current_details)

    async def events(self) -> list[str]:
        """The types of its history's events, in order."""
        history = await self.handle.fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


def stage_settings(**more: Any) -> Settings:
    """Settings of a shop whose vendors are stand-ins."""
    known = {"sendgrid_api_key": "SG.test", "twilio_account_sid": "AC" + "5a" * 16, "twilio_auth_token": "token"}
    return Settings(**{**known, "regulars_secret": "secret" * 6, "webhook_signing_secret": SECRET, **more})


@asynccontextmanager
async def open_shop(
    database: Database,
    client: Client,
    transport: Transport | None = None,
    settings: Settings | None = None,
    journeys: Path = HERE / "journeys.yaml",
) -> AsyncIterator[Shop]:
    """A shop with its workers running, on the namespace of `client`."""
    await search_attributes.register(client)
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(Receiver())
        shop = Shop(database, client, transport or NullWire(), settings or stage_settings(), receiver, journeys)
        stack.push_async_callback(shop.caller.close)
        for one in shop.workers:
            await stack.enter_async_context(one)
        yield shop
    shop.writer.close()
