"""Do the sandbox's own schemas judge as the vendors' specifications do?"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from sandbox_servers import mail

from regulars.sandbox import sendgrid_rules, twilio_rules

Judge = Callable[[Any], bool]
Pairs = list[tuple[str, str]]


@pytest.fixture(scope="module")
def sendgrid_accepts(vendors_data: Path) -> Judge:
    specification = OpenAPI.from_file_path(str(vendors_data / "sendgrid_mail_send.patched.openapi.json"))

    def accepts(body: Any) -> bool:
        headers = {"Authorization": "Bearer x"}
        data = json.dumps(body).encode()
        request = MockRequest(
            "https://api.sendgrid.com", "post", "/v3/mail/send", headers=headers, data=data,
            content_type="application/json",
        )  # fmt: skip
        return _passes(specification, request)

    return accepts


@pytest.fixture(scope="module")
def twilio_accepts(vendors_data: Path) -> Judge:
    specification = OpenAPI.from_file_path(str(vendors_data / "twilio_messages_create.openapi.json"))
    path = f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"

    def accepts(pairs: Pairs) -> bool:
        request = MockRequest(
            "https://api.twilio.com", "post", path, headers={"Authorization": "Basic eDp5"},
            data=urlencode(pairs).encode(), content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        return _passes(specification, request)

    return accepts


def _passes(specification: OpenAPI, request: MockRequest) -> bool:
    try:
        specification.validate_request(request)
    except OpenAPIError:
        return False
    return True


def _we_accept_mail(body: Any) -> bool:
    return not sendgrid_rules.schema_faults(body)


def _we_accept_form(pairs: Pairs) -> bool:
    return twilio_rules.schema_fault(twilio_rules.form_of(urlencode(pairs).encode())) is None


FULL = mail(
    personalizations=[
        {
            "to": [{"email": "a@example.com", "name": "A"}],
            "cc": [{"email": "b@example.com"}],
            "bcc": [{"email": "c@example.com"}],
            "from": {"email": "other@shop.example"},
            "subject": "Mine",
            "headers": {"List-Unsubscribe": "<https://shop.example/u>"},
            "substitutions": {"-name-": "A"},
            "dynamic_template_data": {"any": [1, {"thing": None}]},
            "custom_args": {"send_key": "j1"},
            "send_at": 1,
        }
    ],
    reply_to={"email": "help@shop.example", "name": "Help"},
    reply_to_list=[{"email": "x@shop.example"}, {"email": "y@shop.example"}],
    attachments=[
        {"content": "eA==", "filename": "x", "type": "text/plain", "disposition": "inline", "content_id": "i"}
    ],
    template_id="d-1",
    headers={"X-A": "1"},
    categories=["one", "two"],
    send_at=1,
    batch_id="b",
    asm={"group_id": 1, "groups_to_display": [1, 2]},
    ip_pool_name="pool",
    mail_settings={
        "bypass_list_management": {"enable": True},
        "bypass_spam_management": {"enable": True},
        "bypass_bounce_management": {"enable": True},
        "bypass_unsubscribe_management": {"enable": True},
        "footer": {"enable": True, "text": "t", "html": "h"},
        "sandbox_mode": {"enable": False},
    },
    tracking_settings={
        "click_tracking": {"enable": True, "enable_text": False},
        "open_tracking": {"enable": True, "substitution_tag": "%o%"},
        "subscription_tracking": {"enable": True, "text": "t", "html": "h", "substitution_tag": "%u%"},
        "ganalytics": {
            "enable": True, "utm_source": "s", "utm_medium": "m", "utm_term": "t", "utm_content": "c",
            "utm_campaign": "n",
        },
    },
)  # fmt: skip


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, its root too."""
    found = [above]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += _places(inner, (*above, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += _places(inner, (*above, number))
    return found


def _changed(body: Any, place: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    whole = [copy.deepcopy(body)]
    holder: Any = whole
    for step in (0, *place[:-1]) if place else ():
        holder = holder[step]
    change(holder if place else whole, place[-1] if place else 0)
    return whole[0]


def _remove(holder: Any, step: Any) -> None:
    if isinstance(holder, dict):
        del holder[step]
    else:
        holder.pop(step)


def _put(holder: Any, step: Any, odd: Any) -> None:
    holder[step] = odd


_ODD: list[Any] = [
    None, True, 0, 1, -1, 1.5, 10**12, "", "x", "a@example.com", "ü@x.example", "x" * 65, "x" * 256, [], ["x"],
    ["x", "x"],
    [1], [{}], {}, {"a": 1}, {"a": "b"}, {"email": "a@example.com"}, [{"email": "a@example.com"}], {"enable": "yes"},
    {"enable": True}, ["c"] * 11, list(range(26)), [{"email": "a@example.com"}] * 2, "inline", "nowhere",
]  # fmt: skip


def test_a_mail_that_uses_every_field_is_accepted_by_both(sendgrid_accepts: Judge) -> None:
    assert _we_accept_mail(FULL)
    assert sendgrid_accepts(FULL)


def test_every_field_left_out_is_judged_alike(sendgrid_accepts: Judge) -> None:
    verdicts = {}
    for place in _places(FULL)[1:]:
        body = _changed(FULL, place, _remove)
        verdicts[place] = _we_accept_mail(body)
        assert verdicts[place] == sendgrid_accepts(body), place
    assert {place for place, accepted in verdicts.items() if not accepted} >= {("from",), ("personalizations",)}
    assert any(verdicts.values())


@pytest.mark.parametrize("odd", [None, True, 1, "", "x", [], {}], ids=repr)
def test_every_field_replaced_is_judged_alike(sendgrid_accepts: Judge, odd: Any) -> None:
    for place in _places(FULL):
        body = _changed(FULL, place, partial(_put, odd=odd))
        assert _we_accept_mail(body) == sendgrid_accepts(body), place


_PERSON = {"email": "a@example.com"}


@pytest.mark.parametrize(
    ("place", "most"),
    [
        (("personalizations",), [{"to": [_PERSON]}] * 1000),
        (("personalizations", 0, "cc"), [_PERSON] * 1000),
        (("personalizations", 0, "bcc"), [_PERSON] * 1000),
        (("reply_to_list",), [{"email": f"{number}@example.com"} for number in range(1000)]),
        (("categories",), [str(number) for number in range(10)]),
        (("categories", 0), "x" * 255),
        (("asm", "groups_to_display"), [1] * 25),
        (("ip_pool_name",), "x" * 64),
        (("custom_args",), {str(number): "" for number in range(10_000)}),
        (("personalizations", 0, "custom_args"), {str(number): "" for number in range(10_000)}),
        (("personalizations", 0, "substitutions"), {str(number): "" for number in range(10_000)}),
    ],
)
def test_every_limit_is_judged_alike_on_both_of_its_sides(
    sendgrid_accepts: Judge, place: tuple[Any, ...], most: Any
) -> None:
    # One more of its kind, and unlike the others where they have to differ.
    unlike = {("categories",): ["x"], ("reply_to_list",): [{"email": "x@example.com"}]}
    more = most | {"more": ""} if isinstance(most, dict) else most + unlike.get(place, most[:1])
    for value, accepted in ((most, True), (more, False)):
        body = _changed(FULL, place, partial(_put, odd=value))
        assert _we_accept_mail(body) == sendgrid_accepts(body) == accepted


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mails_changed_at_random_are_judged_alike(sendgrid_accepts: Judge, data: st.DataObject) -> None:
    body: Any = FULL
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_places(body)))
        body = _changed(body, place, partial(_put, odd=data.draw(st.sampled_from(_ODD))))
    assert _we_accept_mail(body) == sendgrid_accepts(body)


# For each field of a form, words on which a specification has one meaning; the tool's own liberties with them (" 5",
# "yes", "1e3") are left out.
_FIELDS: dict[str, list[str]] = {
    "To": ["+14155550100", "", "x"],
    "From": ["+15017122661", "MORI", ""],
    "Body": ["Hi", "", "x" * 1700],
    "StatusCallback": ["https://hooks.example/x?m=1", "x", ""],
    "MessagingServiceSid": [
        "MG" + "a" * 32,
        "MG" + "a" * 31,
        "MG" + "g" * 32,
        "SM" + "a" * 32,
        "",
        "MG" + "a" * 32 + "\n",
    ],
    "ApplicationSid": ["AP" + "0" * 32, "AP", ""],
    "ContentSid": ["HX" + "F" * 32, "HX" + "z" * 32],
    "ContentVariables": ["{}", ""],
    "FallbackFrom": ["+15017122661", ""],
    "MediaUrl": ["https://a.example/x.png", "x"],
    "PersistentAction": ["mailto:a@example.com", ""],
    "ValidityPeriod": ["1", "36000", "0", "-1", "x", "", "5.0"],
    "Attempt": ["1", "x", ""],
    "MaxPrice": ["1", "0.5", "x", ""],
    "ProvideFeedback": ["true", "false", "maybe", ""],
    "ForceDelivery": ["true", "x"],
    "SmartEncoded": ["true", "false", "x"],
    "ShortenUrls": ["false", "x"],
    "SendAsMms": ["false", "x"],
    "ContentRetention": ["retain", "discard", "keep", ""],
    "AddressRetention": ["retain", "obfuscate", "Retain"],
    "TrafficType": ["free", "paid"],
    "ScheduleType": ["fixed", "optimize"],
    "RiskCheck": ["enable", "disable", ""],
    "SendAt": ["2026-12-01T09:00:00Z", "2026-12-01T09:00:00+01:00", "2026-12-01", "soon", "", "2026-02-31T00:00:00Z"],
    "Unknown": ["anything", ""],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in _FIELDS for value in _FIELDS[name]])
def test_each_word_in_each_field_is_judged_alike(twilio_accepts: Judge, name: str, value: str) -> None:
    pairs = [("To", "+14155550100"), (name, value)] if name != "To" else [(name, value)]
    assert _we_accept_form(pairs) == twilio_accepts(pairs)


@settings(max_examples=250, deadline=None)
@given(
    pairs=st.lists(
        st.sampled_from(sorted(_FIELDS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(_FIELDS[name]))),
        min_size=1,
        max_size=8,
        unique_by=lambda pair: pair if pair[0] in ("MediaUrl", "PersistentAction") else pair[0],
    )
)
def test_forms_made_at_random_are_judged_alike(twilio_accepts: Judge, pairs: Pairs) -> None:
    assert _we_accept_form(pairs) == twilio_accepts(pairs)


def test_what_the_sdks_were_seen_to_send_is_accepted(
    vendors_data: Path, sendgrid_accepts: Judge, twilio_accepts: Judge
) -> None:
    captured = vendors_data / "payloads" / "captured_sendgrid-python-6.12.5_mail_send_request.json"
    body = json.loads(captured.read_text("utf-8"))
    assert sendgrid_accepts(body)
    assert sendgrid_rules.faults(body, now=1_799_900_000) == []
    assert [fault.field for fault in sendgrid_rules.faults(body, now=0)] == ["send_at"]
