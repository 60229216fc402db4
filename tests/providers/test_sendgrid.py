"""Does SendGrid get the request it documents, and is its answer understood?"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from regulars.delivery.providers.sendgrid import SendGrid

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAIL = Outgoing(
    message_id="01jabcdefghjk",
    channel="email",
    to="ann@example.com",
    sender="Mori Tea <news@shop.example>",
    subject="Your tea & again",
    text="Hi Ann",
    html="<p>Hi Ann</p>",
    reply_to="help@shop.example",
    headers={
        "List-Unsubscribe": "<https://shop.example/u/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    tags=("abandoned_cart", "reminder", "abandoned_cart"),
)


def sendgrid(**settings: Any) -> SendGrid:
    return SendGrid("SG.key.secret", **{"now": lambda: NOW, **settings})


def body_of(request: WireRequest) -> Any:
    assert request.body is not None
    return json.loads(request.body)


def test_a_mail_is_built_as_mail_send_wants_it() -> None:
    request = sendgrid().build(MAIL)
    assert (request.method, request.url) == ("POST", "https://api.sendgrid.com/v3/mail/send")
    assert request.headers["Authorization"] == "Bearer SG.key.secret"
    assert request.headers["Content-Type"] == "application/json"
    body = body_of(request)
    assert sorted(body.pop("categories")) == ["abandoned_cart", "reminder"]
    assert body == {
        "from": {"email": "news@shop.example", "name": "Mori Tea"},
        "reply_to": {"email": "help@shop.example"},
        "subject": "Your tea & again",
        "personalizations": [{"to": [{"email": "ann@example.com"}]}],
        "content": [
            {"type": "text/plain", "value": "Hi Ann"},
            {"type": "text/html", "value": "<p>Hi Ann</p>"},
        ],
        "headers": {
            "List-Unsubscribe": "<https://shop.example/u/abc>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "custom_args": {"regulars_message_id": "01jabcdefghjk"},
        "tracking_settings": {
            "click_tracking": {"enable": True, "enable_text": False},
            "open_tracking": {"enable": True},
            "subscription_tracking": {"enable": False},
        },
    }


def test_the_request_has_the_shape_that_the_package_sends(sample: Callable[[str], Any]) -> None:
    captured = sample("captured_sendgrid-python-6.12.5_mail_send_request.json")
    built = body_of(sendgrid().build(MAIL))
    assert set(built) - {"headers"} <= set(captured)
    for name in ("from", "reply_to", "categories", "custom_args", "content"):
        assert _shape(built[name]) == _shape(captured[name]), name
    assert [part["type"] for part in built["content"]] == [part["type"] for part in captured["content"]]


def _shape(value: object) -> object:
    match value:
        case dict():
            return {"key": {type(each) for each in value.values()}}
        case list():
            return [_shape(value[0])]
        case _:
            return type(value)


def _check(vendors_data: Path, body: Any) -> None:
    api = OpenAPI.from_file_path(str(vendors_data / "sendgrid_mail_send.patched.openapi.json"))
    request = MockRequest(
        "https://api.sendgrid.com",
        "POST",
        "/v3/mail/send",
        headers={"Authorization": "Bearer SG.key.secret"},
        data=json.dumps(body).encode(),
    )
    api.validate_request(request)


@pytest.mark.parametrize(
    "mail",
    [
        MAIL,
        Outgoing("m", "email", "a@example.com", "news@shop.example", "text alone", subject="s"),
        Outgoing("m", "email", "a@example.com", "Shop <news@shop.example>", "", html="<p>x</p>", subject="s"),
    ],
)
def test_what_is_built_is_valid_by_the_vendors_specification(vendors_data: Path, mail: Outgoing) -> None:
    _check(vendors_data, body_of(sendgrid().build(mail)))


def test_the_specification_would_refuse_a_custom_arg_that_is_no_string(vendors_data: Path) -> None:
    body = body_of(sendgrid().build(MAIL))
    body["custom_args"]["regulars_message_id"] = 1
    with pytest.raises(OpenAPIError):
        _check(vendors_data, body)


def test_an_empty_part_is_left_out_for_the_vendor_refuses_it() -> None:
    mail = Outgoing("m", "email", "a@example.com", "news@shop.example", "", html="<p>x</p>", subject="s")
    assert [part["type"] for part in body_of(sendgrid().build(mail))["content"]] == ["text/html"]


def test_an_eleventh_category_does_not_cost_the_mail() -> None:
    mail = Outgoing("m", "email", "a@b.example", "c@d.example", "x", tags=tuple(f"tag{n}" for n in range(12)))
    assert body_of(sendgrid().build(mail))["categories"][::-1] == [f"tag{n}" for n in range(10)]


@pytest.mark.parametrize("to", ['"ann, b"@example.com', "ann@example.com (Ann)", "o'neil@example.com", "ü@example.com"])
def test_the_address_goes_out_as_it_is(to: str) -> None:
    mail = Outgoing("m", "email", to, "news@shop.example", "x", subject="s")
    assert body_of(sendgrid().build(mail))["personalizations"] == [{"to": [{"email": to}]}]


def test_a_slash_at_the_hosts_end_does_no_harm() -> None:
    assert sendgrid(host="http://127.0.0.1:9/").build(MAIL).url == "http://127.0.0.1:9/v3/mail/send"


def test_tracking_follows_the_settings() -> None:
    tracking = body_of(sendgrid(track_clicks=False, track_opens=False).build(MAIL))["tracking_settings"]
    assert not tracking["click_tracking"]["enable"]
    assert not tracking["open_tracking"]["enable"]


def test_a_missing_key_is_refused_and_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.someone.elses")
    with pytest.raises(ValueError, match="API key"):
        SendGrid("")


def test_mails_built_at_once_do_not_mix() -> None:
    provider = sendgrid()
    mails = [
        Outgoing(f"m{n}", "email", f"{n}@example.com", "c@d.example", f"text {n}", headers={"X-N": str(n)})
        for n in range(200)
    ]
    with ThreadPoolExecutor(8) as pool:
        for mail, request in zip(mails, pool.map(provider.build, mails), strict=True):
            body = body_of(request)
            assert body["custom_args"] == {"regulars_message_id": mail.message_id}
            assert body["personalizations"][0]["to"] == [{"email": mail.to}]
            assert body["headers"] == mail.headers
            assert "X-N" not in request.headers


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(text=words, html=words, subject=words, headers=st.dictionaries(words, words, max_size=4))
def test_any_text_survives_the_building(text: str, html: str, subject: str, headers: dict[str, str]) -> None:
    mail = Outgoing("m", "email", "a@b.example", "c@d.example", text, html=html, subject=subject, headers=headers)
    body = body_of(sendgrid().build(mail))
    assert [part["value"] for part in body["content"]] == [text, html]
    assert body["subject"] == subject
    assert body.get("headers", {}) == headers


def answer(status: int, *errors: dict[str, object], headers: dict[str, str] | None = None) -> WireResponse:
    return WireResponse(status, headers or {}, json.dumps({"errors": list(errors)}).encode() if errors else b"")


def complaint(message: str, field_: str | None = None) -> dict[str, object]:
    return {"message": message, "field": field_, "help": None}


RESET = str(int(NOW.timestamp()) + 42)
VERDICTS = [
    pytest.param(answer(202, headers={"X-Message-Id": "abc"}), Accepted("abc"), id="taken"),
    pytest.param(answer(202, headers={"X-MESSAGE-id": "abc"}), Accepted("abc"), id="taken, header in another case"),
    pytest.param(answer(202), Accepted(None), id="taken, no id told"),
    pytest.param(
        WireResponse(200, {}, b"<html>"), Ambiguous("200", "a success that names no message"), id="a proxy's page"
    ),
    pytest.param(
        answer(400, complaint("Does not contain a valid address.", "personalizations.0.to.0.email")),
        Rejected("400", "personalizations.0.to.0.email: Does not contain a valid address.", "recipient"),
        id="invalid recipient",
    ),
    pytest.param(
        answer(400, complaint("The subject is required.", "subject"), complaint("Bad Request")),
        Rejected("400", "subject: The subject is required.; Bad Request", "message"),
        id="two faults of the message",
    ),
    pytest.param(
        answer(400, complaint("The from email does not contain a valid address.", "from.email")),
        Rejected("400", "from.email: The from email does not contain a valid address.", "config"),
        id="invalid sender",
    ),
    pytest.param(
        answer(400, complaint("Email ann@example.com is not valid", None)),
        Rejected("400", "Email [address] is not valid", "message"),
        id="an address in the vendor's sentence is not kept",
    ),
    pytest.param(WireResponse(400, {}, b"not json"), Rejected("400", "Bad Request", "message"), id="400 unreadable"),
    pytest.param(WireResponse(400, {}, b"[1]"), Rejected("400", "Bad Request", "message"), id="400 of no object"),
    pytest.param(
        WireResponse(400, {}, b'{"errors": [1, {"field": 2}]}'), Rejected("400", "2: None", "message"), id="400 odd"
    ),
    pytest.param(answer(413), Rejected("413", "Request Entity Too Large", "message"), id="too large"),
    pytest.param(answer(499), Rejected("499", "unknown status", "message"), id="unknown 4xx"),
    pytest.param(
        answer(401, complaint("Maximum credits exceeded")),
        Unprocessed("401", "Maximum credits exceeded", config=True),
        id="no credits: the line stops",
    ),
    pytest.param(
        answer(403, complaint("The from address does not match a verified Sender Identity.", "from")),
        Unprocessed("403", "from: The from address does not match a verified Sender Identity.", config=True),
        id="unverified sender: the line stops",
    ),
    pytest.param(answer(404), Unprocessed("404", "Not Found", config=True), id="wrong host"),
    pytest.param(answer(301), Unprocessed("301", "Moved Permanently", config=True), id="moved"),
    pytest.param(answer(303), Ambiguous("303", "See Other"), id="see other: perhaps taken"),
    pytest.param(
        answer(429, headers={"X-RateLimit-Reset": RESET, "Retry-After": "7"}),
        Unprocessed("429", "Too Many Requests", retry_after=42.0),
        id="limit with reset",
    ),
    pytest.param(
        answer(429, headers={"x-ratelimit-reset": "1"}),
        Unprocessed("429", "Too Many Requests", retry_after=0.0),
        id="limit whose reset is over",
    ),
    pytest.param(
        answer(429, headers={"Retry-After": "7"}),
        Unprocessed("429", "Too Many Requests", retry_after=7.0),
        id="limit with retry-after",
    ),
    pytest.param(
        answer(429, headers={"Retry-After": "Sun, 22 Nov 2026 12:01:00 GMT"}),
        Unprocessed("429", "Too Many Requests", retry_after=60.0),
        id="limit with a date",
    ),
    pytest.param(
        answer(429, headers={"X-RateLimit-Reset": "9" * 5000, "Retry-After": "soon"}),
        Unprocessed("429", "Too Many Requests"),
        id="limit with headers that cannot be meant",
    ),
    pytest.param(answer(429), Unprocessed("429", "Too Many Requests"), id="limit without headers"),
    pytest.param(answer(408), Ambiguous("408", "Request Timeout"), id="408"),
    pytest.param(answer(500), Ambiguous("500", "Internal Server Error"), id="500"),
    pytest.param(answer(502), Ambiguous("502", "Bad Gateway"), id="502"),
    pytest.param(answer(503), Ambiguous("503", "Service Unavailable"), id="503"),
    pytest.param(answer(504), Ambiguous("504", "Gateway Timeout"), id="504"),
    pytest.param(WireFailure(True, "refused"), Unprocessed("unreachable", "refused"), id="never left"),
    pytest.param(WireFailure(False, "dropped"), Ambiguous("unanswered", "dropped"), id="dropped"),
]


@pytest.mark.parametrize(("outcome", "verdict"), VERDICTS)
def test_an_outcome_is_understood(outcome: WireResponse | WireFailure, verdict: Verdict) -> None:
    assert sendgrid().classify(outcome) == verdict


@given(st.integers(100, 599), st.binary(max_size=200), st.dictionaries(words, words, max_size=3))
def test_whatever_comes_back_only_a_success_is_accepted_and_no_server_error_is_certain(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    verdict = sendgrid().classify(WireResponse(status, headers, body))
    assert isinstance(verdict, Accepted) <= (200 <= status < 300)
    assert isinstance(verdict, Ambiguous) or not 500 <= status < 600
