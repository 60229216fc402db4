"""Are vendors' reports taken when they are signed, and only then? With the vendors' own vectors."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.request_validator import RequestValidator
from web_shop import PUBLIC, SENT, TOKEN, Answer, Web, running

from regulars.store.customers import Consent, Customer, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Outbox
from regulars.store.events import Event
from regulars.store.messages import Message

_KEY = ec.generate_private_key(ec.SECP256R1())
_PUBLIC_KEY = b64encode(
    _KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.fixture
def mail(database: Database) -> Any:
    with running(database, sendgrid_webhook_key=_PUBLIC_KEY) as web:
        yield web


def sendgrid(web: Web, *events: dict[str, Any], raw: bytes | None = None) -> Answer:
    body = json.dumps(events).encode() + b"\r\n" if raw is None else raw
    signature = b64encode(_KEY.sign(b"1600112502" + body, ec.ECDSA(hashes.SHA256()))).decode()
    prefix = "x-twilio-email-event-webhook-"
    headers = {f"{prefix}signature": signature, f"{prefix}timestamp": "1600112502"}
    return web.call("POST", "/webhooks/sendgrid/events", body, headers)


def event(name: str, key: str, message: str | None = "m1", **more: Any) -> dict[str, Any]:
    told = {"event": name, "sg_event_id": key, "email": "mei1@example.com", "timestamp": 1600112502, **more}
    return {**told, "regulars_message_id": message} if message else told


def twilio(web: Web, path: str, form: dict[str, str], token: str = TOKEN) -> Answer:
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{path}", form)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return web.call("POST", path, urlencode(form), headers)


def status(state: str, message: str = "m1") -> tuple[str, dict[str, str]]:
    return f"/webhooks/twilio/status?m={message}", {"MessageSid": "SM1", "MessageStatus": state, "To": "+14155550123"}


def inbound(body: str, sid: str = "SM9", sender: str = "+14155550123") -> tuple[str, dict[str, str]]:
    return "/webhooks/twilio/inbound", {"MessageSid": sid, "From": sender, "Body": body}


def test_sendgrids_own_vector_is_taken_with_its_last_byte(
    sqlite_database: Database, vectors: Callable[[str], Any], payloads: Path
) -> None:
    vector = vectors("sendgrid_event_webhook_signed.json")
    raw = (payloads / "sendgrid_event_webhook_signed.body").read_bytes()
    headers = {name: value for name, value in vector.items() if name.startswith("X-")}
    with running(sqlite_database, sendgrid_webhook_key=vector["public_key"]) as web:
        assert web.call("POST", "/webhooks/sendgrid/events", raw, headers).status == 204
        before = web.count()
        for wrong in (raw.rstrip(), raw + b" ", b"[]"):
            assert web.call("POST", "/webhooks/sendgrid/events", wrong, headers).status == 401
        assert web.call("POST", "/webhooks/sendgrid/events", raw).status == 401
        assert web.count() == before


def test_all_of_sendgrids_kinds_of_event_are_taken(mail: Web, vectors: Callable[[str], Any]) -> None:
    for name in ("sendgrid_events_all_types.json", "sendgrid_events_modern.synthetic.json"):
        assert sendgrid(mail, *vectors(name)).status == 204


def test_twilios_own_samples_are_taken_by_their_signatures(
    sqlite_database: Database, vectors: Callable[[str], Any]
) -> None:
    told = vectors("twilio_callbacks.json")
    with running(sqlite_database, public_url="https://hooks.example") as web:
        for callback in told["callbacks"]:
            url = callback.get("url", told["url"])
            path = "/webhooks/twilio/inbound" if "inbound" in url else "/webhooks/twilio/status?k=send_01JABC"
            signature = RequestValidator(TOKEN).compute_signature(f"https://hooks.example{path}", callback["form"])
            headers = {"x-twilio-signature": signature}
            assert web.call("POST", path, callback["body"], headers).status in (200, 204, 400), callback["name"]
            before = web.count()
            headers = {"x-twilio-signature": callback["X-Twilio-Signature"]}  # made for another address
            assert web.call("POST", path, callback["body"], headers).status == 401
            assert web.count() == before


@pytest.mark.parametrize("raw", [b"", b"{}", b"not json", b"[" * 50_000, b"\xff\xfe"])
def test_signed_nonsense_of_sendgrid_is_refused(mail: Web, raw: bytes) -> None:
    before = mail.count()
    assert sendgrid(mail, raw=raw).status == 400
    assert mail.count() == before


@pytest.mark.parametrize(
    "change",
    [{"token": "of another"}, {"path": "/webhooks/twilio/status?m=m2"}, {"form": {"To": "+10000000000"}}, {"none": ""}],
)
def test_what_twilio_did_not_sign_is_refused_and_nothing_is_written(web: Web, change: dict[str, Any]) -> None:
    web.message(channel="sms")
    before = web.count()
    path, form = status("delivered")
    signature = RequestValidator(change.get("token", TOKEN)).compute_signature(f"{PUBLIC}{path}", form)
    headers = {} if "none" in change else {"x-twilio-signature": signature}
    body = urlencode({**form, **change.get("form", {})})
    assert web.call("POST", change.get("path", path), body, headers).status == 401
    assert web.count() == before


def test_a_delivery_is_filled_in_and_heard_of_once_however_often_it_is_told(mail: Web) -> None:
    mail.message()
    told = [event("delivered", "e1"), event("click", "e2", url="https://shop.example/tea")]
    for _ in range(2):
        assert sendgrid(mail, *told, *told).status == 204
    row = mail.one(Message)
    assert row["delivered_at"] is not None
    assert row["clicked_at"] is not None
    assert sorted(one["name"] for one in mail.rows(Event) if one["name"].startswith("Email")) == [
        "Email Clicked",
        "Email Delivered",
    ]


def test_an_open_by_a_machine_is_nobodys(mail: Web) -> None:
    mail.message()
    assert sendgrid(mail, event("open", "e1", sg_machine_open=True)).status == 204
    assert mail.one(Message)["opened_at"] is None
    assert mail.rows(Event, name="Email Opened") == []
    assert sendgrid(mail, event("open", "e2", sg_machine_open=False)).status == 204
    assert mail.one(Message)["opened_at"] is not None
    assert len(mail.rows(Event, name="Email Opened")) == 1


@pytest.mark.parametrize(
    "state", ["dispatching", "unknown", "given_up", "claimed", "held", "skipped", "failed", "rejected"]
)
@pytest.mark.parametrize("kind", ["processed", "delivered", "open", "dropped"])
def test_any_report_of_a_message_settles_the_doubt_and_hints_the_walk(quick: Web, state: str, kind: str) -> None:
    quick.message(channel="sms", state=state)
    kinds = {"processed": "queued", "delivered": "delivered", "open": "read", "dropped": "failed"}
    assert twilio(quick, *status(kinds[kind])).status == 204
    row = quick.one(Message)
    assert (row["state"], row["vendor_id"]) == ("accepted", "SM1")
    assert row["counted_at"] is not None
    assert [one["kind"] for one in quick.rows(Outbox)].count("hint") == 1


def test_a_message_that_never_went_is_not_settled_by_a_report(quick: Web) -> None:
    quick.message(channel="sms", state="claimed", dispatched_at=None)
    assert twilio(quick, *status("delivered")).status == 204
    assert quick.one(Message)["state"] == "claimed"


@pytest.mark.parametrize("state", ["given_up", "skipped", "failed"])
@pytest.mark.parametrize("kind", ["delivered", "bounce", "open"])
def test_a_late_report_proves_that_the_vendor_has_what_was_given_up(mail: Web, state: str, kind: str) -> None:
    mail.message(state=state, reason="fate unknown", counted_at=None)
    told = event(kind, "e1", timestamp=int(SENT.timestamp()) + 60, sg_message_id="v1.recvd-1", type="bounce")
    assert sendgrid(mail, told).status == 204
    row = mail.one(Message)
    assert (row["state"], row["vendor_id"], row["counted_at"]) == ("accepted", "v1", SENT)
    assert row[{"delivered": "delivered_at", "bounce": "failed_at", "open": "opened_at"}[kind]] is not None


@pytest.mark.parametrize("state", ["skipped", "failed"])
def test_what_never_went_stays_so_whatever_is_told(mail: Web, state: str) -> None:
    mail.message(state=state, dispatched_at=None)
    assert sendgrid(mail, event("delivered", "e1")).status == 204
    assert (mail.one(Message)["state"], mail.one(Message)["counted_at"]) == (state, None)


def test_a_text_that_was_read_is_filled_in(web: Web) -> None:
    web.message(channel="sms")
    assert twilio(web, *status("read")).status == 204
    assert web.one(Message)["opened_at"] is not None


@pytest.mark.parametrize("name", ["account_status_change", "rerouted", "x" * 5_000, "\u0000\ud800\U0001f375"])
def test_a_kind_of_event_that_sendgrid_has_invented_since_is_on_record_as_it_came(mail: Web, name: str) -> None:
    mail.message(state="unknown")
    for _ in range(2):
        assert sendgrid(mail, event(name, "e1"), event(name, "e2", None)).status == 204
    told = mail.one(Event, name="Email Reported")
    assert told["properties"]["code"] == name.replace("\0", "").replace("\ud800", "?")[:100]
    assert told["properties"]["message_id"] == "m1"
    assert mail.one(Message)["state"] == "accepted"


@pytest.mark.parametrize("state", ["teleported", "x" * 5_000, "\u0000", "\U0001f375"])
def test_a_status_that_twilio_has_invented_since_is_on_record_as_it_came(web: Web, state: str) -> None:
    web.message(channel="sms")
    assert twilio(web, *status(state)).status == 204
    told = [row["properties"]["code"] for row in web.rows(Event, name="SMS Reported")]
    assert told == ([] if state == "\0" else [state[:255]])


@pytest.mark.parametrize("long", ["x" * 300, "".join(f"{n:x}" for n in range(5_000))])
def test_ids_of_any_length_are_taken_from_vendors(mail: Web, long: str) -> None:
    mail.message()
    assert sendgrid(mail, event("bounce", long, long, sg_message_id=long, email=f"{long}@example.com")).status == 204
    assert sendgrid(mail, event("bounce", f"{long}2", None, email=f"{long}@example.com")).status == 204
    assert twilio(mail, f"/webhooks/twilio/status?m={long}", {**status("sent")[1], "MessageSid": long}).status == 204
    assert twilio(mail, "/webhooks/twilio/status?m=%00", status("sent")[1]).status == 204
    assert twilio(mail, *inbound("STOP" + long, long, long)).status == 200
    assert twilio(mail, *inbound("STOP", f"2{long}", long)).status == 200


@pytest.mark.parametrize("kind", ["processed", "delivered", "open", "click", "deferred", "invented"])
def test_what_is_told_of_messages_that_are_not_ours_is_nothing(mail: Web, kind: str) -> None:
    mail.message()
    before = mail.count()
    assert sendgrid(mail, event(kind, "e1", "stranger"), event(kind, "e2", None)).status == 204
    after = mail.count()
    assert {name for name in after if after[name] != before[name]} == {"inbound"}


def test_a_bounce_or_a_complaint_suppresses_the_address_whoever_wrote_to_it(mail: Web) -> None:
    mail.message()
    assert (
        sendgrid(mail, event("bounce", "e1", None, email="Mei1@Example.com", type="bounce", reason="550")).status == 204
    )
    assert [(row["address"], row["reason"]) for row in mail.rows(Suppression)] == [("mei1@example.com", "bounced")]
    assert sendgrid(mail, event("spamreport", "e2")).status == 204
    assert [row["granted"] for row in mail.rows(Consent)].count(False) == 1


def test_a_block_suppresses_nobody(mail: Web) -> None:
    mail.message()
    assert sendgrid(mail, event("bounce", "e1", type="blocked", reason="greylisted")).status == 204
    assert mail.rows(Suppression) == []


def phone(web: Web) -> None:
    web.message()
    with web.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET phone = '+14155550123'")


def agreed(web: Web) -> None:
    """She agrees to texts, at her number."""
    now = datetime.now(UTC).isoformat()
    consent = {"state": "subscribed", "consent_updated_at": now}
    body = {"id": 901, "updated_at": now, "phone": "+14155550123", "sms_marketing_consent": consent}
    assert web.shopify(json.dumps(body).encode(), "customers/update").status == 200


def test_stop_and_start_work_at_once_in_the_order_in_which_they_come(web: Web) -> None:
    phone(web)
    agreed(web)
    assert (
        twilio(web, *inbound("please STOP texting me", "SM1")).body
        == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    )
    assert [row["reason"] for row in web.rows(Suppression)] == ["stopped"]
    assert twilio(web, *inbound("Start", "SM2")).status == 200
    assert web.rows(Suppression) == []
    words = sorted(web.rows(Consent, channel="sms"), key=lambda row: row["occurred_at"])
    assert [row["granted"] for row in words] == [True, False, True]
    assert twilio(web, *inbound("STOP", "SM1")).status == 200  # told again: it was before
    assert web.rows(Suppression) == []


def test_a_start_of_one_who_never_agreed_is_no_consent(web: Web) -> None:
    phone(web)
    assert twilio(web, *inbound("YES", "SM1")).status == 200
    assert twilio(web, *inbound("STOP", "SM2")).status == 200
    assert twilio(web, *inbound("START", "SM3")).status == 200
    assert web.rows(Suppression) == []
    assert [row["granted"] for row in web.rows(Consent, channel="sms")] == [False]


def test_stop_of_a_stranger_suppresses_the_number_for_whoever_will_have_it(web: Web) -> None:
    assert twilio(web, *inbound("STOP", sender="+14155550199")).status == 200
    assert [row["address"] for row in web.rows(Suppression)] == ["+14155550199"]
    assert web.rows(Customer) == []


def test_an_answer_that_is_no_opt_out_is_an_event(web: Web) -> None:
    phone(web)
    assert twilio(web, *inbound("when does it arrive?")).status == 200
    assert web.one(Event, name="SMS Replied")["properties"]["text"] == "when does it arrive?"
    assert web.rows(Suppression) == []


@pytest.mark.parametrize("form", [{"MessageSid": "SM1"}, {"From": "+1", "Body": "STOP"}, {"x": "1"}])
def test_a_text_without_its_sender_or_id_is_refused(quick: Web, form: dict[str, str]) -> None:
    assert twilio(quick, "/webhooks/twilio/inbound", form).status == 400
