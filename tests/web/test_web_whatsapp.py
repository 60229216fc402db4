"""Are WhatsApp's reports and answers taken by Twilio's doors, and kept apart from those of texts?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator
from web_shop import PUBLIC, TOKEN, Answer, Web

from regulars.store.customers import Consent, Suppression
from regulars.store.events import Event
from regulars.store.messages import Message, ShortLink
from regulars.store.statements import add

NUMBER = "+14155550123"


def twilio(web: Web, path: str, form: dict[str, str], token: str = TOKEN) -> Answer:
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{path}", form)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return web.call("POST", path, urlencode(form), headers)


def sent(web: Web) -> None:
    """A customer with that number, to whom a WhatsApp message went."""
    web.message(channel="whatsapp", step="care", address=NUMBER)
    with web.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE customer SET phone = '{NUMBER}'")


def status(state: str, **more: str) -> tuple[str, dict[str, str]]:
    form = {"MessageSid": "SM1", "MessageStatus": state, "To": f"whatsapp:{NUMBER}", "ChannelPrefix": "whatsapp"}
    return "/webhooks/twilio/status?m=m1", {**form, **more}


def inbound(body: str, sid: str = "SM9") -> tuple[str, dict[str, str]]:
    form = {"MessageSid": sid, "From": f"whatsapp:{NUMBER}", "To": "whatsapp:+14155550199", "Body": body}
    return "/webhooks/twilio/inbound", {**form, "ProfileName": "Mei", "WaId": NUMBER[1:]}


@pytest.mark.parametrize(
    ("state", "code", "name", "column"),
    [
        ("delivered", None, "WhatsApp Delivered", "delivered_at"),
        ("read", None, "WhatsApp Read", "opened_at"),
        ("failed", "63016", "WhatsApp Failed", "failed_at"),
        ("undelivered", "63024", "WhatsApp Failed", None),
    ],
)
def test_what_became_of_it_is_an_event(quick: Web, state: str, code: str | None, name: str, column: str | None) -> None:
    sent(quick)
    assert twilio(quick, *status(state, **({"ErrorCode": code} if code else {}))).status == 204
    assert quick.one(Event, name=name)["message_id"] == "m1"
    if column:
        assert quick.one(Message)[column] is not None
    assert quick.rows(Suppression) == []


def test_a_report_that_twilio_did_not_sign_is_refused(quick: Web) -> None:
    sent(quick)
    before = quick.count()
    assert twilio(quick, *status("delivered"), token="of another").status == 401
    assert twilio(quick, *inbound("STOP"), token="of another").status == 401
    assert quick.count() == before


def test_stop_on_whatsapp_is_of_whatsapp_alone_and_start_takes_it_back(web: Web) -> None:
    sent(web)
    assert twilio(web, *inbound("please don't write me any more messages", "SM1")).status == 200
    (row,) = web.rows(Suppression)
    assert (row["channel"], row["address"], row["reason"]) == ("whatsapp", NUMBER, "stopped")
    assert [one["channel"] for one in web.rows(Consent) if not one["granted"]] == ["whatsapp"]
    assert web.one(Event, name="WhatsApp Stopped")["properties"]["text"].startswith("please")
    assert twilio(web, *inbound("START", "SM2")).status == 200
    assert web.rows(Suppression) == []
    assert web.one(Event, name="WhatsApp Replied")["properties"]["text"] == "START"


def test_an_address_that_is_no_whatsapp_number_is_suppressed_there_alone(quick: Web) -> None:
    sent(quick)
    assert twilio(quick, *status("undelivered", ErrorCode="63003")).status == 204
    (row,) = quick.rows(Suppression)
    assert (row["channel"], row["address"], row["reason"]) == ("whatsapp", NUMBER, "bounced")


def test_a_tap_on_a_link_in_it_is_whatsapps(web: Web) -> None:
    sent(web)
    with web.database.write() as connection:
        add(connection, ShortLink, [{"code": "abc123", "message_id": "m1", "url": f"{PUBLIC}/tea"}])
    assert web.call("GET", "/l/abc123").status == 302
    assert web.one(Event, name="WhatsApp Clicked")["properties"]["url"] == f"{PUBLIC}/tea"
    assert web.rows(Event, name="SMS Clicked") == []
