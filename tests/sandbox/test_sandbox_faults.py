"""Does the sandbox misbehave as it is told, and only then?"""

from __future__ import annotations

import json
import time
from http.client import RemoteDisconnected
from typing import Any
from urllib.error import URLError

import pytest
import requests
from python_http_client.exceptions import HTTPError, ServiceUnavailableError, TooManyRequestsError
from sandbox_servers import Running, ask, mail, put_faults, send_mail, sendgrid_client, twilio_client
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from regulars.clock import Clock


def _accepted(sandbox: Running) -> dict[str, int]:
    counts: dict[str, int] = ask(f"{sandbox.url}/_sandbox/books").json()["accepted"]
    return counts


def test_a_status_is_answered_as_often_as_told_and_nothing_is_taken(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "status", "status": 503, "channel": "email", "times": 2})
    for _ in range(2):
        with pytest.raises(ServiceUnavailableError) as met:
            sandbox.mail()
        assert json.loads(met.value.body) == {
            "errors": [{"message": "service unavailable", "field": None, "help": None}]
        }
    assert _accepted(sandbox) == {"email": 0, "sms": 0}
    sandbox.mail()
    sandbox.text()
    assert _accepted(sandbox) == {"email": 1, "sms": 1}


def test_a_status_may_have_a_body_of_its_own(sandbox: Running) -> None:
    body = {"code": 30001, "message": "Queue overflow", "status": 418}
    put_faults(sandbox.url, {"kind": "status", "status": 418, "channel": "sms", "body": body})
    with pytest.raises(TwilioRestException) as met:
        sandbox.text()
    assert (met.value.status, met.value.code) == (418, 30001)
    put_faults(sandbox.url, {"kind": "status", "status": 502, "channel": "email", "body": "<html>"})
    with pytest.raises(HTTPError) as bare:
        sandbox.mail()
    assert (bare.value.status_code, bare.value.body) == (502, b"<html>")


def test_a_status_may_hide_that_the_message_was_taken(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "status", "status": 500, "accepted": True, "times": 2})
    with pytest.raises(HTTPError):
        sandbox.mail()
    with pytest.raises(TwilioRestException) as met:
        sandbox.text()
    assert met.value.code == 20500
    assert _accepted(sandbox) == {"email": 1, "sms": 1}


def test_rate_limits_say_when_to_come_back(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "rate_limit", "seconds": 7, "times": "forever"})
    with pytest.raises(TooManyRequestsError) as mail_met:
        sandbox.mail()
    headers = mail_met.value.headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("600", "0")
    assert 5 <= int(headers["X-RateLimit-Reset"]) - Clock.real_now().timestamp() <= 8
    with pytest.raises(TwilioRestException) as text_met:
        sandbox.text()
    assert (text_met.value.status, text_met.value.code) == (429, 20429)
    assert ask(f"{sandbox.url}/2010-04-01/Accounts/AC1/Messages.json", "POST").headers["retry-after"] == "7"
    assert _accepted(sandbox) == {"email": 0, "sms": 0}


def _dropped_mail(sandbox: Running) -> None:
    with pytest.raises((RemoteDisconnected, ConnectionResetError, URLError)):
        sandbox.mail()


def _dropped_text(sandbox: Running) -> None:
    with pytest.raises(requests.ConnectionError):
        sandbox.text()


def test_a_connection_dropped_before_takes_nothing(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "drop_before", "times": 2})
    _dropped_mail(sandbox)
    _dropped_text(sandbox)
    assert _accepted(sandbox) == {"email": 0, "sms": 0}


def test_a_connection_dropped_after_has_taken_the_message(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "drop_after", "times": 2})
    _dropped_mail(sandbox)
    _dropped_text(sandbox)
    assert _accepted(sandbox) == {"email": 1, "sms": 1}


def test_a_hang_outlasts_the_client_and_takes_nothing(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "hang", "seconds": 60})
    client = sendgrid_client(sandbox.url)
    client.client.timeout = 0.3
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        client.client.mail.send.post(request_body=mail())
    assert time.monotonic() - began < 5
    assert _accepted(sandbox) == {"email": 0, "sms": 0}


def test_a_hang_ends_without_an_answer(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "hang", "seconds": 0.3})
    began = time.monotonic()
    _dropped_mail(sandbox)
    assert 0.25 < time.monotonic() - began < 5


def test_a_slow_answer_comes_after_the_message_was_taken(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "slow", "seconds": 0.4, "times": 2})
    began = time.monotonic()
    sandbox.mail()
    assert time.monotonic() - began > 0.35
    client = sendgrid_client(sandbox.url)
    client.client.timeout = 0.1
    with pytest.raises(TimeoutError):
        client.client.mail.send.post(request_body=mail(own_id="m2"))
    assert _accepted(sandbox)["email"] == 2


def test_a_fault_picks_by_message_id_recipient_or_channel(sandbox: Running) -> None:
    put_faults(
        sandbox.url,
        {"kind": "status", "match": {"message_id": "m2"}, "times": "forever"},
        {"kind": "status", "match": {"recipient": "BOB@example.com"}, "times": "forever"},
        {"kind": "status", "match": {"recipient": "+14155550199"}, "times": "forever"},
    )
    sandbox.mail()
    sandbox.text()
    for attempt in (
        lambda: sandbox.mail(own_id="m2"),
        lambda: sandbox.mail("bob@example.com"),
        lambda: sandbox.text(own_id="m2"),
        lambda: sandbox.text(to="+1 415 555 0199"),
    ):
        with pytest.raises((HTTPError, TwilioRestException)):
            attempt()
    assert _accepted(sandbox) == {"email": 1, "sms": 1}


def test_look_ups_go_wrong_only_when_meant(sandbox: Running) -> None:
    sandbox.mail()
    sandbox.text()
    put_faults(sandbox.url, {"kind": "status", "status": 503, "endpoint": "look_up", "times": 2})
    with pytest.raises(ServiceUnavailableError):
        sendgrid_client(sandbox.url).client.logs.post(request_body={})
    texts: Client = twilio_client(sandbox.url)
    with pytest.raises(TwilioRestException):
        texts.messages("SM1").fetch()
    assert len(texts.messages.list()) == 1
    texts.http_client.close()


def test_faults_are_shown_with_what_is_left_of_them_and_cleared(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "status", "times": 3}, {"kind": "callbacks_off", "times": "forever"})
    with pytest.raises(HTTPError):
        send_mail(sandbox.url, mail())
    shown = ask(f"{sandbox.url}/_sandbox/faults").json()
    assert [(rule["kind"], rule["left"], rule["used"]) for rule in shown] == [
        ("status", 2, 1),
        ("callbacks_off", "forever", 0),
    ]
    assert ask(f"{sandbox.url}/_sandbox/faults", "DELETE").json() == []
    sandbox.mail()


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "a list of rules was expected"),
        ([1], "faults[0]: an object was expected"),
        ([{}], "faults[0]: kind is missing"),
        ([{"kind": "statsu"}], "faults[0].kind: 'statsu' is not known"),
        ([{"kind": "statsu"}], "did you mean 'status'?"),
        ([{"kind": "status", "tims": 1}], "did you mean 'times'?"),
        ([{"kind": "status", "channel": "mail"}], "faults[0].channel"),
        ([{"kind": "status", "times": 0}], "faults[0].times"),
        ([{"kind": "status", "times": "always"}], 'or "forever" was expected'),
        ([{"kind": "status", "match": {"recipent": "x"}}], "did you mean 'recipient'?"),
        ([{"kind": "status", "match": "some"}], "faults[0].match"),
        ([{"kind": "status", "status": 42}], "faults[0].status: a number from 200 to 599"),
        ([{"kind": "slow"}, {"kind": "slow", "seconds": -1}], "faults[1].seconds"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_whole(shared: Running, rules: Any, words: str) -> None:
    answer = ask(f"{shared.url}/_sandbox/faults", "POST", json.dumps(rules).encode())
    assert answer.status == 400
    assert words in answer.json()["error"]
    assert ask(f"{shared.url}/_sandbox/faults").json() == []
