"""What do the tests of the web process stand on? The real app under uvicorn on a free port, and a client."""

from __future__ import annotations

import functools
import http.client
import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from regulars.journeys.load import load_book
from regulars.journeys.model import Book
from regulars.settings import Settings
from regulars.store import shelf
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.messages import Message
from regulars.store.schema import METADATA
from regulars.store.statements import add, table
from regulars.web.__main__ import server
from regulars.web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
SECRET, TOKEN, KEY = "hush", "12345", "k3y"
PUBLIC = "https://shop.example"
LIMIT = 100_000
WRITE_KEY = "wk_test"
WHSEC, OTHER_WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_bmV3ZXIgYW5kIG5vdCB5ZXQgdXNlZA=="
SENT = datetime.now(UTC) - timedelta(minutes=10)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """A running web process's address, and its database to look into."""

    port: int
    database: Database
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def shopify(self, raw: bytes, topic: str = "orders/create", **headers: str) -> Answer:
        """Deliver, signed. Headers by their names in lower case, with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", "/webhooks/shopify", raw, {**signed(raw, topic), **given})

    def count(self) -> dict[str, int]:
        """How many rows every table has."""
        with self.database.read() as connection:
            return {
                one.name: len(connection.execute(select(*one.primary_key.columns)).all())
                for one in METADATA.sorted_tables
            }

    def rows(self, model: type[SQLModel], **where: Any) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(select(table(model)).filter_by(**where)).mappings()]

    def one(self, model: type[SQLModel], **where: Any) -> dict[str, Any]:
        (row,) = self.rows(model, **where)
        return row

    def message(self, identifier: str = "m1", **more: Any) -> dict[str, Any]:
        """Have a customer with consent, walking through welcome, to whom this message went."""
        if not self.rows(Enrollment):
            assert self.shopify(order(1)).status == 200
        walk = self.one(Enrollment)
        row = {
            "id": identifier,
            "send_key": f"{walk['id']}/{identifier}/1",
            "enrollment_id": walk["id"],
            "customer_id": walk["customer_id"],
            "journey": "welcome",
            "version": walk["version"],
            "step": "hello",
            "visit": 1,
            "channel": "email",
            "purpose": "marketing",
            "priority": 1,
            "state": "accepted",
            "address": "mei1@example.com",
            "template": "welcome/hello",
            "due_at": SENT,
            "ready_at": SENT,
            "dispatched_at": SENT,
            **more,
        }
        with self.database.write() as connection:
            connection.execute(table(Enrollment).update().values(state="walking"))
            add(connection, Message, [row])
        return row


@functools.cache
def shipped() -> Book:
    """The journeys that are shipped; no test changes them."""
    return load_book(ROOT / "journeys.yaml")


@contextmanager
def running(database: Database, **settings: Any) -> Iterator[Web]:
    """The app on a free port, with the journeys that are shipped; stopped even after a failure."""
    with database.write() as connection:
        shelf.apply(connection, shipped(), SENT)
    given = {
        "database_url": database.url.render_as_string(hide_password=False),
        "public_url": PUBLIC,
        "regulars_secret": KEY,
        "shopify_webhook_secret": f"newer,{SECRET}",
        "twilio_auth_token": TOKEN,
        "body_limit": LIMIT,
        "segment_write_keys": f"another,{WRITE_KEY}",
        "events_webhook_secret": f"{OTHER_WHSEC},{WHSEC}",
        **settings,
    }
    process = server(create_app(Settings(_env_file=None, **given)), "127.0.0.1", 0)
    thread = threading.Thread(target=process.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not process.started:
            assert thread.is_alive(), "the web process did not start"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.01)
        yield Web(process.servers[0].sockets[0].getsockname()[1], database)
    finally:
        process.should_exit = True
        thread.join(timeout=20)


def signed(raw: bytes, topic: str = "orders/create", secret: str = SECRET) -> dict[str, str]:
    """The headers of a genuine delivery, an event of its own for every body."""
    return {
        "content-type": "application/json",
        "x-shopify-topic": topic,
        "x-shopify-event-id": sha256(raw).hexdigest(),
        "x-shopify-hmac-sha256": b64encode(digest(secret.encode(), raw, "sha256")).decode(),
    }


def order(number: int, **more: Any) -> bytes:
    """A first order of a customer of its own, who agreed to mails."""
    now = datetime.now(UTC).isoformat()
    email = f"mei{number}@example.com"
    body = {
        "id": 1000 + number,
        "email": email,
        "created_at": now,
        "updated_at": now,
        "currency": "USD",
        "total_price": "40.00",
        "customer": {
            "id": 900 + number,
            "email": email,
            "email_marketing_consent": {"state": "subscribed", "consent_updated_at": now},
        },
        "line_items": [{"id": 1, "product_id": 5, "title": "Sencha", "quantity": 1, "price": "40.00"}],
        **more,
    }
    return json.dumps(body).encode()
