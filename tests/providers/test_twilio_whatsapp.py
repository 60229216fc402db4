"""Does Twilio get a WhatsApp message as it documents it, and are its answers and reports of one understood?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

from regulars.delivery.providers.base import (
    Content,
    Found,
    Outgoing,
    Rejected,
    Sought,
    Unprocessed,
    WireRequest,
    WireResponse,
)
from regulars.delivery.providers.twilio_receipts import read_inbound, read_status
from regulars.delivery.providers.twilio_whatsapp import TwilioWhatsApp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT_SID, SID = "AC" + "0" * 32, "HX" + "a1" * 16
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
CALLBACK = "https://hooks.example/webhooks/twilio/status?m=m1"


def twilio() -> TwilioWhatsApp:
    return TwilioWhatsApp(ACCOUNT_SID, "token", now=lambda: NOW)


def outgoing(content: Content | None = None) -> Outgoing:
    text = "Hej 👍, your tea"
    return Outgoing("m1", "whatsapp", "+14155550100", "+14155550199", text, callback_url=CALLBACK, content=content)


def form_of(request: WireRequest) -> dict[str, str]:
    return dict(parse_qsl((request.body or b"").decode("ascii"), strict_parsing=True))


def test_words_of_our_own_go_as_a_body_between_whatsapp_addresses() -> None:
    assert form_of(twilio().build(outgoing())) == {
        "To": "whatsapp:+14155550100",
        "From": "whatsapp:+14155550199",
        "Body": "Hej 👍, your tea",
        "StatusCallback": CALLBACK,
    }


def test_an_approved_content_goes_by_its_sid_with_its_values_and_without_a_body() -> None:
    form = form_of(twilio().build(outgoing(Content(SID, {"1": "Mei 👋", "link": "https://a.example/?x=1&y=2"}))))
    assert json.loads(form.pop("ContentVariables")) == {"1": "Mei 👋", "link": "https://a.example/?x=1&y=2"}
    assert form == {
        "To": "whatsapp:+14155550100",
        "From": "whatsapp:+14155550199",
        "ContentSid": SID,
        "StatusCallback": CALLBACK,
    }
    assert "ContentVariables" not in form_of(twilio().build(outgoing(Content(SID, {}))))


@pytest.mark.parametrize("content", [None, Content(SID, {"1": "Mei"})], ids=["body", "content"])
def test_the_request_is_one_that_the_vendors_specification_accepts(vendors_data: Path, content: Content | None) -> None:
    api = OpenAPI.from_file_path(str(vendors_data / "twilio_messages_create.openapi.json"))
    built = twilio().build(outgoing(content))
    request = MockRequest(
        "https://api.twilio.com",
        "post",
        PATH,
        headers={"Authorization": built.headers["Authorization"]},
        data=built.body,
        content_type="application/x-www-form-urlencoded",
    )
    api.validate_request(request)


@pytest.mark.parametrize(
    ("code", "scope"),
    [(63016, "message"), (63024, "recipient"), (63003, "recipient"), (63007, "config"), (21655, "message")],
)
def test_what_the_vendor_refuses_is_refused_for_good_and_whose_fault_it_is(code: int, scope: str) -> None:
    body = json.dumps({"code": code, "message": "no", "status": 400}).encode()
    said = twilio().classify(WireResponse(400, {}, body))
    assert isinstance(said, Rejected)
    assert (said.code, said.scope, said.suppress) == (str(code), scope, False)


def test_a_channel_that_is_too_busy_has_not_taken_it() -> None:
    body = json.dumps({"code": 63018, "message": "slow", "status": 429}).encode()
    assert isinstance(twilio().classify(WireResponse(429, {}, body)), Unprocessed)


class _Listed:
    """The vendor's list of messages, as a transport that answers from it."""

    def __init__(self, *records: dict[str, Any]) -> None:
        self.records, self.asked = records, ""

    async def carry(self, request: WireRequest) -> WireResponse:
        self.asked = request.url
        return WireResponse(200, {}, json.dumps({"messages": self.records, "next_page_uri": None}).encode())


def record(**changes: Any) -> dict[str, Any]:
    told = {"sid": "SM1", "to": "whatsapp:+14155550100", "from": "whatsapp:+14155550199", "body": "Hello Ann"}
    return {**told, "date_created": "Sun, 22 Nov 2026 11:00:01 +0000", **changes}


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([record()], Found("accepted", "SM1")),
        ([], Found("absent")),
        ([record(**{"from": "whatsapp:+14155550111"})], Found("absent")),
        ([record(date_created="Sun, 22 Nov 2026 09:00:00 +0000")], Found("absent")),
        ([record(body="Words that WhatsApp approved for another language")], Found("unsure")),
    ],
    ids=["its words", "nothing", "another sender's", "an older one", "other words since"],
)
async def test_a_message_is_absent_only_where_nothing_went_to_the_address_since(
    listed: list[dict[str, Any]], found: Found
) -> None:
    sought = Sought("m1", "+14155550100", "+14155550199", "Hello Ann", NOW - timedelta(hours=1))
    transport = _Listed(*listed)
    assert await twilio().look_up(sought, transport) == found
    assert "To=whatsapp%3A%2B14155550100" in transport.asked


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("read", None, "opened"),
        ("delivered", None, "delivered"),
        ("failed", "63016", "failed"),
        ("undelivered", "63024", "blocked"),
        ("undelivered", "63003", "bounced"),
        ("failed", "63014", "stopped"),
    ],
)
def test_a_report_is_of_whatsapp_and_of_the_bare_number(status: str, code: str | None, kind: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": "whatsapp:+14155550100", "ChannelPrefix": "whatsapp"}
    told = read_status({**form, **({"ErrorCode": code} if code else {})}, "m1")
    assert told is not None
    assert (told.channel, told.address, told.kind, told.code) == ("whatsapp", "+14155550100", kind, code)


@pytest.mark.parametrize(
    ("body", "kind"), [("STOP", "stopped"), ("please don't write me any more messages", "stopped"), ("Hi!", "replied")]
)
def test_an_answer_is_of_whatsapp_and_a_stop_in_whatever_words(body: str, kind: str) -> None:
    told = read_inbound({"MessageSid": "SM2", "From": "whatsapp:+14155550100", "Body": body})
    assert (told.channel, told.address, told.kind) == ("whatsapp", "+14155550100", kind)
    assert read_inbound({"MessageSid": "SM2", "From": "+14155550100", "Body": body}).channel == "sms"
