"""How does a request reach a vendor? Over a pool of kept connections that says exactly what it knows of each loss."""

from __future__ import annotations

import io
import ssl
from pathlib import Path

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from regulars.delivery.providers.base import WireFailure, WireRequest, WireResponse

BODY_LIMIT = 4 * 1024 * 1024
_DNS_SECONDS = 60
_IDLE_SECONDS = 15  # below the vendors' own, so that we rather than they close an idle connection
_LARGE = 1024 * 1024  # from here on aiohttp wants a stream, so as not to hold the loop


class PooledTransport:
    """Carries requests over at most `connections` kept connections: a `base.Transport`.

    No retry, redirect, proxy, cookie or decompression. `connect_seconds` covers a free place in the pool, DNS, TCP and
    TLS; `total_seconds` all of it and the answer. `ca_file`: a PEM file trusted instead of the system's authorities.
    Belongs to the event loop of its first `carry`.
    """

    def __init__(
        self,
        connections: int = 50,
        *,
        connect_seconds: float = 5.0,
        total_seconds: float = 10.0,
        ca_file: Path | None = None,
    ) -> None:
        if connections < 1:
            raise ValueError(f"connections must be at least 1, not {connections}")
        if not 0 < connect_seconds < total_seconds:
            # Else the total could run out while connecting, and nothing told that the request had never left.
            raise ValueError(f"connect_seconds must lie between 0 and total_seconds ({total_seconds})")
        self._connections = connections
        self._timeout = ClientTimeout(total=total_seconds, connect=connect_seconds)
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._session: ClientSession | None = None
        self._closed = False

    async def carry(self, request: WireRequest) -> WireResponse | WireFailure:
        """The vendor's answer, or what is known of its absence.

        `sent_nothing` is claimed only for what fails before the request's first byte: no free connection in time, DNS,
        refused, TCP or TLS not established. A kept connection that the server closes under the request is not such a
        case: nothing tells whether it had been read. Raises ValueError for a malformed request only.
        """
        session = self._session or self._open()
        try:
            return await self._exchange(session, request)
        except InvalidURL:
            raise
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            return WireFailure(sent_nothing=True, detail=f"not connected: {_kind(error)}")
        except (ClientError, OSError) as error:
            return WireFailure(sent_nothing=False, detail=f"no answer: {_kind(error)}")

    async def close(self) -> None:
        """Closes every connection. May be called twice; a later `carry` raises RuntimeError."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _open(self) -> ClientSession:
        if self._closed:
            raise RuntimeError("the transport is closed")
        self._session = ClientSession(
            connector=TCPConnector(
                limit=self._connections,
                ssl=self._tls,
                ttl_dns_cache=_DNS_SECONDS,
                keepalive_timeout=_IDLE_SECONDS,
            ),
            timeout=self._timeout,
            headers={"Accept-Encoding": "identity"},
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
        )
        return self._session

    async def _exchange(self, session: ClientSession, request: WireRequest) -> WireResponse:
        body = request.body
        async with session.request(
            request.method,
            URL(request.url, encoded=True),
            data=io.BytesIO(body) if body is not None and len(body) > _LARGE else body,
            headers=request.headers,
            allow_redirects=False,
            middlewares=None if request.method == "POST" else (_once,),
        ) as response:
            return WireResponse(response.status, response.headers, await _read(response))


class _Dropped(ClientError):
    """A connection lost under a request."""


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keeps aiohttp from sending an idempotent request anew: it does so on these two types alone, for all but POST."""
    try:
        return await handler(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise _Dropped from error


async def _read(response: ClientResponse) -> bytes:
    """The body as far as it came and up to the limit: losing the rest changes nothing about the status."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > BODY_LIMIT:
                del body[BODY_LIMIT:]
                response.close()
                break
    except (ClientError, OSError):
        response.close()
    return bytes(body)


def _kind(error: BaseException) -> str:
    """The error's type and the system's word for it, without its text, which may hold what was asked."""
    word = getattr(error, "strerror", None)
    name = type(error.__cause__ if isinstance(error, _Dropped) else error).__name__
    return f"{name} ({word})" if word else name
