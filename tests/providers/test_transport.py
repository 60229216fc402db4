"""Does the transport carry a request as it was built, and hand back the answer as it came?"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from regulars.delivery.providers.base import WireRequest, WireResponse
from regulars.delivery.transport import BODY_LIMIT, PooledTransport

pytestmark = pytest.mark.asyncio
StartVendor = Callable[..., Any]
Post = Callable[..., WireRequest]
Transports = Callable[..., PooledTransport]


async def test_a_request_arrives_as_it_was_built_and_the_answer_comes_back(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor()
    request = post(vendor.url)
    answer = await transports().carry(request)
    assert isinstance(answer, WireResponse)
    assert (answer.status, answer.headers["X-Message-Id"], answer.body) == (202, "abc", b"ok")
    [seen] = vendor.seen
    assert seen.line == "POST /v3/mail/send?a=%2B1 HTTP/1.1"
    assert seen.body == b'{"a": 1}'
    sent = {name.lower(): value for name, value in request.headers.items()}
    own = {"host": f"localhost:{vendor.port}", "accept-encoding": "identity", "content-length": "8"}
    assert seen.headers == sent | own


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        pytest.param(b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 429, b"", id="limit"),
        pytest.param(
            b"HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 307, b"", id="redirect"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"x"))
            + gzip.compress(b"x"),
            200,
            gzip.compress(b"x"),
            id="compressed",
        ),
        pytest.param(
            b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 500, b"abc", id="chunked"
        ),
    ],
)
async def test_any_answer_is_handed_back_as_it_came(
    post: Post,
    start_vendor: StartVendor,
    transports: Transports,
    answer: bytes,
    status: int,
    body: bytes,
) -> None:
    vendor = await start_vendor(answer=answer)
    outcome = await transports().carry(post(vendor.url))
    assert isinstance(outcome, WireResponse)
    assert (outcome.status, outcome.body) == (status, body)
    assert len(vendor.seen) == 1


async def test_an_answer_whose_body_is_cut_short_is_still_the_answer(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor("cut_body")
    outcome = await transports().carry(post(vendor.url))
    assert isinstance(outcome, WireResponse)
    assert (outcome.status, outcome.body) == (201, b'{"sid":')


async def test_no_more_of_a_body_is_read_than_the_limit(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT * 2) + b"x" * (BODY_LIMIT * 2)
    vendor = await start_vendor(answer=answer)
    outcome = await transports(connect_seconds=1, total_seconds=5).carry(post(vendor.url))
    assert isinstance(outcome, WireResponse)
    assert len(outcome.body) == BODY_LIMIT


async def test_a_large_mail_arrives_whole(post: Post, start_vendor: StartVendor, transports: Transports) -> None:
    vendor = await start_vendor()
    body = bytes(range(256)) * 8192
    assert isinstance(await transports(total_seconds=5).carry(post(vendor.url, body)), WireResponse)
    assert vendor.seen[0].body == body


async def test_cookies_are_not_kept_and_proxies_not_heeded(
    post: Post, start_vendor: StartVendor, transports: Transports, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port}")
    vendor = await start_vendor(answer=b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    transport = transports()
    for _ in range(2):
        assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
    assert all("cookie" not in seen.headers for seen in vendor.seen)


async def test_connections_are_kept_and_no_more_than_allowed(
    post: Post, start_vendor: StartVendor, transports: Transports, make_authority: Callable[[str], Any]
) -> None:
    authority = make_authority("localhost")
    vendor = await start_vendor(tls=authority.server)
    transport = transports(connections=4, connect_seconds=5, total_seconds=6, ca_file=authority.ca_file)
    outcomes = await asyncio.gather(*(transport.carry(post(vendor.url)) for _ in range(60)))
    assert all(isinstance(outcome, WireResponse) for outcome in outcomes)
    assert vendor.connections <= 4
    assert len(vendor.seen) == 60


async def test_a_cancelled_request_gives_its_place_back(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor("hang", "answer")
    transport = transports(connections=1)
    task = asyncio.create_task(transport.carry(post(vendor.url)))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(await transport.carry(post(vendor.url)), WireResponse)


async def test_a_closed_transport_says_so(post: Post, start_vendor: StartVendor) -> None:
    vendor = await start_vendor()
    used, unused = PooledTransport(), PooledTransport()
    await used.carry(post(vendor.url))
    for transport in (used, unused):
        await transport.close()
        await transport.close()
        with pytest.raises(RuntimeError, match="closed"):
            await transport.carry(post(vendor.url))


async def test_a_malformed_address_is_the_callers_mistake(transports: Transports) -> None:
    with pytest.raises(ValueError, match="vendor"):
        await transports().carry(WireRequest("POST", "vendor", {}, b""))


@pytest.mark.parametrize(
    "settings",
    [{"connections": 0}, {"connect_seconds": 10.0, "total_seconds": 10.0}, {"connect_seconds": 0.0}],
)
async def test_settings_that_would_blur_what_is_known_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PooledTransport(**settings)  # type: ignore[arg-type]
