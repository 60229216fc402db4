"""Does a look-up in Twilio's list of messages prove what it says, and no more?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.delivery.providers.base import Found, Sought, WireFailure, WireRequest, WireResponse
from regulars.delivery.providers.twilio import TwilioSms

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT_SID = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


def twilio(**settings: Any) -> TwilioSms:
    return TwilioSms(ACCOUNT_SID, "token", **{"now": lambda: NOW, **settings})


def record(**changes: object) -> dict[str, object]:
    told = {
        "sid": "SM1",
        "to": "+15558675310",
        "from": "+15017250604",
        "messaging_service_sid": None,
        "body": 'Hi Ann, it\'s "ready" - come in',
        "date_created": "Sun, 22 Nov 2026 11:00:01 +0000",
        "date_sent": None,
        "status": "queued",
    }
    return told | changes


def sought(age: timedelta = timedelta(hours=1), sender: str = "+15017250604") -> Sought:
    return Sought("m1", "+15558675310", sender, "Hi Ann, it\u2019s \u201cready\u201d \u2013 come in", NOW - age)


@dataclass
class Messages:
    """The vendor's list of messages, as a transport that answers from it."""

    records: list[dict[str, object]]
    more: str | None = None
    outcome: WireResponse | WireFailure | None = None
    asked: list[WireRequest] = field(default_factory=list)

    async def carry(self, request: WireRequest) -> WireResponse | WireFailure:
        self.asked.append(request)
        page = {"messages": self.records, "next_page_uri": self.more}
        return self.outcome or WireResponse(200, {}, json.dumps(page).encode())


@pytest.mark.asyncio
async def test_the_list_is_asked_for_the_number_without_a_date_for_queued_messages_have_none() -> None:
    messages = Messages([])
    await twilio(base_url="http://vendor.example").look_up(sought(), messages)
    [asked] = messages.asked
    assert (asked.method, asked.url) == ("GET", f"http://vendor.example{PATH}?To=%2B15558675310&PageSize=1000")
    assert asked.headers["Authorization"].startswith("Basic ")
    assert asked.body is None


FOUND = [
    pytest.param(Messages([record()]), Found("accepted", "SM1"), id="there, with its quotes encoded"),
    pytest.param(
        Messages([record(body='Sent from your Twilio trial account - Hi Ann, it\'s "ready" - come in')]),
        Found("accepted", "SM1"),
        id="there, by a trial account",
    ),
    pytest.param(Messages([record(status="failed")]), Found("accepted", "SM1"), id="there, though it failed"),
    pytest.param(
        Messages([record(date_created="Sun, 22 Nov 2026 10:59:30 +0000")]),
        Found("accepted", "SM1"),
        id="there, by a clock that lags",
    ),
    pytest.param(Messages([]), Found("absent"), id="nothing to the number"),
    pytest.param(Messages([record(body="Something else altogether")]), Found("absent"), id="another text"),
    pytest.param(Messages([record(**{"from": "+15550000000"})]), Found("absent"), id="another sender"),
    pytest.param(
        Messages([record(date_created="Sun, 22 Nov 2026 10:58:59 +0000")]), Found("absent"), id="the same text before"
    ),
    pytest.param(Messages([record(body="Hi Ann, its reody come in")]), Found("unsure"), id="nearly the same text"),
    pytest.param(Messages([record(body="")]), Found("unsure"), id="a redacted text"),
    pytest.param(Messages([record(date_created=None)]), Found("unsure"), id="no date"),
    pytest.param(Messages([record(date_created="soon")]), Found("unsure"), id="a date that is none"),
    pytest.param(Messages([], more="/2010-04-01/more"), Found("unsure"), id="the list goes on"),
    pytest.param(Messages([], outcome=WireResponse(401, {}, b"{}")), Found("unsure"), id="no right to the list"),
    pytest.param(Messages([], outcome=WireResponse(200, {}, b'{"messages": [')), Found("unsure"), id="cut short"),
    pytest.param(Messages([], outcome=WireResponse(200, {}, b'{"messages": [1]}')), Found("unsure"), id="odd list"),
    pytest.param(Messages([], outcome=WireFailure(False, "dropped")), Found("unsure"), id="no answer"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("messages", "found"), FOUND)
async def test_a_look_up_proves_only_what_the_list_shows(messages: Messages, found: Found) -> None:
    assert await twilio().look_up(sought(), messages) == found


@pytest.mark.asyncio
async def test_a_text_of_a_messaging_service_is_known_by_the_service() -> None:
    messages = Messages([record(**{"from": None, "messaging_service_sid": SERVICE})])
    assert await twilio().look_up(sought(sender=SERVICE), messages) == Found("accepted", "SM1")
    assert await twilio().look_up(sought(sender="MG" + "1" * 32), messages) == Found("absent")


@pytest.mark.asyncio
async def test_nothing_is_absent_before_the_list_has_settled() -> None:
    assert await twilio().look_up(sought(timedelta(minutes=4, seconds=59)), Messages([])) == Found("unsure")
    assert await twilio().look_up(sought(timedelta(minutes=5)), Messages([])) == Found("absent")
