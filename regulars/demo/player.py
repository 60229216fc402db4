"""How is the script played? Each webhook posted at its instant, signed, over HTTP, until it is answered with 2xx.

Three doors take them: Shopify's webhooks, Segment's identify, and the shop's own signed events (Standard Webhooks).
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

import aiohttp
from standardwebhooks import Webhook

from regulars.clock import Clock
from regulars.demo.bodies import Body
from regulars.demo.story import Told

_AT_ONCE = 16
_TRIES = 60
_PATIENCE = aiohttp.ClientTimeout(total=10)
_SLOWEST = 1.0  # seconds between tries
_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Played:
    """What was posted so far. `orders`: the sender's ids of those answered with 2xx. `refused`: what was not taken."""

    accepted: int = 0
    orders: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


def sign(raw: bytes, secret: str) -> str:
    """X-Shopify-Hmac-Sha256 of a body."""
    return base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a shop takes what it is told, and what opens each door. `url`: of its web process."""

    url: str
    shopify_secret: str = field(repr=False)
    segment_key: str = field(repr=False)
    events_secret: str = field(repr=False)

    def request(self, told: Told) -> tuple[str, bytes, dict[str, str]]:
        """Where to, what, and under which headers."""
        match told.door:
            case "shopify":
                return f"{self.url}/webhooks/shopify", *request(told, self.shopify_secret)
            case "identify":
                raw = _raw({**told.body, "messageId": told.event_id})
                key = base64.b64encode(f"{self.segment_key}:".encode()).decode()
                return f"{self.url}/v1/identify", raw, _JSON | {"Authorization": f"Basic {key}"}
            case "events":
                raw, now = _raw(told.body), Clock.real_now()
                signed = Webhook(self.events_secret).sign(told.event_id, now, raw.decode())
                times = {"webhook-id": told.event_id, "webhook-timestamp": str(int(now.timestamp()))}
                return f"{self.url}/webhooks/events", raw, _JSON | times | {"webhook-signature": signed}
            case _:
                assert_never(told.door)


def request(told: Told, secret: str) -> tuple[bytes, dict[str, str]]:
    """A Shopify webhook's body and headers."""
    raw = _raw(told.body)
    headers = {
        "X-Shopify-Topic": told.topic,
        "X-Shopify-Event-Id": told.event_id,
        "X-Shopify-Shop-Domain": "mori.example",
        "X-Shopify-Hmac-Sha256": sign(raw, secret),
    }
    return raw, _JSON | headers


def _raw(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class Player:
    """Posts a script at the shop's doors by the shop's clock; at once what lies in the past."""

    def __init__(self, doors: Doors, clock: Clock) -> None:
        self._doors, self._clock = doors, clock

    async def play(self, script: Sequence[Told], played: Played) -> None:
        """Post everything, and count it in `played`. What is due together goes together, in any order."""
        gate = asyncio.Semaphore(_AT_ONCE)
        connector = aiohttp.TCPConnector(limit=_AT_ONCE)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=_PATIENCE) as session,
            asyncio.TaskGroup() as posts,
        ):
            for told in script:
                wait = (self._clock.real(told.at) - self._clock.real_now()).total_seconds()
                if wait > 0:
                    await asyncio.sleep(wait)
                await gate.acquire()
                posts.create_task(self._post(session, told, played)).add_done_callback(lambda _: gate.release())

    async def _post(self, session: aiohttp.ClientSession, told: Told, played: Played) -> None:
        """As Shopify does: whatever is not a 2xx is posted again, here at a demo's pace."""
        said = ""
        for attempt in range(_TRIES):
            url, raw, headers = self._doors.request(told)
            try:
                async with session.post(url, data=raw, headers=headers) as answer:
                    said = f"{answer.status} {await answer.text()}"[:300]
                    if answer.ok:
                        played.accepted += 1
                        if told.topic.startswith("orders/"):
                            played.orders.add(str(told.body["id"]))
                        return
                    if answer.status < 500:
                        break
            except (aiohttp.ClientError, TimeoutError) as error:
                said = f"{type(error).__name__}: {error}"
            await asyncio.sleep(min(0.1 * 2**attempt, _SLOWEST))
        played.refused.append(f"{told.topic}: {said}")
