"""Does the transport say exactly what it knows of a lost request?"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest

from regulars.delivery.providers.base import WireFailure, WireRequest, WireResponse
from regulars.delivery.transport import PooledTransport

pytestmark = pytest.mark.asyncio
StartVendor = Callable[..., Any]
Post = Callable[..., WireRequest]
Transports = Callable[..., PooledTransport]
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
    post: Post,
    start_vendor: StartVendor,
    transports: Transports,
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
    post: Post, transports: Transports, free_port: int
) -> None:
    outcome = await transports().carry(post(f"http://127.0.0.1:{free_port}"))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


async def test_a_name_without_address_is_certain_to_have_sent_nothing(
    post: Post,
    transports: Transports,
) -> None:
    outcome = await transports(connect_seconds=5, total_seconds=6).carry(post("http://vendor.invalid"))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing
    assert "DNS" in outcome.detail


async def test_a_host_that_does_not_take_the_connection_in_time_was_sent_nothing(
    post: Post,
    transports: Transports,
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
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor("hang")  # speaks no TLS
    outcome = await transports().carry(post(vendor.url.replace("http:", "https:")))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


async def test_a_server_that_closes_within_the_tls_handshake_was_sent_nothing(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor("deaf_drop")
    outcome = await transports().carry(post(vendor.url.replace("http:", "https:")))
    assert isinstance(outcome, WireFailure)
    assert outcome.sent_nothing


@pytest.mark.parametrize(("vouched_for", "trusted"), [("localhost", False), ("elsewhere.example", True)])
async def test_a_certificate_that_does_not_hold_stops_before_the_request(
    post: Post,
    start_vendor: StartVendor,
    transports: Transports,
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
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    vendor = await start_vendor("hang")
    transport = transports(connections=1)
    outcomes = await asyncio.gather(*(transport.carry(post(vendor.url)) for _ in range(2)))
    assert [isinstance(outcome, WireFailure) and outcome.sent_nothing for outcome in outcomes] == [False, True]
    assert len(vendor.seen) == 1


async def test_a_kept_connection_closed_while_idle_is_replaced(
    post: Post, start_vendor: StartVendor, transports: Transports
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
    post: Post, start_vendor: StartVendor, transports: Transports, conduct: str, method: str
) -> None:
    vendor = await start_vendor("answer", conduct, "answer")
    transport = transports()
    request = post(vendor.url, method=method)
    assert isinstance(await transport.carry(request), WireResponse)
    outcome = await transport.carry(request)
    assert isinstance(outcome, WireFailure)
    assert not outcome.sent_nothing
    assert [seen.connection for seen in vendor.seen] == [1, 1]


async def test_a_kept_connection_closed_as_the_request_is_written_is_ambiguous_or_answered_afresh(
    post: Post, start_vendor: StartVendor, transports: Transports
) -> None:
    """The close may be seen before the write or after; what must not happen is a claim that nothing was sent."""
    for _ in range(20):
        vendor = await start_vendor("answer_and_close", "answer")
        transport = transports()
        assert isinstance(await transport.carry(post(vendor.url)), WireResponse)
        outcome = await transport.carry(post(vendor.url))  # races the close
        assert isinstance(outcome, WireResponse) or not outcome.sent_nothing
        assert len(vendor.seen) <= 2


async def test_details_hold_nothing_of_the_request(post: Post, transports: Transports, free_port: int) -> None:
    outcome = await transports().carry(post(f"http://127.0.0.1:{free_port}/Messages.json?To=%2B15558675310"))
    assert isinstance(outcome, WireFailure)
    assert "5558675310" not in outcome.detail
