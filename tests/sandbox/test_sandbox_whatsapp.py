"""Does the sandbox stand in for WhatsApp as Twilio carries it?"""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_servers import Running, ask, press, put_faults, twilio_client, until
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.message import MessageInstance

MEI, SHOP = "whatsapp:+14155550100", "whatsapp:+15017122661"
SID = "HX" + "0a" * 16


def write(sandbox: Running, own_id: str = "w1", to: str = MEI, **fields: Any) -> MessageInstance:
    """Send through the vendor's own package, its callbacks to the receiver."""
    client = twilio_client(sandbox.url)
    named = {"from_": SHOP, "status_callback": f"{sandbox.receiver.url}/status?m={own_id}", **fields}
    try:
        return client.messages.create(to=to, **named)
    finally:
        client.http_client.close()


def content(sandbox: Running, **more: Any) -> MessageInstance:
    return write(
        sandbox, **{"content_sid": SID, "content_variables": '{"1": "Mei", "2": "https://shop.example/c"}', **more}
    )


def told(sandbox: Running, path: str) -> list[dict[str, str]]:
    """What came back to a door of the product's, in order."""
    return [one.form() for one in sandbox.receiver.at(path)]


@pytest.fixture
def refused(sandbox: Running) -> Any:
    def attempt(**fields: Any) -> int:
        with pytest.raises(TwilioRestException) as met:
            write(sandbox, **fields)
        return int(met.value.code)

    return attempt


def test_a_content_is_taken_delivered_and_shown_with_its_values(sandbox: Running) -> None:
    made = content(sandbox)
    assert (made.status, made.to, made.from_) == ("queued", MEI, SHOP)
    statuses = until(lambda: len(found := told(sandbox, "/status")) >= 3 and found)
    assert [form["MessageStatus"] for form in statuses] == ["queued", "sent", "delivered"]
    assert {(form["To"], form["From"], form["ChannelPrefix"]) for form in statuses} == {(MEI, SHOP, "whatsapp")}
    (row,) = ask(f"{sandbox.url}/inbox.json?channel=whatsapp").json()["messages"]
    assert (row["channel"], row["recipient"], row["message_id"]) == ("whatsapp", MEI, "w1")
    page = ask(f"{sandbox.url}/inbox/{row['id']}").body.decode()
    assert f"Approved content {SID}" in page
    assert "Mei" in page
    assert "segment" not in page
    assert "WhatsApp" in ask(f"{sandbox.url}/inbox").body.decode()
    assert ask(f"{sandbox.url}/_sandbox/books").json()["accepted"] == {"email": 0, "sms": 0, "whatsapp": 1}


def test_words_of_ones_own_fail_outside_of_the_window_and_arrive_once_the_recipient_wrote(sandbox: Running) -> None:
    assert write(sandbox, "w1", body="Hello").status == "queued"
    (failed,) = until(lambda: told(sandbox, "/status"))
    assert (failed["MessageStatus"], failed["ErrorCode"]) == ("failed", "63016")
    content(sandbox, own_id="w2")
    row = ask(f"{sandbox.url}/inbox.json").json()["messages"][0]
    press(f"{sandbox.url}/inbox/{row['id']}/reply", body="Hi!")
    (answer,) = until(lambda: told(sandbox, "/inbound"))
    assert (answer["From"], answer["To"], answer["Body"]) == (MEI, SHOP, "Hi!")
    write(sandbox, "w3", body="Hello again")
    until(lambda: told(sandbox, "/status")[-1]["MessageStatus"] == "delivered" and len(told(sandbox, "/status")) == 7)
    write(sandbox, "w4", to="whatsapp:+14155550111", body="Hello")  # who did not write
    until(lambda: told(sandbox, "/status")[-1].get("ErrorCode") == "63016")


def test_it_can_be_read_and_answered_with_stop_by_hand(sandbox: Running) -> None:
    content(sandbox)
    row = ask(f"{sandbox.url}/inbox.json").json()["messages"][0]
    press(f"{sandbox.url}/inbox/{row['id']}/open")
    until(lambda: "read" in [form["MessageStatus"] for form in told(sandbox, "/status")])
    press(f"{sandbox.url}/inbox/{row['id']}/reply", body="STOP")
    with pytest.raises(TwilioRestException) as met:
        content(sandbox)
    assert met.value.code == 21610
    sandbox.text(to="+14155550100")  # a text goes to the same number all the same
    press(f"{sandbox.url}/inbox/{row['id']}/reply", body="START")
    assert content(sandbox, own_id="w2").status == "queued"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"body": "x", "from_": "+15017122661"}, 21910),
        ({"body": "x", "to": "+14155550100"}, 21910),
        ({"content_sid": SID, "content_variables": "{1: x}"}, 21656),
        ({"content_sid": SID, "content_variables": '{"1": ""}'}, 21656),
        ({"body": "x", "content_variables": '{"1": "x"}'}, 21654),
        ({"content_sid": "HX1"}, 21655),
        ({}, 21602),
    ],
    ids=["from a number", "to a number", "no JSON", "an empty value", "no content", "no SID", "nothing"],
)
def test_what_twilio_would_not_take_is_refused_with_its_code(refused: Any, fields: dict[str, Any], code: int) -> None:
    assert refused(**fields) == code


def test_it_is_listed_and_looked_up_by_its_address_beside_texts(sandbox: Running) -> None:
    made = content(sandbox)
    sandbox.text(to="+14155550100")
    client = twilio_client(sandbox.url)
    try:
        assert [one.sid for one in client.messages.list(to=MEI)] == [made.sid]
        assert client.messages(str(made.sid)).fetch().to == MEI
        assert len(client.messages.list()) == 2
    finally:
        client.http_client.close()


def test_a_fault_may_be_of_whatsapp_alone(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "status", "status": 429, "channel": "whatsapp"})
    sandbox.text()
    with pytest.raises(TwilioRestException) as met:
        content(sandbox)
    assert met.value.code == 20429
