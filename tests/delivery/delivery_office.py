"""What carries messages in the tests? The courier over real HTTP, and the sandbox that stands in for the vendors."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from delivery_shop import HOUR, Shop

from regulars.clock import identity
from regulars.delivery.compose import Composer
from regulars.delivery.courier import Courier, Line
from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.providers.base import Provider
from regulars.delivery.providers.sendgrid import SendGrid
from regulars.delivery.providers.twilio import TwilioSms
from regulars.delivery.providers.twilio_whatsapp import TwilioWhatsApp
from regulars.delivery.transport import PooledTransport
from regulars.delivery.want import Want
from regulars.engine.act import Answer
from regulars.journeys.model import Channel
from regulars.sandbox.settings import SENDGRID_API_KEY, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN
from regulars.store.writer import Writer

SETTLES = timedelta(seconds=0.3)  # the sandbox forgets nothing and lags behind nobody
RESOLVES = timedelta(seconds=30)
SECRET = "a secret of the tests"
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Vendor:
    """The sandbox, in a process of its own."""

    url: str

    def ask(self, path: str, body: object = None, method: str = "GET") -> Any:
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, raw, headers, method=method)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return json.loads(answer.read())

    def misbehave(self, *rules: dict[str, Any]) -> None:
        self.ask("/_sandbox/faults", list(rules), "POST")

    def behave(self) -> None:
        self.ask("/_sandbox/faults", method="DELETE")

    def books(self) -> dict[str, int]:
        """How many requests it accepted of each of our messages."""
        listed = self.ask("/_sandbox/books?full=1")["messages"]
        return {each["message_id"]: each["accepted_count"] for each in listed}


@contextmanager
def vendor_at(port: int, data: Path) -> Iterator[Vendor]:
    """A sandbox that runs while it is needed."""
    command = [sys.executable, "-m", "regulars.sandbox", "--data", str(data), "--port", str(port)]
    running = subprocess.Popen([*command, "--open-share", "0", "--click-share", "0"])
    vendor = Vendor(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _healthy(vendor):
            assert running.poll() is None and time.monotonic() < deadline, "the sandbox did not start"
            time.sleep(0.02)
        yield vendor
    finally:
        running.kill()
        running.wait()


def _healthy(vendor: Vendor) -> bool:
    try:
        return bool(vendor.ask("/healthz"))
    except OSError:
        return False


@dataclass
class Office:
    """A courier that delivers what a shop wants, by way of a vendor. Nothing in it outlives `close`."""

    shop: Shop
    url: str
    settles: timedelta = SETTLES
    resolves: timedelta = RESOLVES
    per_second: float = 10_000.0
    total_seconds: float = 5.0
    adjust: Callable[[Line], Line] = lambda line: line
    beats: int = 0
    transport: PooledTransport = field(init=False)

    def __post_init__(self) -> None:
        connect = min(1.0, self.total_seconds / 2)
        self.transport = PooledTransport(connect_seconds=connect, total_seconds=self.total_seconds)

    def open(self) -> Courier:
        """A courier with a writer of its own."""
        self.writer = Writer(self.shop.database)
        mail = SendGrid(SENDGRID_API_KEY, self.url, settles=self.settles)
        account = (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, self.url)
        providers: dict[Channel, Provider] = {
            "email": mail,
            "sms": TwilioSms(*account, settles=self.settles),
            "whatsapp": TwilioWhatsApp(*account, settles=self.settles),
        }
        lines = {
            channel: self.adjust(Line(one, self.transport, self.per_second, self.resolves))
            for channel, one in providers.items()
        }
        composer = Composer(LiveTemplates(self.shop.database, self.shop.shelf), "http://127.0.0.1:1", SECRET)
        self.courier = Courier(self.writer, self.shop.ledger, composer, lines, identity())
        return self.courier

    async def close(self) -> None:
        await self.transport.close()
        self.writer.close()

    def _beat(self) -> None:
        self.beats += 1

    async def deliver(self, *wants: Want, at: datetime | None = None) -> list[Answer]:
        """One round, at shop time `at` or now."""
        asked = [replace(want, now=at) for want in wants] if at else wants
        return await self.courier.deliver(asked, (lambda: at) if at else identity().now, self._beat)

    async def until_final(self, *wants: Want, pause: float = 0.05) -> list[Answer]:
        """Asked again, sooner than a walk would, until nothing is `later`."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            said = await self.deliver(*wants)
            if all(one.result != "later" for one in said):
                return said
            assert time.monotonic() < deadline, f"still {said}"
            await asyncio.sleep(pause)


def wanted(shop: Shop, now: datetime, who: str = "ann", step: str = "email", **more: Any) -> Want:
    return shop.want(shop.enter(who, at=now - HOUR, **more), step, now)


def row_of(shop: Shop, want: Want) -> dict[str, Any]:
    row = shop.message(want)
    assert row is not None
    return row
