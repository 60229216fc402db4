"""What do the tests of vendors stand on? Vendors' own samples, a certificate authority, a server that misbehaves."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import ports
import pytest
import pytest_asyncio

from bench.certificate import vouched
from regulars.delivery.providers.base import WireRequest
from regulars.delivery.transport import PooledTransport

Conduct = Literal["answer", "drop", "reset", "hang", "deaf_drop", "garbage", "answer_and_close", "cut_body"]
HEADERS = {"Authorization": "Bearer key", "Content-Type": "application/json", "User-Agent": "us", "Accept": "*/*"}
ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nX-Message-Id: abc\r\n\r\nok"


@pytest.fixture(scope="session")
def sample(vendors_data: Path) -> Callable[[str], Any]:
    """A JSON sample by its name below payloads/."""
    return lambda name: json.loads((vendors_data / "payloads" / name).read_text())


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of its own, and a server of localhost that it vouches for."""

    ca_file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def make_authority(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Authority]:
    """Makes an authority that vouches for a server of the given host name."""

    def make(host: str) -> Authority:
        folder = tmp_path_factory.mktemp("authority")
        of = vouched(host, *(["127.0.0.1"] if host == "localhost" else []))
        (folder / "ca.pem").write_bytes(of.authority)
        (folder / "server.pem").write_bytes(of.server)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "server.pem")
        return Authority(folder / "ca.pem", context)

    return make


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass(slots=True)
class Vendor:
    """A loopback server that behaves as told: per request by `conducts`, in turn, then by the last of them."""

    conducts: list[Conduct]
    answer: bytes
    port: int = 0
    scheme: str = "http"
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    open_at_once: int = 0
    most_open: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_at_once += 1
        self.most_open = max(self.most_open, self.open_at_once)
        try:
            await self._talk(self.connections, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return  # the client left
        finally:
            self.open_at_once -= 1
            writer.close()

    async def _talk(self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            conduct = self.conducts[min(len(self.seen), len(self.conducts) - 1)]
            if conduct == "deaf_drop":
                self.seen.append(Seen("", {}, b"", connection))
                return
            self.seen.append(await _request(reader, connection))
            if conduct == "drop":
                return
            if conduct == "reset":
                _reset(writer)
                return
            if conduct == "hang":
                await asyncio.sleep(30)
            elif conduct == "garbage":
                writer.write(b"SMTP 250 what?\r\n\r\n")
            elif conduct == "cut_body":
                writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 999\r\n\r\n{"sid":')
                return
            else:
                writer.write(self.answer)
            await writer.drain()
            if conduct == "answer_and_close":
                return


async def _request(reader: asyncio.StreamReader, connection: int) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
    return Seen(head[0], headers, await reader.readexactly(int(headers.get("content-length", "0"))), connection)


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest_asyncio.fixture
async def start_vendor() -> AsyncIterator[Callable[..., Awaitable[Vendor]]]:
    """Starts a server that behaves as told, on a free port; all are stopped at the end."""
    servers: list[asyncio.Server] = []
    talks: set[asyncio.Task[None]] = set()

    async def start(*conducts: Conduct, answer: bytes = ANSWER, tls: ssl.SSLContext | None = None) -> Vendor:
        vendor = Vendor(list(conducts) or ["answer"], answer, scheme="https" if tls else "http")

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talks.add(asyncio.create_task(vendor.serve(reader, writer)))

        server = await asyncio.start_server(accept, "localhost", 0, ssl=tls, family=socket.AF_INET)
        servers.append(server)
        vendor.port = server.sockets[0].getsockname()[1]
        return vendor

    try:
        yield start
    finally:
        for server in servers:
            server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@pytest.fixture
def post() -> Callable[..., WireRequest]:
    """Makes a request as a provider's `build` does."""

    def make(url: str, body: bytes = b'{"a": 1}', method: str = "POST") -> WireRequest:
        return WireRequest(method, url + "/v3/mail/send?a=%2B1", HEADERS, None if method == "GET" else body)

    return make


@pytest.fixture
def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    return ports.free_port()


@pytest_asyncio.fixture
async def transports() -> AsyncIterator[Callable[..., PooledTransport]]:
    """Makes transports with short timeouts, closed at the end."""
    made: list[PooledTransport] = []

    def make(**settings: Any) -> PooledTransport:
        made.append(PooledTransport(**{"connect_seconds": 0.4, "total_seconds": 0.8, **settings}))
        return made[-1]

    yield make
    for transport in made:
        await transport.close()
