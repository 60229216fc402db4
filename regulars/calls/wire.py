"""How does a call reach its receiver? One guarded connection, no redirect, a bounded answer, a bounded time."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from yarl import URL

from regulars.calls.addresses import Allowed, Barred, guarded_socket

MOST_READ = 64 * 1024  # bytes of an answer
SECONDS = 10.0
_CONNECTIONS = 200


@dataclass(frozen=True, slots=True)
class Replied:
    """What the receiver said."""

    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer, for whatever reason: it may have been received."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not called, for the address must not be."""

    reason: str


Came = Replied | Unanswered | Refused


class Wire:
    """Posts to receivers; each call has a connection of its own, so that its address is judged as it is now.

    `seconds`: for all of it, from the look-up of the name to the end of the answer. Belongs to the event loop of its
    first `post`.
    """

    def __init__(self, allowed: Allowed, *, seconds: float = SECONDS, resolver: AbstractResolver | None = None) -> None:
        self._allowed, self._resolver = allowed, resolver
        self._timeout = ClientTimeout(total=seconds)
        self._sessions: dict[bool, ClientSession] = {}

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Came:
        """What came of it. Never raises for the receiver's or the network's sake."""
        try:
            target = URL(url)
        except ValueError:
            return Refused("no address")
        trusted = self._allowed.has(target)
        if target.scheme != "https" and not trusted:
            return Refused("https only")
        try:
            return await self._exchange(self._session(trusted), target, body, headers)
        except InvalidURL:
            return Refused("no address")
        except ClientConnectorError as error:
            return Refused("address not allowed") if isinstance(error.os_error, Barred) else Unanswered("no connection")
        except ConnectionTimeoutError:
            return Unanswered("no connection")
        except (ClientError, OSError):  # a timeout is an OSError
            return Unanswered("no answer")

    async def close(self) -> None:
        """Close what is open."""
        for session in self._sessions.values():
            await session.close()

    async def _exchange(self, session: ClientSession, url: URL, body: bytes, headers: Mapping[str, str]) -> Replied:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            await _hear_out(response)
            return Replied(response.status, response.headers.copy())

    def _session(self, trusted: bool) -> ClientSession:
        if trusted not in self._sessions:
            connector = TCPConnector(
                limit=_CONNECTIONS,
                ssl=ssl.create_default_context(),
                force_close=True,
                use_dns_cache=False,
                resolver=self._resolver,
                socket_factory=None if trusted else guarded_socket,
            )
            self._sessions[trusted] = ClientSession(
                connector=connector,
                timeout=self._timeout,
                headers={"Accept-Encoding": "identity", "User-Agent": "regulars"},
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
            )
        return self._sessions[trusted]


async def _hear_out(response: ClientResponse) -> None:
    """Let the receiver finish what it says, within bounds: the status has answered already."""
    heard = 0
    with suppress(ClientError, OSError):  # it has answered: how it goes on to speak changes nothing
        async for chunk in response.content.iter_any():
            heard += len(chunk)
            if heard >= MOST_READ:
                break
    response.close()
