"""How do the vendors tell what happened? Signed callbacks over HTTP, tried again until they are answered with 2xx."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sqlite3
from collections.abc import Awaitable, Iterable, Sequence
from functools import partial
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from regulars.sandbox import events, sendgrid_mail
from regulars.sandbox.events import StoredEvent, Told
from regulars.sandbox.messages import now_ms
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.signing import EventWebhookSigner, twilio_signature
from regulars.sandbox.store import Store

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.05
_TROUBLE_MS = 1000
_ROUNDS = 8
_BATCH = 200
_VISITS = 3
_CONNECTIONS = 40
_FORM = "application/x-www-form-urlencoded"


class Teller:
    """Tells what is due, in rounds. What is claimed but not reported back, because the process died, is told again:
    receivers meet duplicates, never gaps."""

    def __init__(self, settings: SandboxSettings, store: Store, signer: EventWebhookSigner) -> None:
        self._settings = settings
        self._store = store
        self._signer = signer
        self._woken = asyncio.Event()
        self._rounds: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    def wake(self) -> None:
        """Something new is to be told."""
        self._woken.set()

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=self._settings.callback_timeout_seconds),
            skip_auto_headers=("User-Agent",),
        )
        await self._store.write(lambda connection: events.end_leases(connection, now_ms()))
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        running = [task for task in (self._loop, *self._rounds) if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            if len(self._rounds) >= _ROUNDS:
                await asyncio.wait(self._rounds, return_when=asyncio.FIRST_COMPLETED)
            try:
                due, following = await self._store.write(partial(events.claim, now=now_ms()))
            except sqlite3.Error:  # the store has said why; a full disk may be emptied
                due, following = [], now_ms() + _TROUBLE_MS
            if due:
                task = asyncio.create_task(self._round(due))
                self._rounds.add(task)
                task.add_done_callback(self._rounds.discard)
            await self._rest(None if following is None else (following - now_ms()) / 1000)

    async def _rest(self, seconds: float | None) -> None:
        # The tick lets events gather into batches, as the vendor's do.
        await asyncio.sleep(_TICK_SECONDS)
        try:
            await asyncio.wait_for(self._woken.wait(), None if seconds is None else max(0.0, seconds - _TICK_SECONDS))
        except TimeoutError:
            return

    async def _round(self, due: Sequence[StoredEvent]) -> None:
        mails = [event for event in due if event.kind == "sendgrid"]
        tellings: list[Awaitable[list[Told]]] = []
        for _, same in itertools.groupby(sorted(mails, key=lambda event: event.url or ""), key=lambda event: event.url):
            tellings += [self._batch(list(some)) for some in _batches(same)]
        others = sorted((event for event in due if event.kind != "sendgrid"), key=lambda event: event.message)
        for _, its in itertools.groupby(others, key=lambda event: event.message):
            tellings.append(self._in_turn(list(its)))
        try:
            outcomes = list(itertools.chain.from_iterable(await asyncio.gather(*tellings)))
            await self._store.write(lambda connection: events.record(connection, outcomes, now_ms()))
        except Exception:
            _log.exception("a round of callbacks failed; its events are told again when their lease ends")
            return
        self.wake()

    async def _batch(self, some: list[StoredEvent]) -> list[Told]:
        """One post of many mail events; the list ends in CRLF, which is signed too."""
        told = [json.dumps(sendgrid_mail.flattened(event.payload), separators=(",", ":")) for event in some]
        body = ("[" + ",\r\n".join(told) + "]\r\n").encode()
        headers = self._signer.headers(body, now_ms() // 1000)
        headers |= {"Content-Type": "application/json;charset=utf-8", "User-Agent": "SendGrid Event API"}
        answer = await self._post(str(some[0].url), body, headers)
        return [self._outcome(event, answer) for event in some]

    async def _in_turn(self, its: list[StoredEvent]) -> list[Told]:
        """One message's callbacks one after the other, so that they arrive in order while all goes well."""
        return [self._outcome(event, await self._one(event)) for event in its]

    async def _one(self, event: StoredEvent) -> int | str:
        url = str(event.url)
        if event.kind == "visit":
            return await self._get(url)
        headers = {
            "Content-Type": _FORM,
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": twilio_signature(self._settings.twilio_auth_token, url, event.payload),
        }
        return await self._post(url, urlencode(event.payload).encode(), headers)

    async def _get(self, url: str) -> int | str:
        return await self._exchange("GET", url, None, {"User-Agent": sendgrid_mail.PERSON})

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int | str:
        return await self._exchange("POST", url, body, headers)

    async def _exchange(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> int | str:
        """The answer's status, or what stood in its way."""
        if self._session is None:
            raise RuntimeError("the teller was not started")
        try:
            # encoded: the signature is over the URL as it was given, so it may not be quoted anew.
            async with self._session.request(
                method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return f"{type(error).__name__}: {error}"[:200]

    def _outcome(self, event: StoredEvent, answer: int | str) -> Told:
        visit = event.kind == "visit"
        if isinstance(answer, int) and (visit or 200 <= answer < 300):
            return Told(event.id, "told", str(answer))
        if event.attempts >= (_VISITS if visit else self._settings.retry_limit):
            return Told(event.id, "given_up", str(answer))
        interval = self._settings.retry_seconds * 2 ** min(event.attempts - 1, 30)
        again_at = now_ms() + int(1000 * min(interval, self._settings.retry_cap_seconds))
        return Told(event.id, "pending", str(answer), again_at)


def _batches(some: Iterable[StoredEvent]) -> list[list[StoredEvent]]:
    whole = list(some)
    return [whole[start : start + _BATCH] for start in range(0, len(whole), _BATCH)]
