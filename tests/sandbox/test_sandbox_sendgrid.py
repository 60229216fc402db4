"""Does the sandbox answer mail as SendGrid does?"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from python_http_client.exceptions import (
    BadRequestsError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from sandbox_servers import Running, ask, mail, send_mail, sendgrid_client, until
from sendgrid.helpers.mail import Content, From, Header, Mail, MailSettings, SandBoxMode, To

from regulars.sandbox.settings import SENDGRID_API_KEY


def _errors(refused: Any) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = json.loads(refused.value.body)["errors"]
    return errors


def test_a_mail_built_by_the_sdk_is_accepted_with_a_message_id(sandbox: Running) -> None:
    message = Mail(From("news@shop.example", "Shop"), To("ann@example.com"), "Hello", Content("text/plain", "Hi"))
    message.add_header(Header("List-Unsubscribe", "<https://shop.example/u/1>"))
    answer = sendgrid_client(sandbox.url).send(message)
    assert (answer.status_code, answer.body) == (202, b"")
    assert len(answer.headers["X-Message-Id"]) == 22
    assert ask(f"{sandbox.url}/_sandbox/books").json()["accepted"] == {"email": 1, "sms": 0}


def test_sandbox_mode_validates_and_does_nothing(sandbox: Running) -> None:
    message = Mail(From("news@shop.example"), To("ann@example.com"), "Hello", Content("text/plain", "Hi"))
    message.mail_settings = MailSettings(sandbox_mode=SandBoxMode(True))
    answer = sendgrid_client(sandbox.url).send(message)
    assert answer.status_code == 200
    sandbox.mail(own_id="after")
    until(sandbox.receiver.mail_events)
    assert ask(f"{sandbox.url}/_sandbox/books").json()["accepted"]["email"] == 1
    assert {event["regulars_message_id"] for event in sandbox.receiver.mail_events()} == {"after"}


def test_a_wrong_key_is_told_so(shared: Running) -> None:
    with pytest.raises(UnauthorizedError) as refused:
        sendgrid_client(shared.url, "SG.other").client.mail.send.post(request_body=mail())
    assert _errors(refused) == [
        {
            "message": "The provided authorization grant is invalid, expired, or revoked",
            "field": None,
            "help": None,
        }
    ]


def test_other_media_types_are_refused(shared: Running) -> None:
    client = sendgrid_client(shared.url)
    client.client.request_headers["Content-Type"] = "text/plain"
    with pytest.raises(UnsupportedMediaTypeError):
        client.client.mail.send.post(request_body=json.dumps(mail()))


def test_more_than_thirty_megabytes_are_refused(shared: Running) -> None:
    large = mail(content=[{"type": "text/plain", "value": "x" * (30 * 1024 * 1024)}])
    with pytest.raises(PayloadTooLargeError) as refused:
        send_mail(shared.url, large)
    assert _errors(refused)[0]["message"] == "content too large"


def test_unknown_paths_and_methods_are_refused_in_the_vendors_words(shared: Running) -> None:
    client = sendgrid_client(shared.url).client
    with pytest.raises(NotFoundError) as unknown:
        client.mail.nowhere.get()
    with pytest.raises(MethodNotAllowedError) as wrong:
        client.mail.send.get()
    assert (_errors(unknown)[0]["message"], _errors(wrong)[0]["message"]) == ("not found", "method not allowed")


_LONG = int(time.time()) + 73 * 3600
_THOUSAND = [{"email": f"p{number}@example.com"} for number in range(501)]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"from": None}, None, "Bad Request"),
        ({"from": {"email": "nobody"}}, "from.email", "The from email does not contain a valid address."),
        ({"from": {"email": "a@b"}}, "from.email", "The from email does not contain a valid address."),
        ({"reply_to": {"email": "x"}}, "reply_to.email", "The reply_to email does not contain a valid address."),
        ({"personalizations": []}, "personalizations", "You must have at least one personalization."),
        ({"personalizations": [{}]}, "personalizations.0", "The to parameter is required"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to", "The to array must at least have an email"),
        (
            {"personalizations": [{"to": [{"email": "a b@c.example"}]}]},
            "personalizations.0.to.0.email",
            "Does not contain a valid address.",
        ),
        (
            {"personalizations": [{"to": [{"email": "a@b.example"}], "cc": [{"email": "A@b.example"}]}]},
            "personalizations.0",
            "Each email address in the personalization block should be unique between to, cc, and bcc.",
        ),
        (
            {"personalizations": [{"to": [{"email": "a@b.example"}]}] * 1001},
            "personalizations",
            "You have provided 1001 personalizations.",
        ),
        (
            {"personalizations": [{"to": _THOUSAND}, {"to": _THOUSAND}]},
            "personalizations",
            "There is a limit of 1000 total recipients (to + cc + bcc) per request.",
        ),
        ({"subject": None}, None, "Bad Request"),
        ({"subject": ""}, "subject", "must be a string at least one character"),
        ({"content": []}, "content", "There must be at least one defined content block."),
        (
            {"content": [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]},
            "content",
            "Following RFC 1341, section 7.2",
        ),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value", "at least one character in length"),
        ({"custom_args": {"n": 1}}, None, "Bad Request"),
        ({"headers": {"X-N": 1}}, None, "Bad Request"),
        ({"custom_args": {"a": "x" * 10_000}}, "personalizations.0.custom_args", "may not exceed 10,000 bytes"),
        ({"custom_args": {"a": "ü" * 5_000}}, "personalizations.0.custom_args", "may not exceed 10,000 bytes"),
        ({"headers": {"Reply-To": "x@y.example"}}, "headers", "Header can not be one of the reserved keys."),
        ({"headers": {"X-Ü": "x"}}, "headers", "non-ASCII characters and empty spaces"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "headers", "duplicate keys"),
        ({"headers": {"X-A": "1\r\nBcc: x@y.example"}}, None, "Bad Request"),
        ({"send_at": _LONG}, "send_at", "Scheduling more than 72 hours in advance is forbidden."),
        ({"categories": ["a"] * 2}, "categories", "unique list"),
        ({"categories": [str(n) for n in range(11)]}, "categories", "You provided 11 categories."),
        ({"categories": ["x" * 256]}, "categories.0", "must not be longer than 255 characters"),
        ({"categories": ["é"]}, "categories", "non-ASCII"),
        ({"asm": {"group_id": 1, "groups_to_display": [1] * 26}}, "asm.groups_to_display", "limit of 25"),
        ({"attachments": [{"content": "!!", "filename": "x"}]}, "attachments.0.content", "base64 encoded"),
        (
            {"reply_to": {"email": "a@b.example"}, "reply_to_list": [{"email": "a@b.example"}]},
            "reply_to",
            "but not both",
        ),
    ],
)
def test_each_fault_is_refused_in_the_vendors_words(
    shared: Running, change: dict[str, Any], field: str | None, words: str
) -> None:
    before = ask(f"{shared.url}/_sandbox/books").json()
    with pytest.raises(BadRequestsError) as refused:
        send_mail(shared.url, mail(**change))
    first = _errors(refused)[0]
    assert first["field"] == field
    assert words in first["message"]
    assert ask(f"{shared.url}/_sandbox/books").json() == before


@pytest.mark.parametrize("missing", ["personalizations", "from", "subject", "content"])
def test_what_is_missing_is_named(shared: Running, missing: str) -> None:
    body = mail()
    del body[missing]
    with pytest.raises(BadRequestsError) as refused:
        send_mail(shared.url, body)
    assert _errors(refused)[0]["field"] == missing


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"from":{"email":"\\ud800"}}',
    ],
)
def test_what_is_no_mail_at_all_is_a_bad_request(shared: Running, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {SENDGRID_API_KEY}", "Content-Type": "application/json"}
    answer = ask(f"{shared.url}/v3/mail/send", "POST", body, headers)
    assert answer.status == 400
    assert answer.json()["errors"][0]["field"] is None


@pytest.mark.parametrize(
    "change",
    [
        {
            "headers": {
                "List-Unsubscribe": "<https://s.example/u>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        },
        {"custom_args": {"regulars_message_id": "m1", "a": "x" * 9_900}},
        {"send_at": 1},
        {"unknown_field": {"anything": 1}},
        {"subject": "Ünïcode ✓"},
        {"from": {"email": "o'brien+tag@sub.shop.example"}},
    ],
)
def test_what_is_unusual_but_right_is_accepted(shared: Running, change: dict[str, Any]) -> None:
    assert send_mail(shared.url, mail(**change)).status_code == 202


def test_the_logs_find_a_mail_by_recipient_and_time(sandbox: Running) -> None:
    sandbox.mail("ann@example.com", "m1")
    sandbox.mail("o'hara@example.com", "m2")
    client = sendgrid_client(sandbox.url).client
    query = "to_email = 'ann@example.com' AND sg_message_id_created_at > TIMESTAMP \"2020-01-01T00:00:00Z\""
    found = json.loads(client.logs.post(request_body={"query": query}).body)["messages"]
    assert [(each["to_email"], each["subject"]) for each in found] == [("ann@example.com", "Your cart")]
    later = query.replace("2020", "2999")
    assert json.loads(client.logs.post(request_body={"query": later}).body) == {"messages": []}
    other_case = {"query": "to_email = 'ANN@example.com'"}
    assert json.loads(client.logs.post(request_body=other_case).body) == {"messages": []}
    quoted = {"query": "to_email = 'o''hara@example.com'", "limit": 5}
    assert len(json.loads(client.logs.post(request_body=quoted).body)["messages"]) == 1


def test_the_logs_compare_times_to_the_millisecond(sandbox: Running) -> None:
    sandbox.mail()
    client = sendgrid_client(sandbox.url).client
    (found,) = json.loads(client.logs.post(request_body={}).body)["messages"]
    matches = {}
    for operator in (">", ">=", "<", "<="):
        query = f"sg_message_id_created_at {operator} TIMESTAMP '{found['sg_message_id_created_at']}'"
        matches[operator] = len(json.loads(client.logs.post(request_body={"query": query}).body)["messages"])
    assert matches == {">": 0, ">=": 1, "<": 0, "<=": 1}


def test_the_logs_tell_one_mail_in_full_with_its_custom_args(sandbox: Running) -> None:
    accepted = sandbox.mail(categories=["journey-1"])
    client = sendgrid_client(sandbox.url).client

    def found() -> Any:
        query = {"query": "status IN ('delivered') AND categories IN ('x', 'journey-1')"}
        return json.loads(client.logs.post(request_body=query).body)["messages"]

    message_id = until(found)[0]["sg_message_id"]
    full = json.loads(client.logs._(message_id).get().body)
    assert message_id.startswith(accepted + ".")
    assert full["custom_args"] == {"regulars_message_id": "m1"}
    assert [event["event"] for event in full["events"]] == ["processed", "delivered"]
    assert full["events"][0]["custom_args"] == {"regulars_message_id": "m1"}
    assert (full["status"], full["category"]) == ("delivered", ["journey-1"])


def test_the_logs_refuse_an_unknown_id_and_a_wrong_key(shared: Running) -> None:
    with pytest.raises(NotFoundError):
        sendgrid_client(shared.url).client.logs._("nothing").get()
    with pytest.raises(UnauthorizedError):
        sendgrid_client(shared.url, "SG.other").client.logs.post(request_body={})


@pytest.mark.parametrize(
    "query",
    [
        "nonsense", "to_email > 'x'", "to_email = 'x' OR subject = 'y'", "to_email = 'x' AND", "(to_email = 'x')",
        "sg_message_id_created_at > TIMESTAMP 'soon'", "status = 'delivered'", "to_email = TIMESTAMP 'x'",
        "to_email = 'x",
    ],
)  # fmt: skip
def test_a_query_outside_the_language_is_refused(shared: Running, query: str) -> None:
    with pytest.raises(BadRequestsError) as refused:
        sendgrid_client(shared.url).client.logs.post(request_body={"query": query})
    assert _errors(refused)[0]["field"] == "query"


def test_every_recipient_of_a_request_is_a_message_of_its_own(sandbox: Running) -> None:
    people = {
        "to": [{"email": "a@example.com"}],
        "cc": [{"email": "b@example.com"}],
        "bcc": [{"email": "c@example.com"}],
    }
    second = {"to": [{"email": "d@example.com"}], "subject": "Another", "custom_args": {"regulars_message_id": "m2"}}
    send_mail(sandbox.url, mail(personalizations=[people, second]))
    books = ask(f"{sandbox.url}/_sandbox/books?full=1").json()
    assert books["accepted"]["email"] == 4
    assert books["duplicates"] == 0
    assert books["messages"] == [
        {"message_id": "m1", "accepted_count": 1},
        {"message_id": "m2", "accepted_count": 1},
    ]
