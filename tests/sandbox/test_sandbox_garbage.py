"""Does the sandbox live through whatever it is sent?"""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_servers import Running, ask, mail

from regulars.sandbox.connection import Door, json_of
from regulars.sandbox.settings import SENDGRID_API_KEY, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN

JSON_HEADERS = {"Authorization": f"Bearer {SENDGRID_API_KEY}", "Content-Type": "application/json"}
FORM_HEADERS = {
    "Authorization": "Basic " + b64encode(f"{TWILIO_ACCOUNT_SID}:{TWILIO_AUTH_TOKEN}".encode()).decode(),
    "Content-Type": "application/x-www-form-urlencoded",
}
MESSAGES = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json"
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def _posted(shared: Running, path: str, body: bytes, headers: dict[str, str]) -> int:
    status = ask(shared.url + path, "POST", body, headers).status
    assert ask(f"{shared.url}/healthz").status == 200
    return status


@FUZZ
@given(body=st.binary(max_size=300))
def test_bytes_are_no_mail(shared: Running, body: bytes) -> None:
    assert _posted(shared, "/v3/mail/send", body, JSON_HEADERS) == 400


@FUZZ
@given(
    name=st.sampled_from([*mail(), "headers", "asm", "categories", "attachments", "tracking_settings"]), value=_VALUES
)
def test_a_mail_with_anything_in_any_field_is_taken_or_refused(shared: Running, name: str, value: Any) -> None:
    body = json.dumps(mail(**{name: value})).encode()
    assert _posted(shared, "/v3/mail/send", body, JSON_HEADERS) in (202, 400)


@FUZZ
@given(subject=st.text(min_size=1, max_size=40), html=st.text(min_size=1, max_size=200), args=st.text(max_size=40))
def test_a_mail_with_any_words_is_shown(shared: Running, subject: str, html: str, args: str) -> None:
    content = [{"type": "text/html", "value": html}]
    body = json.dumps(mail(subject=subject, content=content, custom_args={args: args})).encode()
    if _posted(shared, "/v3/mail/send", body, JSON_HEADERS) == 202:
        newest = ask(f"{shared.url}/inbox.json").json()["messages"][0]
        assert newest["title"] == subject
        assert ask(f"{shared.url}/inbox/{newest['id']}").status == 200
        assert ask(f"{shared.url}/inbox/{newest['id']}.json").json()["html"] == html


@FUZZ
@given(body=st.binary(max_size=300))
def test_bytes_are_no_text(shared: Running, body: bytes) -> None:
    assert _posted(shared, MESSAGES, body, FORM_HEADERS) == 400


@FUZZ
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["To", "From", "Body", "StatusCallback", "MediaUrl", "MessagingServiceSid", "SendAt", "ScheduleType"]
        ),
        st.text(max_size=60) | st.sampled_from(["+14155550100", "fixed", "http://[::1", "MG" + "0" * 32]),
    )
)
def test_a_form_with_anything_in_any_field_is_taken_or_refused(shared: Running, fields: dict[str, str]) -> None:
    form = {"To": "+14155550100", "From": "+15017122661", "Body": "Hi", **fields}
    body = urlencode(form, errors="surrogatepass").encode()
    assert _posted(shared, MESSAGES, body, FORM_HEADERS) in (201, 400)


@FUZZ
@given(body=st.binary(max_size=100) | _VALUES.map(lambda value: json.dumps(value).encode()))
def test_logs_queries_and_faults_made_of_anything_are_answered(shared: Running, body: bytes) -> None:
    assert _posted(shared, "/v3/logs", body, JSON_HEADERS) in (200, 400)
    assert _posted(shared, "/_sandbox/faults", body, {}) in (200, 400)
    ask(f"{shared.url}/_sandbox/faults", "DELETE")


@FUZZ
@given(query=st.text(max_size=60))
def test_logs_queries_of_any_words_are_answered(shared: Running, query: str) -> None:
    for asked in (query, f"to_email = '{query}'", f'sg_message_id_created_at > TIMESTAMP "{query}"'):
        body = json.dumps({"query": asked}).encode()
        assert _posted(shared, "/v3/logs", body, JSON_HEADERS) in (200, 400)


@FUZZ
@given(words=st.text(max_size=40), page=st.text(max_size=30))
def test_pages_and_lists_asked_with_anything_are_answered(shared: Running, words: str, page: str) -> None:
    asked, number = quote(words, errors="surrogatepass"), quote(page, errors="surrogatepass")
    assert ask(f"{shared.url}/inbox?to={asked}&channel={asked}&page={number}").status == 200
    query = f"To={asked}&DateSent%3E={number}&PageSize={number}&Page={number}"
    assert ask(f"{shared.url}{MESSAGES}?{query}", headers=FORM_HEADERS).status in (200, 400)
    assert ask(f"{shared.url}/v3/logs/{asked or 'x'}", headers=JSON_HEADERS).status in (404, 405)


def test_bytes_that_are_no_http_do_not_end_the_sandbox(shared: Running) -> None:
    for garbage in (
        b"\x00\xff" * 500,
        b"POST /v3/mail/send HTTP/1.1\r\nContent-Length: 10\r\n\r\n{",
        b"GET / HTTP/9.9\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", int(shared.url.rsplit(":", 1)[1])), timeout=5) as connection:
            connection.sendall(garbage)
    assert ask(f"{shared.url}/healthz").status == 200


def test_a_long_list_of_objects_is_judged_at_once(shared: Running) -> None:
    long_list = [{"email": "a@example.com", "n": number} for number in range(20_000)]
    body = json.dumps(mail(reply_to_list=long_list, categories=long_list)).encode()
    assert _posted(shared, "/v3/mail/send", body, JSON_HEADERS) == 400


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", "[" * 5000 + "]" * 5000, "", "{", "1" * 5000])
def test_what_is_not_json_is_an_error_of_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_of(text.encode())


@pytest.mark.parametrize(
    ("client", "allow_remote", "let_in"),
    [
        (("127.0.0.1", 1), False, True),
        (("::1", 1), False, True),
        (("192.0.2.1", 1), False, False),
        (("192.0.2.1", 1), True, True),
        (("somewhere", 1), False, False),
    ],
)
@pytest.mark.asyncio
async def test_other_machines_are_turned_away(client: tuple[str, int], allow_remote: bool, let_in: bool) -> None:
    seen: list[Any] = []

    async def app(*_: Any) -> None:
        seen.append("in")

    async def send(message: Any) -> None:
        seen.append(message.get("status"))

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "headers": [], "client": client}
    await Door(app, allow_remote)(scope, receive, send)
    assert seen[0] == ("in" if let_in else 403)
