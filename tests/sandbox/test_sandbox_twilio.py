"""Does the sandbox answer texts as Twilio does?"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sandbox_servers import Running, Start, ask, press, twilio_client, until
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from regulars.clock import Clock
from regulars.sandbox.settings import TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN

MESSAGES = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages"
SERVICE = "MG" + "0" * 32
BASIC = "Basic " + b64encode(f"{TWILIO_ACCOUNT_SID}:{TWILIO_AUTH_TOKEN}".encode()).decode()


@pytest.fixture
def client(sandbox: Running) -> Iterator[Client]:
    made = twilio_client(sandbox.url)
    yield made
    made.http_client.close()


@pytest.fixture
def refused(shared: Running) -> Iterator[Any]:
    """The fault that a create meets."""
    made = twilio_client(shared.url)

    def attempt(**fields: Any) -> TwilioRestException:
        with pytest.raises(TwilioRestException) as met:
            made.messages.create(**fields)
        return met.value

    yield attempt
    made.http_client.close()


def test_a_text_is_accepted_as_documented(sandbox: Running) -> None:
    before = Clock.real_now() - timedelta(seconds=2)
    made = sandbox.text(body="x" * 161)
    assert (made.status, made.num_segments, made.num_media, made.direction) == ("queued", "2", "0", "outbound-api")
    assert (made.to, made.from_, made.body) == ("+14155550100", "+15017122661", "x" * 161)
    assert made.sid is not None
    assert made.sid.startswith("SM")
    assert len(made.sid) == 34
    assert made.date_created is not None
    assert before < made.date_created <= Clock.real_now()
    assert (made.error_code, made.price, made.account_sid) == (None, None, TWILIO_ACCOUNT_SID)


def test_a_messaging_service_accepts_before_it_picks_a_sender(client: Client) -> None:
    made = client.messages.create(to="+14155550100", messaging_service_sid=SERVICE, body="Hi")
    assert (made.status, made.num_segments, made.from_) == ("accepted", "0", None)
    fetched = until(lambda: (now := client.messages(str(made.sid)).fetch()).status == "delivered" and now)
    assert fetched.num_segments == "1"


def test_smart_encoding_saves_segments(client: Client) -> None:
    curly = "It\u2019s on" + "x" * 70
    sender = "+15017122661"
    assert client.messages.create(to="+14155550100", from_=sender, body=curly).num_segments == "2"
    assert client.messages.create(to="+14155550100", from_=sender, body=curly, smart_encoded=True).num_segments == "1"


def test_numbers_are_read_however_they_are_punctuated(sandbox: Running) -> None:
    assert sandbox.text(to="+1 (415) 555-0100").to == "+14155550100"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "", "from_": "+15017122661", "body": "x"}, 21604),
        ({"to": "+14155550100", "body": "x"}, 21603),
        ({"to": "+14155550100", "from_": "+15017122661"}, 21602),
        ({"to": "5551234", "from_": "+15017122661", "body": "x"}, 21211),
        ({"to": "+1415555010012345678", "from_": "+15017122661", "body": "x"}, 21211),
        ({"to": "+14155550100", "from_": "not a sender!", "body": "x"}, 21212),
        ({"to": "+14155550100", "from_": "+15017122661", "body": "x" * 1601}, 21617),
        ({"to": "+14155550100", "from_": "+14155550100", "body": "x"}, 21266),
        ({"to": "+14155550100", "messaging_service_sid": "MG1", "body": "x"}, 21705),
        ({"to": "+14155550100", "from_": "+15017122661", "body": "x", "status_callback": "nowhere"}, 21609),
        ({"to": "+14155550100", "from_": "+15017122661", "body": "x", "status_callback": "http://a_b.example/"}, 21609),
        ({"to": "+14155550100", "from_": "+15017122661", "body": "x", "validity_period": 36001}, 21624),
        ({"to": "+14155550100", "from_": "+15017122661", "media_url": ["https://a.example/1"] * 11}, 21623),
        ({"to": "+14155550100", "from_": "+15017122661", "media_url": ["nowhere"]}, 21620),
        (
            {"to": "+14155550100", "from_": "+15017122661", "body": "x", "schedule_type": "fixed",
             "send_at": "2030-01-01T00:00:00Z"},
            35118,
        ),
        ({"to": "+14155550100", "messaging_service_sid": SERVICE, "body": "x", "schedule_type": "fixed"}, 35111),
        (
            {"to": "+14155550100", "messaging_service_sid": SERVICE, "body": "x", "schedule_type": "fixed",
             "send_at": "2020-01-01T00:00:00Z"},
            35114,
        ),
    ],
)  # fmt: skip
def test_each_fault_is_refused_with_the_vendors_code(refused: Any, fields: dict[str, Any], code: int) -> None:
    met = refused(**fields)
    assert (met.code, met.status) == (code, 400)


@pytest.mark.parametrize(
    ("to", "sender", "code"),
    [
        ("+14155550100", "+15005550001", 21212),
        ("+14155550100", "+15005550007", 21606),
        ("+14155550100", "+15005550008", 21611),
        ("+15005550001", "+15005550006", 21211),
        ("+15005550002", "+15005550006", 21612),
        ("+15005550003", "+15005550006", 21408),
        ("+15005550004", "+15005550006", 21610),
        ("+15005550009", "+15005550006", 21614),
    ],
)
def test_the_magic_numbers_mean_what_they_mean_to_the_vendor(refused: Any, to: str, sender: str, code: int) -> None:
    assert refused(to=to, from_=sender, body="x").code == code


def test_a_sender_that_the_account_does_not_own_is_refused(start: Start) -> None:
    sandbox = start(twilio_senders=("+15017122661",))
    assert sandbox.text(from_="+15017122661").status == "queued"
    assert sandbox.text(from_="+15005550006").status == "queued"
    with pytest.raises(TwilioRestException) as met:
        sandbox.text(from_="+15017122662")
    assert met.value.code == 21606


def test_a_wrong_token_and_another_account_are_told_so(shared: Running) -> None:
    stranger = twilio_client(shared.url, token="wrong")
    with pytest.raises(TwilioRestException) as met:
        stranger.messages.create(to="+14155550100", from_="+15017122661", body="x")
    stranger.http_client.close()
    assert (met.value.status, met.value.code, met.value.msg) == (401, 20003, "Unable to create record: Authenticate")
    known = twilio_client(shared.url)
    with pytest.raises(TwilioRestException) as other:
        known.api.v2010.accounts("AC" + "1" * 32).messages.create(to="+14155550100", from_="+15017122661", body="x")
    known.http_client.close()
    assert (other.value.status, other.value.code) == (404, 20404)


def test_a_text_that_was_taken_is_found_by_its_sid_and_in_lists(sandbox: Running, client: Client) -> None:
    made = sandbox.text(body="Find me")
    sandbox.text(to="+14155550199")
    now = Clock.real_now()
    assert client.messages(str(made.sid)).fetch().body == "Find me"
    listed = client.messages.list(to="+14155550100", date_sent_after=now - timedelta(minutes=1))
    assert [each.sid for each in listed] == [made.sid]
    assert client.messages.list(to="+14155550100", date_sent_after=now + timedelta(minutes=1)) == []
    assert client.messages.list(to="+14155550100", date_sent_before=now - timedelta(minutes=1)) == []
    assert len(client.messages.list(date_sent=now.date())) == 2
    assert len(client.messages.list(from_="+15017122661")) == 2
    with pytest.raises(TwilioRestException) as unknown:
        client.messages("SM" + "0" * 32).fetch()
    assert unknown.value.code == 20404


def test_a_second_counts_whole_when_a_list_begins_in_it(sandbox: Running, client: Client) -> None:
    made = sandbox.text()
    assert made.date_sent is not None
    assert [each.sid for each in client.messages.list(date_sent_after=made.date_sent)] == [made.sid]


def test_long_lists_come_in_pages_newest_first(sandbox: Running, client: Client) -> None:
    sids = [sandbox.text(own_id=str(number)).sid for number in range(5)]
    listed = client.messages.list(to="+14155550100", page_size=2)
    assert [each.sid for each in listed] == sids[::-1]
    first = client.messages.page(page_size=2)
    assert first.previous_page_url is None
    assert first.next_page_url is not None


def test_stop_blocks_a_sender_until_start(sandbox: Running) -> None:
    sandbox.text()
    assert press(f"{sandbox.url}/inbox/1/reply", body=" stop ").status == 303
    with pytest.raises(TwilioRestException) as met:
        sandbox.text()
    assert met.value.code == 21610
    assert sandbox.text(from_="+15017122662").status == "queued"
    press(f"{sandbox.url}/inbox/1/reply", body="START")
    assert sandbox.text().status == "queued"


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"To=%FF&From=%FF&Body=x", "application/x-www-form-urlencoded"),
        (b'{"To": "+14155550100"}', "application/json"),
        (b"To=1&" * 600, "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(shared: Running, body: bytes, media: str) -> None:
    answer = ask(f"{shared.url}{MESSAGES}.json", "POST", body, {"Content-Type": media, "Authorization": BASIC})
    assert answer.status == 400
    assert answer.json()["code"] in (21604, 21211)


def test_large_bodies_are_refused(shared: Running) -> None:
    body = urlencode({"To": "+14155550100", "Body": "x" * 70_000}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": BASIC}
    assert ask(f"{shared.url}{MESSAGES}.json", "POST", body, headers).status == 413


def test_unknown_paths_and_methods_are_refused_in_the_vendors_words(shared: Running) -> None:
    assert ask(f"{shared.url}/2010-04-01/Nothing.json").json()["code"] == 20404
    assert ask(f"{shared.url}{MESSAGES}.json", "DELETE").json()["code"] == 20004


def test_a_text_to_come_is_scheduled(client: Client) -> None:
    at = (Clock.real_now() + timedelta(hours=1)).replace(microsecond=0)
    made = client.messages.create(
        to="+14155550100", messaging_service_sid=SERVICE, body="x", schedule_type="fixed", send_at=at
    )
    assert (made.status, made.date_sent, made.num_segments) == ("scheduled", None, "0")
    assert client.messages(str(made.sid)).fetch().status == "scheduled"
