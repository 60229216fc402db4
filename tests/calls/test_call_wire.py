"""Does a call reach whom it may, and nobody else, within its bounds? Over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from receiver import LARGE, Names, Receiver

from regulars.calls.wire import MOST_READ, Refused, Replied, Unanswered, Wire

Wires = Callable[..., Wire]
HEADERS = {"webhook-id": "e/step/1", "content-type": "application/json"}


@pytest.mark.parametrize(("path", "status"), [("fine", 200), ("204", 204), ("410", 410), ("503", 503)])
async def test_what_the_receiver_says_comes_back(receiver: Receiver, wires: Wires, path: str, status: int) -> None:
    came = await wires("erp.test:80").post(f"http://erp.test/{path}?a=b%20c", b'{"a": 1}', HEADERS)
    assert isinstance(came, Replied)
    assert came.status == status
    (received,) = receiver.calls
    assert (received.raw, received.headers["webhook-id"]) == (b'{"a": 1}', "e/step/1")


async def test_a_header_of_the_answer_is_known_in_any_case(receiver: Receiver, wires: Wires) -> None:
    came = await wires("erp.test:80").post("http://erp.test/busy", b"{}", HEADERS)
    assert isinstance(came, Replied)
    assert came.headers["retry-after"] == "7200"


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1:{port}/fine", "https://[::1]:{port}/fine", "https://[::ffff:127.0.0.1]:{port}/fine"),
        *("https://localhost:{port}/fine", "https://rebound.example/fine", "https://erp.test:8443/fine"),
    ],
)
async def test_an_own_address_is_not_connected_to_whatever_it_is_called(
    receiver: Receiver, wires: Wires, url: str
) -> None:
    came = await wires("erp.test:80").post(url.format(port=receiver.port), b"{}", HEADERS)
    assert came == Refused("address not allowed")
    assert receiver.connections == 0


@pytest.mark.parametrize("url", ["https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/"])
async def test_an_own_address_in_an_old_spelling_is_not_connected_to(wires: Wires, url: str) -> None:
    came = await wires(resolver=None).post(url, b"{}", HEADERS)
    assert came in (Refused("address not allowed"), Refused("no address"), Unanswered("no connection"))


async def test_plain_http_is_for_allowed_hosts_alone(receiver: Receiver, wires: Wires) -> None:
    came = await wires("erp.test:80").post(f"http://127.0.0.1:{receiver.port}/fine", b"{}", HEADERS)
    assert came == Refused("https only")
    came = await wires(f"127.0.0.1:{receiver.port}").post(f"http://127.0.0.1:{receiver.port}/fine", b"{}", HEADERS)
    assert isinstance(came, Replied)


async def test_a_name_is_looked_up_for_every_call_anew(receiver: Receiver, wires: Wires) -> None:
    names = Names(receiver)
    wire = wires("erp.test:80", resolver=names)
    for _ in range(3):
        assert isinstance(await wire.post("http://erp.test/fine", b"{}", HEADERS), Replied)
    assert names.asked == ["erp.test"] * 3
    assert receiver.connections == 3


@pytest.mark.parametrize("url", ["ftp://erp.test/", "erp.test", "https://", "https://erp.test:99999/", ""])
async def test_what_is_no_address_is_refused(wires: Wires, url: str) -> None:
    assert isinstance(await wires("erp.test:80").post(url, b"{}", HEADERS), Refused)


async def test_a_redirect_comes_back_and_is_not_followed(receiver: Receiver, wires: Wires) -> None:
    came = await wires("erp.test:80").post("http://erp.test/moved", b"{}", HEADERS)
    assert isinstance(came, Replied)
    assert came.status == 307
    assert [one.path for one in receiver.calls] == ["moved"]


async def test_a_receiver_that_hangs_is_left_in_time(wires: Wires) -> None:
    begun = time.monotonic()
    came = await wires("erp.test:80", seconds=0.3).post("http://erp.test/hangs", b"{}", HEADERS)
    assert came == Unanswered("no answer")
    assert 0.2 < time.monotonic() - begun < 3


async def test_nobody_there_is_no_connection(wires: Wires, unused_tcp_port: int) -> None:
    host = f"127.0.0.1:{unused_tcp_port}"
    assert await wires(host).post(f"http://{host}/", b"{}", HEADERS) == Unanswered("no connection")


async def test_of_a_long_answer_only_the_beginning_is_read(receiver: Receiver, wires: Wires) -> None:
    came = await wires("erp.test:80").post("http://erp.test/large", b"{}", HEADERS)
    assert isinstance(came, Replied)
    assert came.status == 200
    await asyncio.sleep(0.2)
    assert MOST_READ <= receiver.written < LARGE


async def test_an_answer_whose_end_never_comes_is_an_answer(receiver: Receiver, wires: Wires) -> None:
    came = await wires("erp.test:80", seconds=0.5).post("http://erp.test/drips", b"{}", HEADERS)
    assert isinstance(came, Replied)
    assert came.status == 200


async def test_a_proxy_of_the_environment_is_not_heeded(
    receiver: Receiver, wires: Wires, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    assert isinstance(await wires("erp.test:80").post("http://erp.test/fine", b"{}", HEADERS), Replied)
