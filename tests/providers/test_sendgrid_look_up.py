"""Does a look-up in SendGrid's logs prove what it says, and no more?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.delivery.providers.base import Found, Sought, WireFailure, WireRequest, WireResponse
from regulars.delivery.providers.sendgrid import SendGrid

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def sendgrid(**settings: Any) -> SendGrid:
    return SendGrid("SG.key.secret", **{"now": lambda: NOW, **settings})


def body_of(request: WireRequest) -> Any:
    assert request.body is not None
    return json.loads(request.body)


@dataclass
class Logs:
    """The vendor's Email Logs, as a transport that answers from them."""

    details: dict[str, dict[str, object] | None]
    listing: WireResponse | WireFailure | None = None
    asked: list[WireRequest] = field(default_factory=list)

    async def carry(self, request: WireRequest) -> WireResponse | WireFailure:
        self.asked.append(request)
        if request.method == "POST":
            listed = [{"sg_message_id": sg_message_id} for sg_message_id in self.details]
            return self.listing or WireResponse(200, {}, json.dumps({"messages": listed}).encode())
        found = self.details[request.url.rsplit("/", 1)[1]]
        return WireFailure(False, "dropped") if found is None else WireResponse(200, {}, json.dumps(found).encode())


def logged(message_id: str | None) -> dict[str, object]:
    args = {} if message_id is None else {"custom_args": {"regulars_message_id": message_id}}
    return {"sg_message_id": "x", **args}


def sought(age: timedelta = timedelta(hours=1), to: str = "ann@example.com") -> Sought:
    return Sought("m1", to, "news@shop.example", "Hi", NOW - age)


@pytest.mark.asyncio
async def test_the_logs_are_asked_for_the_address_since_just_before_the_dispatch() -> None:
    logs = Logs({"abc.recvd-1": logged("m1")})
    await sendgrid(host="http://vendor.example").look_up(sought(), logs)
    listing, details = logs.asked
    assert (listing.method, listing.url) == ("POST", "http://vendor.example/v3/logs")
    assert body_of(listing) == {
        "query": 'to_email = "ann@example.com" AND sg_message_id_created_at > TIMESTAMP "2026-11-22T10:59:00Z"',
        "limit": 100,
    }
    assert (details.method, details.url) == ("GET", "http://vendor.example/v3/logs/abc.recvd-1")
    assert details.headers["Authorization"] == "Bearer SG.key.secret"


FOUND = [
    pytest.param(Logs({"a.recvd-1": logged("m0"), "b.recvd-2": logged("m1")}), Found("accepted", "b"), id="there"),
    pytest.param(Logs({}), Found("absent"), id="no message to the address"),
    pytest.param(Logs({"a": logged("m0"), "b": logged(None)}), Found("absent"), id="only others"),
    pytest.param(Logs({"a": logged("m0"), "b": None}), Found("unsure"), id="one could not be read"),
    pytest.param(Logs({"a": None, "b": logged("m1")}), Found("accepted", "b"), id="one unread, but ours there"),
    pytest.param(Logs({"a": {}}), Found("unsure"), id="details cut short"),
    pytest.param(Logs({str(n): logged("m0") for n in range(100)}), Found("unsure"), id="the listing may be cut"),
    pytest.param(Logs({}, WireResponse(403, {}, b"")), Found("unsure"), id="no right to the logs"),
    pytest.param(Logs({}, WireResponse(200, {}, b'{"messages": [')), Found("unsure"), id="listing cut short"),
    pytest.param(Logs({}, WireResponse(200, {}, b'{"messages": [{}]}')), Found("unsure"), id="listing without ids"),
    pytest.param(Logs({}, WireFailure(True, "refused")), Found("unsure"), id="logs out of reach"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("logs", "found"), FOUND)
async def test_a_look_up_proves_only_what_the_logs_show(logs: Logs, found: Found) -> None:
    assert await sendgrid().look_up(sought(), logs) == found


@pytest.mark.asyncio
async def test_nothing_is_absent_before_the_logs_have_settled() -> None:
    assert await sendgrid().look_up(sought(timedelta(minutes=14, seconds=59)), Logs({})) == Found("unsure")
    assert await sendgrid().look_up(sought(timedelta(minutes=15)), Logs({})) == Found("absent")
    assert await sendgrid(settles=timedelta(hours=2)).look_up(sought(), Logs({})) == Found("unsure")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "to", ['a" OR to_email = "b@example.com', "Ann@example.com", "a\\@example.com", "a\n@b.example"]
)
async def test_an_address_that_the_query_language_cannot_say_proves_nothing(to: str) -> None:
    logs = Logs({})
    assert await sendgrid().look_up(sought(to=to), logs) == Found("unsure")
    assert logs.asked == []


@pytest.mark.asyncio
async def test_nothing_is_absent_once_the_logs_no_longer_reach_back() -> None:
    assert await sendgrid().look_up(sought(timedelta(days=28)), Logs({})) == Found("absent")
    assert await sendgrid().look_up(sought(timedelta(days=30)), Logs({})) == Found("unsure")
