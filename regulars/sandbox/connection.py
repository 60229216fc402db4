"""How does a connection begin and end? Who may connect, how much is read, and how one ends without an answer."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

_TRANSPORT = "regulars.sandbox.transport"
_DRAINED = 2


class Door:
    """The outermost layer: turns away clients from other machines and forms of other sites, and keeps hold of the
    connection, which only uvicorn's own `send` leads to."""

    def __init__(self, app: ASGIApp, allow_remote: bool) -> None:
        self._app = app
        self._allow_remote = allow_remote

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
            refusal = self._refusal(scope)
            if refusal is not None:
                await PlainTextResponse(refusal, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        client = scope.get("client")
        if not self._allow_remote and client is not None and not is_loopback(client[0]):
            return "the sandbox answers this machine alone; allow_remote opens it"
        headers = dict(scope["headers"])
        if scope["method"] not in ("GET", "HEAD") and headers.get(b"sec-fetch-site") == b"cross-site":
            return "a page of another site may not press the sandbox's buttons"
        return None


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, by number or as localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Dropped(Response):
    """No answer: the connection is cut, at once or when `after` real seconds have passed in silence."""

    def __init__(self, after: float = 0.0) -> None:
        super().__init__()
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get(_TRANSPORT)
        if transport is None:
            reason = "connections can be dropped under uvicorn alone"
            await PlainTextResponse(reason, 501)(scope, receive, send)
            return
        await silence(receive, self._after)
        transport.abort()
        await gone(receive)


async def silence(receive: Receive, seconds: float) -> None:
    """Wait, but no longer than the client does."""
    try:
        await asyncio.wait_for(gone(receive), seconds)
    except TimeoutError:
        return


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def read_body(request: Request, limit: int) -> bytes | None:
    """The raw body, or None where it is longer than `limit` bytes; then the rest is read and forgotten, as far as
    reasonable, because a client that is cut off while it writes never sees why."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > _DRAINED * limit:
            break
    return None if size > limit else bytes(body)


def json_of(body: bytes) -> Any:
    """The body's JSON. Raises UnicodeError for what is not UTF-8 (lone surrogates too), else ValueError, also for NaN
    and for bottomless nesting."""
    text = body.decode("utf-8")
    try:
        value = json.loads(text, parse_constant=_not_json)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _not_json(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
