"""How is the script played? Each webhook posted at its instant, signed, over HTTP, until it is answered with 2xx."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from regulars.clock import Clock
from regulars.demo.story import Told

_AT_ONCE = 16
_TRIES = 60
_PATIENCE = aiohttp.ClientTimeout(total=10)
_SLOWEST = 1.0  # seconds between tries


@dataclass(slots=True)
class Played:
    """What was posted so far. `orders`: the sender's ids of those answered with 2xx. `refused`: what was not taken."""

    total: int
    accepted: int = 0
    orders: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


def sign(raw: bytes, secret: str) -> str:
    """X-Shopify-Hmac-Sha256 of a body."""
    return base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()


def request(told: Told, secret: str) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers."""
    raw = json.dumps(told.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": told.topic,
        "X-Shopify-Event-Id": told.event_id,
        "X-Shopify-Shop-Domain": "mori.example",
        "X-Shopify-Hmac-Sha256": sign(raw, secret),
    }
    return raw, headers


class Player:
    """Posts a script to the shop's webhook endpoint by the shop's clock."""

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url, self._secret, self._clock = url, secret, clock

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
        raw, headers = request(told, self._secret)
        said = ""
        for attempt in range(_TRIES):
            try:
                async with session.post(self._url, data=raw, headers=headers) as answer:
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
