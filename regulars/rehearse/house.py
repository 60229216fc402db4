"""What does a rehearsed shop consist of? All of a worker, on a database of its own and on clocks that are led."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select
from temporalio.client import Client

import worker
from regulars.calls.addresses import Allowed
from regulars.calls.wire import Replied, Wire
from regulars.clock import Clock
from regulars.delivery.compose import Composer
from regulars.delivery.courier import Courier
from regulars.delivery.ledger import Ledger
from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.transport import PooledTransport
from regulars.delivery.want import Claim, Composed
from regulars.intake.sent import SentEvents
from regulars.rehearse.clocks import Stepped, slow
from regulars.rehearse.runs import Runs
from regulars.settings import Settings
from regulars.simulate.shop import NOWHERE
from regulars.store import migrate
from regulars.store.database import Database
from regulars.store.enrollments import Outbox
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.store.writer import Writer
from regulars.temporal import search_attributes
from regulars.temporal.relay import Relay

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Keeping(Composer):
    """Keeps what it renders, by the message's id: the database has no copy."""

    kept: dict[str, Composed] = field(default_factory=dict)

    def compose(self, claim: Claim, connection: Connection) -> Composed:
        """As production does."""
        found = self.kept[claim.message_id] = Composer.compose(self, claim, connection)
        return found


class Noting(Wire):
    """Receivers of webhooks take everything at once: nobody outside is called. `calls`: the address and the data."""

    def __init__(self) -> None:
        super().__init__(Allowed.of(()))
        self.calls: list[tuple[str, Row]] = []

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Replied:
        """Noted, and answered with 200."""
        self.calls.append((url, json.loads(body)["data"]))
        return Replied(200, {})


@dataclass(frozen=True, slots=True)
class House:
    """A shop at work. `pace`: how slowly its runs' time passes."""

    database: Database
    writer: Writer
    shelf: Shelf
    clock: Stepped
    runs: Runs
    composer: Keeping
    wire: Noting
    pace: float

    def slow(self, at: datetime) -> Clock:
        """The clock of what is started now, as of `at`."""
        return slow(at, self.clock.real_now(), self.pace)

    def next_due(self) -> datetime | None:
        """When the relay has something to carry next."""
        of = table(Outbox)
        with self.database.read() as connection:
            due: datetime | None = connection.execute(select(func.min(of.c.due_at))).scalar()
        return due

    async def relay(self) -> int:
        """Let the relay carry what is due. Gives how many rows there were."""
        relay = Relay(self.database, self.writer, self.runs.client, self.shelf, self.slow(self.clock.now()))
        done = 0
        while (leased := await relay.round())[0]:
            done += leased[0]
            self.runs.check()
        return done


@asynccontextmanager
async def open_house(client: Client, config: Settings, pace: float) -> AsyncIterator[House]:
    """A shop with an empty database and its workers running, on the namespace of `client`; its runs end with it."""
    await search_attributes.register(client)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="regulars-rehearse-"))
        database = Database(f"sqlite:///{Path(folder) / 'regulars.db'}")
        stack.callback(database.close)
        migrate.upgrade(database)
        writer, shelf, clock = Writer(database), Shelf(), Stepped()
        stack.callback(writer.close)
        composer = Keeping(LiveTemplates(database, shelf), NOWHERE, config.secrets("regulars_secret")[0])
        transport = PooledTransport(ca_file=config.vendor_ca_file)
        stack.push_async_callback(transport.close)
        lines = worker.lines(config, transport)
        courier = Courier(writer, Ledger(shelf, clock, SentEvents(shelf)), composer, lines, clock)
        wire = Noting()
        caller = worker.calls(config, writer, shelf, clock, wire)
        runs = Runs(client, clock)
        for one in worker.workers(client, database, writer, shelf, courier, caller, clock):
            await stack.enter_async_context(one)
        stack.push_async_callback(runs.end)
        yield House(database, writer, shelf, clock, runs, composer, wire, pace)
