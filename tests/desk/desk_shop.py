"""What shop do the desk's tests look at? One customer in Berlin who walks through welcome, and whom others resemble."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlmodel import SQLModel
from web_shop import ROOT, Answer, Web, running

from regulars.delivery import book as books
from regulars.delivery.templates import Templates
from regulars.journeys.graph import version_of
from regulars.journeys.model import Book
from regulars.store import shelf
from regulars.store.customers import Consent, Customer, Identity, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.events import Event
from regulars.store.messages import Message, ShortLink
from regulars.store.statements import add

NOW = datetime.now(UTC).replace(microsecond=0)
AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # 16:00 in Berlin, 11:00 in New York
EVIL = "<script>alert(1)</script>"
UI = "http://127.0.0.1:8233/namespaces/default"


@dataclass
class Shop:
    """The shop and its web process. `version`: of welcome."""

    web: Web
    version: str

    def get(self, path: str, **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.web.call("GET", path, headers={"host": f"127.0.0.1:{self.web.port}", **given})

    def page(self, path: str) -> str:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status == 200, (path, answer.status, answer.body[:300])
        return answer.body.decode()

    def find(self, text: str) -> Answer:
        return self.web.call("POST", "/desk/find", urlencode({"q": text}))

    def add(self, model: type[SQLModel], *rows: dict[str, Any]) -> None:
        with self.web.database.write() as connection:
            for row in rows:
                add(connection, model, [row])

    def customer(self, identifier: str, **more: Any) -> None:
        row = {"id": identifier, "asserted_at": AT, "created_at": AT, "tags": [], "asserted": {}, "orders": 0}
        empty = dict.fromkeys(
            ("email", "phone", "first_name", "last_name", "locale", "country", "province", "timezone")
        )
        self.add(Customer, {**row, **empty, "spent_minor": 0, "currency": None, "last_order_at": None, **more})

    def walk(self, identifier: str, customer: str, **more: Any) -> None:
        row: dict[str, Any] = {"id": identifier, "party_id": identifier, "journey": "welcome", "version": self.version}
        row |= {
            "customer_id": customer,
            "key": identifier,
            "state": "walking",
            "due_at": AT,
            "entered_at": AT,
            "visit": 1,
        }
        row |= dict.fromkeys(("start_event_id", "step", "phase", "wake_at", "goal_at", "leaving", "outcome", "reason"))
        self.add(Enrollment, {**row, "closed_at": None, **more})

    def message(self, identifier: str, walk: str, customer: str, **more: Any) -> None:
        row: dict[str, Any] = {"id": identifier, "send_key": f"{walk}/hello/{identifier}", "enrollment_id": walk}
        row |= {"customer_id": customer, "journey": "welcome", "version": self.version, "step": "hello", "visit": 1}
        row |= {"channel": "email", "purpose": "marketing", "priority": 1, "state": "accepted", "address": None}
        row |= {"template": "welcome/hello", "due_at": AT, "ready_at": AT, "attempts": 1}
        self.add(Message, {**row, **more})

    def decision(self, identifier: str, **more: Any) -> None:
        row = {
            "id": identifier,
            "decided_at": AT,
            "journey": "welcome",
            "step": None,
            "gate": "start",
            "verdict": "entered",
        }
        self.add(Decision, {**row, "customer_id": None, "enrollment_id": None, "seen": {}, **more})

    def event(self, identifier: str, **more: Any) -> None:
        row = {"id": identifier, "name": "Order Completed", "message_id": None, "occurred_at": AT, "received_at": AT}
        self.add(Event, {**row, "customer_id": None, "source": "shopify", "once": None, "properties": {}, **more})


@functools.cache
def written() -> tuple[Book, Templates]:
    """The journeys and templates that are shipped; no test changes them."""
    return books.read(ROOT / "journeys.yaml", ROOT / "templates")


@contextmanager
def opened(database: Database, **settings: Any) -> Iterator[Shop]:
    """The shop, with the desk open to this machine unless `settings` say otherwise."""
    given = {"public_url": "http://127.0.0.1:8000", "temporal_ui_url": UI, **settings}
    with running(database, **given) as web:
        book, templates = written()
        with database.write() as connection:
            shelf.apply(connection, book, NOW, templates.sources)
        shop = Shop(web, version_of(book.journeys["welcome"]))
        furnish(shop)
        yield shop


def furnish(shop: Shop) -> None:
    """Tom in Berlin got a mail and waits; his text was held back, then skipped. Others share his phone or his step."""
    berlin = {"country": "DE", "timezone": "Europe/Berlin", "locale": "de-DE"}
    tom = {"email": "tom@example.com", "phone": "+4915123456789", "first_name": "Tom", "last_name": EVIL, **berlin}
    shop.customer("tom1", **tom, orders=2, spent_minor=4050, currency="EUR", last_order_at=AT, tags=[EVIL, "tea"])
    shop.customer("ana1", email="ana@example.com", phone="+4915123456789", first_name="Ana")
    shop.add(Identity, {"kind": "shopify", "value": "207119551", "customer_id": "tom1"})
    shop.add(Identity, {"kind": "email", "value": "tom.old@example.com", "customer_id": "tom1"})
    word = {"purpose": "marketing", "source": "shopify", "occurred_at": AT, "recorded_at": AT, "customer_id": "tom1"}
    shop.add(Consent, {**word, "id": "k1", "channel": "email", "granted": True, "address": "tom@example.com"})
    shop.add(Consent, {**word, "id": "k2", "channel": "sms", "granted": False, "address": "+4915123456789"})
    stop = {"channel": "sms", "address": "+4915123456789", "reason": "stopped", "source": "twilio", "occurred_at": AT}
    shop.add(Suppression, stop)
    shop.event("e1", customer_id="tom1", properties={"order_id": "77", "note": EVIL})
    shop.walk("w1", "tom1", start_event_id="e1", step="wait_1", phase="waiting", wake_at=NOW + timedelta(hours=5))
    shop.walk("w2", "ana1", step="wait_1", phase="waiting", wake_at=NOW + timedelta(days=1))
    shop.walk("w3", "ana1", state="closed", outcome="left", reason="cancelled", step="wait_1", closed_at=AT)
    sent = AT + timedelta(minutes=1)
    mail = {"subject": f"Welcome {EVIL}", "locale": "en", "address": "tom@example.com", "template_version": "old"}
    shop.message("m1", "w1", "tom1", **mail, dispatched_at=sent, accepted_at=sent, counted_at=sent, vendor_id="v1")
    text = {"channel": "sms", "step": "care", "template": "welcome/care", "body": f"Steep it {EVIL}", "segments": 1}
    shop.message("m2", "w1", "tom1", **text, state="skipped", reason="consent withdrawn", address="+4915123456789")
    shop.add(ShortLink, {"code": "abc", "message_id": "m2", "url": "https://mori.example/tea"})
    told = {"name": "Email Opened", "message_id": "m1", "source": "sendgrid", "occurred_at": AT + timedelta(hours=2)}
    shop.event("e2", customer_id="tom1", **told)
    at_text = {"customer_id": "tom1", "enrollment_id": "w1", "step": "care"}
    shop.decision("d1", **at_text, gate="quiet hours", verdict="later: quiet hours", seen={"zone": "Europe/Berlin"})
    seen = {"source": EVIL, "occurred_at": AT.isoformat()}
    withdrawn = {"gate": "consent", "verdict": "skipped: consent withdrawn", "seen": seen}
    shop.decision("d2", **at_text, **withdrawn, decided_at=AT + timedelta(hours=3))
