"""Does the transport say exactly what it knows of a lost request?"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from regulars.delivery.providers.base import WireFailure, WireRequest, WireResponse
from regulars.delivery.transport import BODY_LIMIT, PooledTransport

pytestmark = pytest.mark.asyncio
StartVendor = Callable[..., Any]
HEADERS = {"Authorization": "Bearer key", "Content-Type": "application/json", "User-Agent": "us", "Accept": "*/*"}


def post(url: str, body: bytes = b'{"a": 1}') -> WireRequest:
    return WireRequest("POST", url + "/v3/mail/send?a=%2B1", HEADERS, body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


async def test_a_request_arrives_as_it_was_built_and_the_answer_comes_back(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor()
    answer = await transports().carry(post(vendor.url))
    assert isinstance(answer, WireResponse)
    assert (answer.status, answer.headers["X-Message-Id"], answer.body) == (202, "abc", b"ok")
    [seen] = vendor.seen
    assert seen.line == "POST /v3/mail/send?a=%2B1 HTTP/1.1"
    assert seen.body == b'{"a": 1}'
    sent = {name.lower(): value for name, value in HEADERS.items()}
    own = {"host": f"localhost:{vendor.port}", "accept-encoding": "identity", "content-length": "8"}
    assert seen.headers == sent | own


# What the vendor does with the connection or the request, and whether it is certain that it had no byte of it.
LOSSES = [
    pytest.param("drop", id="closes after reading the request"),
    pytest.param("reset", id="resets after reading the request"),
    pytest.param("hang", id="reads the request and never answers"),
    pytest.param("deaf_drop", id="closes a fresh connection without reading"),
    pytest.param("garbage", id="answers what is no HTTP"),
]


@pytest.mark.parametrize("conduct", LOSSES)
@pytest.mark.parametrize("tls", [False, True])
async def test_a_loss_after_the_connection_stood_is_never_called_unsent(
    start_vendor: StartVendor,
    transports: Callable[..., PooledTransport],
    make_authority: Callable[[str], Any],
    conduct: str,
    tls: bool,
) -> None:
    authority = make_authority("localhost") if tls else None
    vendor = await start_vendor(conduct, tls=authority and authority.server)
    outcome = await transports(ca_file=authority and authority.ca_file).carry(post(vendor.url))
    assert isinstance(outcome, WireFailure)
    assert not outcome.sent_nothing
    assert len(vendor.seen) == 1


async def test_a_refused_connection_is_certain_to_have_sent_nothing(
    transports: Callable[..., PooledTransport],
) -> None:
    outcome = await transports().carry(post(f"http://127.0.0.1:{free_port()}"))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


async def test_a_name_without_address_is_certain_to_have_sent_nothing(
    transports: Callable[..., PooledTransport],
) -> None:
    outcome = await transports(connect_seconds=5, total_seconds=6).carry(post("http://vendor.invalid"))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing
    assert "DNS" in outcome.detail


async def test_a_host_that_does_not_take_the_connection_in_time_was_sent_nothing(
    transports: Callable[..., PooledTransport],
) -> None:
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):  # fills the backlog; what comes after waits
            filler = sockets.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(server.getsockname())
        outcome = await transports().carry(post(f"http://127.0.0.1:{server.getsockname()[1]}"))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing
    assert "Timeout" in outcome.detail


async def test_a_tls_handshake_that_never_ends_was_sent_nothing(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("hang")  # speaks no TLS
    outcome = await transports().carry(post(vendor.url.replace("http:", "https:")))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


async def test_a_server_that_closes_within_the_tls_handshake_was_sent_nothing(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("deaf_drop")
    outcome = await transports().carry(post(vendor.url.replace("http:", "https:")))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


@pytest.mark.parametrize(("vouched_for", "trusted"), [("localhost", False), ("elsewhere.example", True)])
async def test_a_certificate_that_does_not_hold_stops_before_the_request(
    start_vendor: StartVendor,
    transports: Callable[..., PooledTransport],
    make_authority: Callable[[str], Any],
    vouched_for: str,
    trusted: bool,
) -> None:
    authority = make_authority(vouched_for)
    vendor = await start_vendor(tls=authority.server)
    outcome = await transports(ca_file=authority.ca_file if trusted else None).carry(post(vendor.url))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing
    assert vendor.seen == []


async def test_a_request_that_gets_no_place_in_the_pool_was_not_sent(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("hang")
    transport = transports(connections=1)
    first, second = await asyncio.gather(transport.carry(post(vendor.url)), transport.carry(post(vendor.url)))
    assert (first.sent_nothing, second.sent_nothing) == (False, True)
    assert len(vendor.seen) == 1


async def test_a_kept_connection_closed_while_idle_is_replaced(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("answer_and_close", "answer")
    transport = transports()
    assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
    await asyncio.sleep(0.05)
    assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
    assert vendor.connections == 2


@pytest.mark.parametrize("conduct", ["drop", "reset"])
@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE"])
async def test_a_kept_connection_closed_under_a_request_is_ambiguous_and_not_tried_again(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport], conduct: str, method: str
) -> None:
    vendor = await start_vendor("answer", conduct, "answer")
    transport = transports()
    request = WireRequest(method, vendor.url + "/x", HEADERS, b"body" if method != "GET" else None)
    assert isinstance(await transport.carry(request), WireResponse)
    outcome = await transport.carry(request)
    assert isinstance(outcome, WireFailure)
    assert not outcome.sent_nothing
    assert [seen.connection for seen in vendor.seen] == [1, 1]


async def test_a_kept_connection_closed_as_the_request_is_written_is_ambiguous_or_answered_afresh(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    """The close may be seen before the write or after; what must not happen is a claim that nothing was sent."""
    for _ in range(20):
        vendor = await start_vendor("answer_and_close", "answer")
        transport = transports()
        assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
        outcome = await transport.carry(post(vendor.url))  # races the close
        assert isinstance(outcome, WireResponse) or not outcome.sent_nothing
        assert len(vendor.seen) <= 2


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
    start_vendor: StartVendor,
    transports: Callable[..., PooledTransport],
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
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("cut_body")
    outcome = await transports().carry(post(vendor.url))
    assert isinstance(outcome, WireResponse)
    assert (outcome.status, outcome.body) == (201, b'{"sid":')


async def test_no_more_of_a_body_is_read_than_the_limit(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT * 2) + b"x" * (BODY_LIMIT * 2)
    vendor = await start_vendor(answer=answer)
    outcome = await transports(connect_seconds=1, total_seconds=5).carry(post(vendor.url))
    assert isinstance(outcome, WireResponse)
    assert len(outcome.body) == BODY_LIMIT


async def test_a_large_mail_arrives_whole(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor()
    body = bytes(range(256)) * 8192
    assert isinstance(await transports(total_seconds=5).carry(post(vendor.url, body)), WireResponse)
    assert vendor.seen[0].body == body


async def test_cookies_are_not_kept_and_proxies_not_heeded(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    vendor = await start_vendor(answer=b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    transport = transports()
    for _ in range(2):
        assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
    assert all("cookie" not in seen.headers for seen in vendor.seen)


async def test_connections_are_kept_and_no_more_than_allowed(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport], make_authority: Callable[[str], Any]
) -> None:
    authority = make_authority("localhost")
    vendor = await start_vendor(tls=authority.server)
    transport = transports(connections=4, connect_seconds=5, total_seconds=6, ca_file=authority.ca_file)
    outcomes = await asyncio.gather(*(transport.carry(post(vendor.url)) for _ in range(60)))
    assert all(isinstance(outcome, WireResponse) for outcome in outcomes)
    assert vendor.connections <= 4
    assert len(vendor.seen) == 60


async def test_a_cancelled_request_gives_its_place_back(
    start_vendor: StartVendor, transports: Callable[..., PooledTransport]
) -> None:
    vendor = await start_vendor("hang", "answer")
    transport = transports(connections=1)
    task = asyncio.create_task(transport.carry(post(vendor.url)))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(await transport.carry(post(vendor.url)), WireResponse)


async def test_a_closed_transport_says_so(start_vendor: StartVendor) -> None:
    vendor = await start_vendor()
    used, unused = PooledTransport(), PooledTransport()
    await used.carry(post(vendor.url))
    for transport in (used, unused):
        await transport.close()
        await transport.close()
        with pytest.raises(RuntimeError, match="closed"):
            await transport.carry(post(vendor.url))


async def test_a_malformed_address_is_the_callers_mistake(transports: Callable[..., PooledTransport]) -> None:
    with pytest.raises(ValueError, match="vendor"):
        await transports().carry(WireRequest("POST", "vendor", HEADERS, b""))


@pytest.mark.parametrize(
    "settings",
    [{"connections": 0}, {"connect_seconds": 10.0, "total_seconds": 10.0}, {"connect_seconds": 0.0}],
)
async def test_settings_that_would_blur_what_is_known_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PooledTransport(**settings)  # type: ignore[arg-type]


async def test_details_hold_nothing_of_the_request(transports: Callable[..., PooledTransport]) -> None:
    request = WireRequest("GET", f"http://127.0.0.1:{free_port()}/Messages.json?To=%2B15558675310", HEADERS)
    outcome = await transports().carry(request)
    assert isinstance(outcome, WireFailure)
    assert "5558675310" not in outcome.detail
