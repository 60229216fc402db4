"""Who receives our webhooks in the tests? A real HTTP server on the loopback, whose paths say how it behaves."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from regulars.calls.addresses import Allowed
from regulars.calls.wire import Wire

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BUSY_SECONDS = 7_200  # for which /busy asks
LARGE = 64 * 1024 * 1024  # bytes that /large would say


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Receiver:
    """`/flaky` and `/busy` refuse a call's first try, `/hangs_once` never answers it, and `/hangs` answers none. Any
    number is a status."""

    calls: list[Received] = field(default_factory=list)
    port: int = 0
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)
    connections: int = 0
    written: int = 0
    _runner: web.AppRunner | None = None
    _listening: asyncio.Server | None = None
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, enrollment: str) -> list[Received]:
        """The calls of one walk."""
        return [one for one in self.calls if one.id.startswith(f"{enrollment}/")]

    def wire(self, *allowed: str, **more: Any) -> Wire:
        """A way here, on which every name is the receiver's and http://erp.test/ is allowed."""
        return Wire(Allowed.of(allowed or ("erp.test:80",)), **{"resolver": Names(self), **more})

    async def __aenter__(self) -> Receiver:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        self._listening = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    def _accept(self) -> asyncio.BaseProtocol:
        assert self._runner is not None
        assert self._runner.server is not None
        self.connections += 1
        return self._runner.server()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._listening is not None:
            self._listening.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        path, headers = request.path.strip("/"), {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Received(path, headers, await request.read()))
        whose = (headers.get("webhook-id", ""), path)
        self.tries[whose] += 1
        first = self.tries[whose] == 1
        match path:
            case "flaky":
                return web.Response(status=500 if first else 204)
            case "busy":
                return web.Response(status=503 if first else 200, headers={"Retry-After": str(BUSY_SECONDS)})
            case "hangs" | "hangs_once":
                if first or path == "hangs":
                    await self._leaving.wait()
                return web.Response()
            case "moved":
                raise web.HTTPTemporaryRedirect("/fine")
            case "large":
                return await self._talk(request)
            case "drips":
                response = web.StreamResponse()
                await response.prepare(request)
                await self._leaving.wait()
                return response
            case "fine":
                return web.Response(text="thanks")
            case _:
                return web.Response(status=int(path))

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while self.written < LARGE:
            await response.write(b"x" * 16_384)
            self.written += 16_384
        return response


@dataclass
class Names(AbstractResolver):
    """A name server on which every name is the loopback, at the receiver's own port: `http://erp.test/`."""

    receiver: Receiver
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = {"hostname": host, "host": "127.0.0.1", "port": self.receiver.port}
        return [ResolveResult(**found, family=socket.AF_INET, proto=0, flags=0)]  # type: ignore[typeddict-item]

    async def close(self) -> None:
        """Nothing is held."""
