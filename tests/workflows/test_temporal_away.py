"""What if Temporal is away? Intake goes on, nothing is lost, and every journey starts when it is back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from real_processes import ROOT, Process, ending, free_port, temporal_server
from shop_books import HERE, eventually
from sqlalchemy import select
from walk_stage import Shop, open_shop

from regulars.demo.player import sign
from regulars.store.customers import Identity
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.messages import Message
from regulars.store.statements import table
from regulars.temporal import client as temporal_client

AWAY = float(os.environ.get("REGULARS_TEST_AWAY_SECONDS", "60"))
_PER_SECOND = 4
_PATIENCE = 5.0  # seconds for an answer, on a machine with much to do
_SECRET = "shop-secret"
_STARTS = 40  # seconds in which all that waited has begun and been written to


def web_process(folder: Path, database: Database) -> Process:
    """The web process, as it runs anywhere; it is told nothing of Temporal."""
    port = free_port()
    told = {
        "DATABASE_URL": database.url.render_as_string(),
        "TEMPLATES_FOLDER": str(HERE / "templates"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REGULARS_SECRET": "secret" * 6,
        "SHOPIFY_WEBHOOK_SECRET": _SECRET,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "regulars.web", "--port", str(port)]
    return Process(command, folder / "web.log", told, port)


@dataclass
class Till:
    """Where orders come from: one webhook each, signed, from a customer who never came before."""

    web: Process
    shop: Shop

    async def order(self) -> str:
        """One order; its customer's e-mail address, once the shop has answered that it has it."""
        name, now = uuid4().hex[:12], self.shop.clock.real_now().isoformat()
        email = f"{name}@example.com"
        consent = {"state": "subscribed", "consent_updated_at": now}
        customer = {"id": int(name, 16), "email": email, "email_marketing_consent": consent}
        times = {"created_at": now, "updated_at": now}
        money = {"currency": "USD", "total_price": "40.00", "line_items": []}
        body = {"id": int(name, 16), "order_number": 7, "email": email, "customer": customer, **times, **money}
        assert await asyncio.to_thread(self._post, body) == 200
        return email

    def _post(self, body: dict[str, Any]) -> int:
        raw = json.dumps(body).encode()
        headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": uuid4().hex}
        headers["X-Shopify-Hmac-Sha256"] = sign(raw, _SECRET)
        url = f"http://127.0.0.1:{self.web.port}/webhooks/shopify"
        with urllib.request.urlopen(urllib.request.Request(url, raw, headers), timeout=10) as answer:
            return int(answer.status)

    def walks(self) -> dict[str, tuple[str, list[str]]]:
        """By a customer's address: the enrollment's state, and the states of its messages."""
        names, of, sent = table(Identity), table(Enrollment), table(Message)
        joined = names.join(of, of.c.customer_id == names.c.customer_id)
        joined = joined.outerjoin(sent, sent.c.enrollment_id == of.c.id)
        query = select(names.c.value, of.c.id, of.c.state, sent.c.state.label("message")).select_from(joined)
        found: dict[str, tuple[str, list[str]]] = {}
        for row in self.shop.rows(query.where(names.c.kind == "email", of.c.journey == "ordered")):
            found.setdefault(row["value"], (row["state"], []))[1].append(row["message"])
        return found


async def _orders(till: Till, seconds: float) -> list[str]:
    """Orders at an even rate for so long, none of which waits for Temporal: a call of it alone would take longer."""
    loop, emails = asyncio.get_running_loop(), []
    begun = loop.time()
    while len(emails) < seconds * _PER_SECOND:
        asked = loop.time()
        emails.append(await till.order())
        assert loop.time() - asked < _PATIENCE
        await asyncio.sleep(max(0.0, begun + len(emails) / _PER_SECOND - loop.time()))
    return emails


@pytest.mark.parametrize(("how", "seconds"), [(signal.SIGKILL, AWAY), (signal.SIGTERM, min(AWAY, 5.0))])
async def test_intake_goes_on_without_temporal_and_all_journeys_start_when_it_is_back(
    sqlite_database: Database, tmp_path: Path, how: signal.Signals, seconds: float
) -> None:
    server, web = temporal_server(tmp_path), web_process(tmp_path, sqlite_database)
    with ending(web, server):
        await server.start()
        client = await temporal_client.connect(f"127.0.0.1:{server.port}")
        async with open_shop(sqlite_database, client) as shop:
            await web.start()
            till, relaying = Till(web, shop), asyncio.create_task(shop.relay.run())
            early = await till.order()
            await eventually(lambda: till.walks()[early][1] == ["accepted"])
            server.end(how)
            late = await _orders(till, seconds)
            assert shop.count_outbox() == len(late)
            await server.start()
            await eventually(lambda: all(walk[1] == ["accepted"] for walk in till.walks().values()), _STARTS)
            assert set(till.walks()) == {early, *late}
            assert shop.count_outbox() == 0
            shop.relay.stop()
            await relaying
