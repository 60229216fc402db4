"""Who may send to the Segment API, and how much at once?"""

from __future__ import annotations

import gzip
import http.client
import json
import random
import zlib
from typing import Any

import pytest
from segment_client import basic, batch, send, track
from web_shop import WRITE_KEY, Web

from regulars.store.events import Event


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer " + basic()["authorization"].partition(" ")[2]},
        basic("wrong"),
        basic(""),
        basic(WRITE_KEY, "password"),
        basic(f"another,{WRITE_KEY}"),
        {"authorization": "Basic %%%"},
        {"authorization": "Basic \u00fc\u00df"},
        {"authorization": "Basic"},
    ],
)
def test_without_a_write_key_nothing_is_written(web: Web, headers: dict[str, str]) -> None:
    before = web.count()
    body = batch(track(1, "Tasted")) | ({} if headers else {"writeKey": "wrong"})
    for raw in (json.dumps(body).encode(), b"not json"):
        assert send(web, "batch", raw, headers=headers).status == 401
    assert web.count() == before


def test_either_write_key_will_do_and_so_does_one_in_the_body(quick: Web) -> None:
    assert send(quick, "track", track(1, "Tasted"), headers=basic("another")).status == 200
    assert send(quick, "track", {**track(2, "Tasted"), "writeKey": WRITE_KEY}, headers={}).status == 200
    assert send(quick, "t", {**track(3, "Tasted"), "writeKey": WRITE_KEY}, headers={}).status == 200
    assert send(quick, "batch", batch(track(4, "Tasted")), headers={}).status == 200
    assert len(quick.rows(Event)) == 4


def test_without_write_keys_in_the_settings_nobody_may_send(sqlite_database: Any) -> None:
    from web_shop import running

    with running(sqlite_database, segment_write_keys="") as web:
        for headers in ({}, basic(""), basic()):
            assert send(web, "track", {**track(1, "Tasted"), "writeKey": ""}, headers=headers).status == 401


@pytest.mark.parametrize(
    ("raw", "packed"),
    [
        (b"", False),
        (b"not json", False),
        (b"[]", False),
        (b'{"batch": 5}', False),
        (b'{"batch": null}', False),
        (b'{"batch": [NaN]}', False),
        (b'{"batch": ' + b"[" * 100_000, False),
        (json.dumps(batch(*[None] * 2501)).encode(), False),
        (json.dumps({"batch": ["x" * 512_000]}).encode(), False),
        (json.dumps({"batch": ["x" * 512_000]}).encode(), True),
    ],
)
def test_what_is_no_call_is_refused_in_words_and_nothing_is_written(web: Web, raw: bytes, packed: bool) -> None:
    before = web.count()
    answer = send(web, "batch", raw, packed=packed)
    assert (answer.status, json.loads(answer.body)["success"]) == (400, False)
    assert len(json.loads(answer.body)["message"]) > 10
    assert web.count() == before


def test_limits_are_as_large_as_they_are_said_to_be(web: Web) -> None:
    events = [track(number, "Tasted", context={}, integrations={}) for number in range(2500)]
    for event in events:
        del event["integrations"], event["context"], event["anonymousId"]
    body = batch(*events)
    assert len(json.dumps(body)) < 500 << 10
    assert send(web, "batch", body, packed=True).status == 200
    assert len(web.rows(Event)) == 2500
    full = track(9_000, "Tasted")
    full["properties"]["note"] = "x" * ((32 << 10) - len(json.dumps(full, separators=(",", ":"))) - len('"note":""'))
    assert len(json.dumps(full, separators=(",", ":"))) == 32 << 10
    assert send(web, "track", full).status == 200
    full["properties"]["note"] += "x"
    assert send(web, "track", {**full, "messageId": "m9001"}).status == 400


def bomb(size: int) -> bytes:
    packing = zlib.compressobj(9, wbits=31)
    return b"".join(packing.compress(b" " * 1_000_000) for _ in range(size)) + packing.flush()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(bomb(300), id="300 MB of nothing"),
        pytest.param(gzip.compress(b" " * 400_000) * 200, id="many small ones"),
        pytest.param(gzip.compress(b'{"batch": []}')[:-5], id="cut short"),
        pytest.param(gzip.compress(b'{"batch": []}') + b"more", id="more behind it"),
        pytest.param(b'{"batch": []}', id="not packed at all"),
        pytest.param(b"\x1f\x8b" + random.Random(1).randbytes(1_000), id="noise"),
    ],
)
def test_gzip_is_undone_within_bounds_and_what_is_none_is_refused(quick: Web, raw: bytes) -> None:
    before = quick.count()
    answer = send(quick, "batch", raw, headers={**basic(), "content-encoding": "gzip"})
    assert answer.status == 400
    assert quick.count() == before
    assert send(quick, "track", track(1, "Tasted"), packed=True).status == 200


def test_gzip_of_several_members_and_chunked_bodies_are_taken(quick: Web) -> None:
    raw = json.dumps(track(1, "Tasted")).encode()
    parts = [gzip.compress(raw[:50]), gzip.compress(raw[50:])]
    connection = http.client.HTTPConnection("127.0.0.1", quick.port, timeout=20)
    headers = {**basic(), "content-encoding": "GZIP"}
    connection.request("POST", "/v1/track", iter(parts), headers, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert send(quick, "track", raw, headers={**basic(), "content-encoding": "br"}).status == 400


def test_browsers_may_send_from_any_page(quick: Web) -> None:
    asked = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    answer = quick.call("OPTIONS", "/v1/t", headers=asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    sent = {"content-type": "text/plain", "origin": "https://shop.example"}
    body = json.dumps({**track(1, "Tasted", anonymousId="a1", userId=None), "writeKey": WRITE_KEY})
    answer = quick.call("POST", "/v1/t", body, sent)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert quick.call("POST", "/v1/t", body.replace(WRITE_KEY, "x"), sent).headers["access-control-allow-origin"] == "*"
    assert quick.call("GET", "/v1/track").status == 405
    assert send(quick, "tracks", track(2, "Tasted")).status == 404
