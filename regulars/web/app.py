"""What does the web process consist of? The composition root of everything reached over HTTP."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI

from regulars.clock import Clock
from regulars.intake.accept import Intake
from regulars.intake.learnt import Learnt
from regulars.intake.receipts import Receipts
from regulars.settings import Settings
from regulars.store import shop_clock
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.writer import Writer
from regulars.web import callbacks, desk, events, health, links, segment, shopify, start, unsubscribe
from regulars.web.desk import Desk

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """What the routes share: `app.state.house`."""

    config: Settings
    database: Database
    writer: Writer
    shelf: Shelf
    clock: Clock
    intake: Intake
    receipts: Receipts
    shopify_secrets: tuple[str, ...]
    desk: Desk
    learnt: Learnt = field(default_factory=Learnt)


def create_app(config: Settings) -> FastAPI:
    """The application. Its store is opened when it starts and closed, after what was asked, when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(config.database_url)
        with database.read() as connection:
            clock = shop_clock.read(connection)
        writer, shelf = Writer(database), Shelf()
        app.state.house = House(
            config,
            database,
            writer,
            shelf,
            clock,
            Intake(shelf),
            Receipts(shelf, clock),
            config.secrets("shopify_webhook_secret"),
            Desk.of(config, database, shelf, clock),
        )
        yield
        writer.close()
        database.close()

    app = FastAPI(title="Regulars", lifespan=lifespan, openapi_url=None)
    # Straight to the function, and before all others: it takes nothing that FastAPI would have to read for it, and a
    # sale brings many of these.
    app.add_route("/webhooks/shopify", shopify.receive, methods=["POST"])
    app.add_route("/v1/{call}", segment.receive, methods=["POST", "OPTIONS"])
    app.add_route("/webhooks/events", events.receive, methods=["POST"])
    for part in (start, callbacks, unsubscribe, links, health, desk):
        app.include_router(part.router)
    return app
