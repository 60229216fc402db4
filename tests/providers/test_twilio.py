"""Does Twilio get the request it documents, and is its answer understood?"""

from __future__ import annotations

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from regulars.delivery.providers.base import (
    Accepted,
    Ambiguous,
    Outgoing,
    Rejected,
    Unprocessed,
    Verdict,
    WireFailure,
    WireRequest,
    WireResponse,
)
from regulars.delivery.providers.twilio import TwilioSms
from regulars.delivery.providers.twilio_codes import ACCOUNT, QUEUE_FULL, REFUSED, TOO_FAST

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT_SID = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
SMS = Outgoing(
    message_id="01jabcdefghjk",
    channel="sms",
    to="+15005550006",
    sender="+15017250604",
    text="Hej 👍 & “welcome”",
    callback_url="https://hooks.example/twilio/status?k=01jabcdefghjk",
    valid_seconds=3600,
)


def twilio(**settings: Any) -> TwilioSms:
    return TwilioSms(ACCOUNT_SID, "token", **{"now": lambda: NOW, **settings})


def form_of(request: WireRequest) -> dict[str, str]:
    assert request.body is not None
    pairs = parse_qsl(request.body.decode("ascii"), strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_a_text_is_built_as_messages_wants_it() -> None:
    request = twilio().build(SMS)
    assert (request.method, request.url) == ("POST", "https://api.twilio.com" + PATH)
    assert request.headers["Authorization"] == "Basic " + b64encode(f"{ACCOUNT_SID}:token".encode()).decode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["User-Agent"].startswith("twilio-python/")
    assert form_of(request) == {
        "To": "+15005550006",
        "From": "+15017250604",
        "Body": "Hej 👍 & “welcome”",
        "StatusCallback": "https://hooks.example/twilio/status?k=01jabcdefghjk",
        "ValidityPeriod": "3600",
        "SmartEncoded": "true",
    }


def test_the_request_has_the_fields_that_the_package_sends(vendors_data: Path) -> None:
    form = vendors_data / "payloads" / "captured_twilio-python-9.13.0_messages_create_request.form.txt"
    captured = parse_qs(form.read_text().strip())
    service = Outgoing("m", "sms", SMS.to, SERVICE, "Hej 👍", callback_url=SMS.callback_url, valid_seconds=3600)
    built = form_of(twilio().build(service))
    assert set(built) <= set(captured)
    for name in ("To", "Body", "ValidityPeriod", "SmartEncoded", "MessagingServiceSid"):
        assert [built[name]] == captured[name]


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        (SERVICE, "MessagingServiceSid"),
        ("+15017250604", "From"),
        ("MORI", "From"),
        ("MGTEA", "From"),
        (SERVICE + "0", "From"),
    ],
)
def test_the_sender_is_a_service_only_where_it_is_one(sender: str, name: str) -> None:
    form = form_of(twilio().build(Outgoing("m", "sms", SMS.to, sender, "x")))
    assert {key: form[key] for key in ("From", "MessagingServiceSid") if key in form} == {name: sender}


@pytest.mark.parametrize(("seconds", "sent"), [(0, "1"), (1, "1"), (36_000, "36000"), (43_200, "36000")])
def test_a_validity_that_the_vendor_would_refuse_is_brought_within_its_bounds(seconds: int, sent: str) -> None:
    form = form_of(twilio().build(Outgoing("m", "sms", SMS.to, "MORI", "x", valid_seconds=seconds)))
    assert form["ValidityPeriod"] == sent


def _check(vendors_data: Path, form: dict[str, str]) -> None:
    api = OpenAPI.from_file_path(str(vendors_data / "twilio_messages_create.openapi.json"))
    request = MockRequest(
        "https://api.twilio.com",
        "POST",
        PATH,
        view_args={"AccountSid": ACCOUNT_SID},
        headers={"Authorization": "Basic " + b64encode(f"{ACCOUNT_SID}:token".encode()).decode()},
        data=urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    api.validate_request(request)


@pytest.mark.parametrize("sms", [SMS, Outgoing("m", "sms", SMS.to, SERVICE, "x"), Outgoing("m", "sms", "+1", "M", "x")])
def test_what_is_built_is_valid_by_the_vendors_specification(vendors_data: Path, sms: Outgoing) -> None:
    _check(vendors_data, form_of(twilio().build(sms)))


@pytest.mark.parametrize(("name", "value"), [("MessagingServiceSid", "MG1"), ("ValidityPeriod", "soon")])
def test_the_specification_would_refuse_what_is_wrong(vendors_data: Path, name: str, value: str) -> None:
    with pytest.raises(OpenAPIError):
        _check(vendors_data, form_of(twilio().build(SMS)) | {name: value})


def test_the_base_url_replaces_any_host_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    assert twilio(base_url="http://127.0.0.1:9/").build(SMS).url == "http://127.0.0.1:9" + PATH


def test_an_api_key_signs_in_for_the_account() -> None:
    request = twilio(key_sid="SK1").build(SMS)
    assert request.headers["Authorization"] == "Basic " + b64encode(b"SK1:token").decode()
    assert request.url.endswith(PATH)


@pytest.mark.parametrize(("sid", "token"), [("", "token"), (ACCOUNT_SID, "")])
def test_missing_credentials_are_refused_and_not_taken_from_the_environment(
    sid: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "ACother")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "other")
    with pytest.raises(ValueError, match="auth token"):
        TwilioSms(sid, token)


def test_texts_built_at_once_do_not_mix() -> None:
    provider = twilio()
    texts = [Outgoing(f"m{n}", "sms", f"+1500555{n:04}", "MORI", f"text {n}") for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        for sms, request in zip(texts, pool.map(provider.build, texts), strict=True):
            form = form_of(request)
            assert (form["To"], form["Body"]) == (sms.to, sms.text)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_any_text_survives_the_building(text: str) -> None:
    assert form_of(twilio().build(Outgoing("m", "sms", SMS.to, "MORI", text)))["Body"] == text


def answer(status: int, code: object = None, message: str = "no", **headers: str) -> WireResponse:
    body = {"code": code, "message": message, "more_info": "https://www.twilio.com/docs/errors", "status": status}
    return WireResponse(status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps(body).encode())


SAID = "Unable to create record: no"
PROBLEM = {"type": "https://x", "title": "Too many", "status": 429, "code": 20429, "detail": "slow down"}
VERDICTS = [
    pytest.param(WireResponse(201, {}, b'{"sid": "SM1", "status": "queued"}'), Accepted("SM1"), id="taken"),
    pytest.param(WireResponse(201, {}, b'{"sid": "SM'), Accepted(None), id="taken, body cut short"),
    pytest.param(
        WireResponse(200, {}, b"<html>"), Ambiguous("200", "a success that names no message"), id="a proxy's page"
    ),
    pytest.param(answer(400, 21610), Rejected("21610", SAID, "recipient", suppress=True), id="opted out"),
    pytest.param(answer(400, 21211), Rejected("21211", SAID, "recipient"), id="invalid number"),
    pytest.param(answer(400, 21614), Rejected("21614", SAID, "recipient"), id="no mobile"),
    pytest.param(answer(400, 21635), Rejected("21635", SAID, "recipient"), id="landline"),
    pytest.param(answer(400, 21612), Rejected("21612", SAID, "recipient"), id="unroutable"),
    pytest.param(answer(403, 21408), Rejected("21408", SAID, "recipient"), id="region, by code though 403"),
    pytest.param(answer(400, 21606), Rejected("21606", SAID, "config"), id="sender not ours"),
    pytest.param(answer(400, 21608), Rejected("21608", SAID, "config"), id="trial account"),
    pytest.param(answer(400, 21703), Rejected("21703", SAID, "config"), id="service without numbers"),
    pytest.param(answer(400, 21660), Rejected("21660", SAID, "config"), id="sender of another account"),
    pytest.param(answer(400, 21617), Rejected("21617", SAID, "message"), id="too long"),
    pytest.param(answer(400, 21602), Rejected("21602", SAID, "message"), id="no body"),
    pytest.param(answer(400, 21999), Rejected("21999", SAID, "message"), id="unknown 21xxx"),
    pytest.param(answer(400, "63999"), Rejected("63999", SAID, "message"), id="a code as text"),
    pytest.param(answer(400, "??"), Rejected("400", SAID, "message"), id="a code that is none"),
    pytest.param(answer(400), Rejected("400", SAID, "message"), id="no code"),
    pytest.param(
        answer(400, 21211, "The 'To' number +1 (555) 867-5310 is not valid."),
        Rejected("21211", "Unable to create record: The 'To' number [address] is not valid.", "recipient"),
        id="a number in the vendor's sentence is not kept",
    ),
    pytest.param(
        WireResponse(400, {}, b"<html>"), Rejected("400", "Unable to create record", "message"), id="400 unreadable"
    ),
    pytest.param(
        answer(429, 20429, Retry_After="3"), Unprocessed("20429", SAID, retry_after=3.0), id="limit with retry-after"
    ),
    pytest.param(answer(429, 20429), Unprocessed("20429", SAID), id="limit without"),
    pytest.param(
        WireResponse(429, {"retry-after": "2"}, b""),
        Unprocessed("429", "Unable to create record", retry_after=2.0),
        id="limit by a proxy",
    ),
    pytest.param(
        WireResponse(429, {}, json.dumps(PROBLEM).encode()),
        Unprocessed("20429", "Too many: slow down"),
        id="limit in the newer form",
    ),
    pytest.param(answer(400, 21611), Unprocessed("21611", SAID, retry_after=300.0), id="sender's queue full"),
    pytest.param(answer(401, 20003), Unprocessed("20003", SAID, config=True), id="credentials: the line stops"),
    pytest.param(answer(400, 20003), Unprocessed("20003", SAID, config=True), id="20003 under another status"),
    pytest.param(answer(403, 20005), Unprocessed("20005", SAID, config=True), id="account not active"),
    pytest.param(answer(404, 20404), Unprocessed("20404", SAID, config=True), id="no such account"),
    pytest.param(WireResponse(308, {}, b""), Unprocessed("308", "Unable to create record", config=True), id="moved"),
    pytest.param(WireResponse(303, {}, b""), Ambiguous("303", "Unable to create record"), id="see other"),
    pytest.param(answer(408), Ambiguous("408", SAID), id="408"),
    pytest.param(answer(500, 20500), Ambiguous("20500", SAID), id="500 may have been sent"),
    pytest.param(answer(500, 20429), Ambiguous("20429", SAID), id="a 5xx is not made certain by its code"),
    pytest.param(WireResponse(502, {}, b""), Ambiguous("502", "Unable to create record"), id="502"),
    pytest.param(answer(503, 20503), Ambiguous("20503", SAID), id="503: not said to be unprocessed"),
    pytest.param(WireResponse(504, {}, b""), Ambiguous("504", "Unable to create record"), id="504"),
    pytest.param(WireFailure(True, "refused"), Unprocessed("unreachable", "refused"), id="never left"),
    pytest.param(WireFailure(False, "dropped"), Ambiguous("unanswered", "dropped"), id="dropped"),
]


@pytest.mark.parametrize(("outcome", "verdict"), VERDICTS)
def test_an_outcome_is_understood(outcome: WireResponse | WireFailure, verdict: Verdict) -> None:
    assert twilio().classify(outcome) == verdict


def test_every_code_of_the_vendors_list_is_recorded_as_it_came_and_its_kind_holds(vendors_data: Path) -> None:
    codes = json.loads((vendors_data / "twilio_error_codes_messaging.json").read_text())["codes"]
    assert len(codes) > 200
    for entry in codes:
        code = entry["code"]
        verdict = twilio().classify(answer(400, code, entry["message"]))
        assert not isinstance(verdict, Accepted | Ambiguous), entry
        assert verdict.code == str(code)
        if code // 1000 == 21:
            assert isinstance(verdict, Rejected) == (code != QUEUE_FULL), entry


def test_the_tables_codes_stand_in_the_vendors_list_or_are_known_to_be_newer(vendors_data: Path) -> None:
    codes = json.loads((vendors_data / "twilio_error_codes_messaging.json").read_text())["codes"]
    listed = {entry["code"] for entry in codes}
    ours = {code for code in set(REFUSED) | ACCOUNT | TOO_FAST | {QUEUE_FULL} if code < 60_000}
    assert ours - listed == {21265, 21268, 21635, 21660}  # of WhatsApp's own codes the list has two


def test_no_code_has_two_meanings() -> None:
    groups = [set(REFUSED), set(ACCOUNT), set(TOO_FAST), {QUEUE_FULL}]
    assert len(set().union(*groups)) == sum(len(group) for group in groups)


@given(st.integers(100, 599), st.binary(max_size=200))
def test_whatever_comes_back_only_a_success_is_accepted_and_no_server_error_is_certain(
    status: int, body: bytes
) -> None:
    verdict = twilio().classify(WireResponse(status, {}, body))
    assert isinstance(verdict, Accepted) <= (200 <= status < 300)
    assert isinstance(verdict, Ambiguous) or not 500 <= status < 600
