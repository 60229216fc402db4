"""Does the sandbox tell what happens as the vendors do?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sandbox_servers import Receiver, Running, Start, ask, press, put_faults, until
from sendgrid.helpers.eventwebhook import EventWebhook
from twilio.request_validator import RequestValidator

from regulars.clock import Clock
from regulars.sandbox.settings import TWILIO_AUTH_TOKEN
from regulars.sandbox.signing import PUBLIC_KEY_FILE, public_key

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


def _names(receiver: Receiver) -> list[str]:
    return [event["event"] for event in receiver.mail_events()]


def _statuses(receiver: Receiver) -> list[str]:
    return [each.form()["MessageStatus"] for each in receiver.at("/status")]


def test_a_mail_is_processed_and_delivered_with_its_custom_args_flattened(sandbox: Running) -> None:
    accepted = sandbox.mail(categories=["journey-1"], custom_args={"regulars_message_id": "m1", "email": "mine"})
    until(lambda: len(sandbox.receiver.mail_events()) >= 2)
    processed, delivered = sandbox.receiver.mail_events()
    assert [processed["event"], delivered["event"]] == ["processed", "delivered"]
    assert processed["sg_message_id"].startswith(accepted + ".")
    assert processed["sg_event_id"] != delivered["sg_event_id"]
    assert processed["regulars_message_id"] == "m1"
    assert processed["email"] == "ann@example.com"
    assert "custom_args" not in processed
    assert processed["category"] == ["journey-1"]
    assert isinstance(processed["timestamp"], int)


def test_event_batches_are_signed_so_that_the_sdk_verifies_them(sandbox: Running) -> None:
    sandbox.mail()
    (batch, *_) = until(lambda: sandbox.receiver.at("/events"))
    key = (sandbox.settings.data / PUBLIC_KEY_FILE).read_text()
    assert key == public_key(sandbox.settings.data)
    webhook = EventWebhook(key)
    body = batch.body.decode()
    assert body.endswith("\r\n")
    assert webhook.verify_signature(body, batch.headers[SIGNATURE], batch.headers[TIMESTAMP])
    assert not webhook.verify_signature(body.rstrip(), batch.headers[SIGNATURE], batch.headers[TIMESTAMP])


def test_status_callbacks_follow_a_text_signed_over_the_exact_url(sandbox: Running) -> None:
    url = f"{sandbox.receiver.url}/status?m=t%201&b=%C3%BC,x%7E%41"
    made = sandbox.text(status_callback=url)
    until(lambda: len(sandbox.receiver.at("/status")) >= 3)
    assert _statuses(sandbox.receiver) == ["queued", "sent", "delivered"]
    for callback in sandbox.receiver.at("/status"):
        assert callback.url == url
        assert callback.form()["MessageSid"] == made.sid
        signature = callback.headers["x-twilio-signature"]
        assert RequestValidator(TWILIO_AUTH_TOKEN).validate(url, callback.form(), signature)
        assert not RequestValidator("other").validate(url, callback.form(), signature)


def test_a_reply_reaches_the_inbound_webhook_signed(sandbox: Running) -> None:
    sandbox.text()
    press(f"{sandbox.url}/inbox/1/reply", body="Stop")
    (inbound,) = until(lambda: sandbox.receiver.at("/inbound"))
    form = inbound.form()
    assert (form["From"], form["To"], form["Body"]) == ("+14155550100", "+15017122661", "Stop")
    assert "OptOutType" not in form
    validator = RequestValidator(TWILIO_AUTH_TOKEN)
    assert validator.validate(inbound.url, form, inbound.headers["x-twilio-signature"])


def test_a_messaging_service_names_the_kind_of_opt_out(sandbox: Running) -> None:
    sandbox.text(from_=None, messaging_service_sid="MG" + "0" * 32)
    press(f"{sandbox.url}/inbox/1/reply", body="unsubscribe")
    press(f"{sandbox.url}/inbox/1/reply", body="please stop texting me")
    replies = until(lambda: len(found := sandbox.receiver.at("/inbound")) == 2 and found)
    assert [each.form().get("OptOutType") for each in replies] == ["STOP", None]


@pytest.mark.parametrize(
    ("action", "event", "more"),
    [
        ("open", "open", {"sg_content_type": "html"}),
        ("click", "click", {"url": "https://shop.example/sale"}),
        ("bounce", "bounce", {"type": "bounce", "status": "5.1.1"}),
        ("spam", "spamreport", {}),
    ],
)
def test_each_button_makes_its_event_happen(sandbox: Running, action: str, event: str, more: dict[str, Any]) -> None:
    sandbox.mail()
    assert press(f"{sandbox.url}/inbox/1/{action}").status == 303
    until(lambda: event in _names(sandbox.receiver))
    found = next(each for each in sandbox.receiver.mail_events() if each["event"] == event)
    assert found["regulars_message_id"] == "m1"
    assert more.items() <= found.items()


def test_a_text_that_fails_says_why(sandbox: Running) -> None:
    sandbox.text()
    press(f"{sandbox.url}/inbox/1/bounce")
    until(lambda: "undelivered" in _statuses(sandbox.receiver))
    assert sandbox.receiver.at("/status")[-1].form()["ErrorCode"] == "30005"


def test_a_click_on_a_text_is_a_get_of_its_link(sandbox: Running) -> None:
    sandbox.text(body=f"Your cart: {sandbox.receiver.url}/c/abc?x=1. Bye")
    press(f"{sandbox.url}/inbox/1/click")
    (visit,) = until(lambda: sandbox.receiver.at("/c/abc"))
    assert (visit.method, visit.url) == ("GET", f"{sandbox.receiver.url}/c/abc?x=1")


def test_what_cannot_be_done_is_refused(sandbox: Running) -> None:
    sandbox.mail(content=[{"type": "text/plain", "value": "no link"}])
    sandbox.text(body="no link")
    for path in ("1/click", "1/reply", "2/click", "2/open", "2/spam"):
        assert press(f"{sandbox.url}/inbox/{path}").status == 409
    assert press(f"{sandbox.url}/inbox/1/wave").status == 404
    assert press(f"{sandbox.url}/inbox/3/open").status == 404


@pytest.mark.parametrize(("action", "reason"), [("bounce", "Bounced Address"), ("spam", "Spam Reporting Address")])
def test_after_a_bounce_or_a_complaint_the_vendor_drops_what_is_sent_there(
    sandbox: Running, action: str, reason: str
) -> None:
    sandbox.mail()
    press(f"{sandbox.url}/inbox/1/{action}")
    sandbox.mail("ANN@example.com", "m2")
    until(lambda: "dropped" in _names(sandbox.receiver))
    second = [event for event in sandbox.receiver.mail_events() if event["regulars_message_id"] == "m2"]
    assert [(event["event"], event["reason"]) for event in second] == [("dropped", reason)]


def test_callbacks_that_are_refused_come_again_until_they_are_taken(sandbox: Running) -> None:
    sandbox.receiver.refusals.extend([500, 302, 401])
    sandbox.mail()
    until(lambda: set(_names(sandbox.receiver)) == {"processed", "delivered"} and not sandbox.receiver.refusals)
    until(lambda: _told(sandbox, 1))
    first = [event["sg_event_id"] for event in sandbox.receiver.mail_events() if event["event"] == "processed"]
    assert len(first) >= 2
    assert len(set(first)) == 1


def _told(sandbox: Running, message: int) -> bool:
    timeline = ask(f"{sandbox.url}/inbox/{message}.json").json()["timeline"]
    return all(event["state"] == "told" for event in timeline)


def test_callbacks_are_given_up_in_the_end(start: Start) -> None:
    sandbox = start(retry_limit=2, event_webhook_url="http://127.0.0.1:1/events")
    sandbox.mail()

    def given_up() -> bool:
        timeline = ask(f"{sandbox.url}/inbox/1.json").json()["timeline"]
        return len(timeline) == 2 and all(event["state"] == "given_up" for event in timeline)

    until(given_up)
    assert {event["attempts"] for event in ask(f"{sandbox.url}/inbox/1.json").json()["timeline"]} == {2}


def test_without_a_webhook_everything_happens_and_nobody_is_told(start: Start) -> None:
    sandbox = start(event_webhook_url=None)
    sandbox.mail()
    until(lambda: ask(f"{sandbox.url}/inbox/1.json").json()["status"] == "delivered")
    assert sandbox.receiver.arrived == []


def test_tracking_that_is_off_tells_of_no_opens_and_clicks(start: Start) -> None:
    sandbox = start(open_share=1.0, click_share=1.0, machine_open_share=1.0)
    off = {"open_tracking": {"enable": False}, "click_tracking": {"enable": False}}
    sandbox.mail(tracking_settings=off)
    sandbox.mail("bob@example.com", "m2")
    until(lambda: {"open", "click"} <= set(_names(sandbox.receiver)))
    mine = [event["event"] for event in sandbox.receiver.mail_events() if event["regulars_message_id"] == "m1"]
    assert mine == ["processed", "delivered"]


def test_shares_decide_who_opens_and_clicks_and_a_run_can_be_repeated(
    start: Start, receiver: Receiver, tmp_path: Path
) -> None:
    def run(folder: str) -> dict[str, set[str]]:
        receiver.arrived.clear()
        shares = {"open_share": 0.5, "click_share": 0.2, "machine_open_share": 0.3, "reaction_seconds": 0.0}
        sandbox = start(data=tmp_path / folder, **shares)
        for number in range(60):
            sandbox.mail(f"p{number}@example.com", f"m{number}-{folder}")
        until(lambda: not any(ask(f"{sandbox.url}/inbox/{n}.json").json()["coming"] for n in (1, 60)))
        until(lambda: all(_told(sandbox, number) for number in range(1, 61)))
        found: dict[str, set[str]] = {}
        for event in receiver.mail_events():
            name = "machine" if event.get("sg_machine_open") else event["event"]
            found.setdefault(name, set()).add(event["email"])
        return found

    first, second = run("one"), run("two")
    assert first == second
    assert first["click"] < first["open"] < first["delivered"]
    assert 20 <= len(first["open"]) <= 40
    assert 4 <= len(first["click"]) <= 22
    assert 8 <= len(first["machine"]) <= 28


def test_duplicates_come_on_request_with_the_same_event_ids(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "duplicate_callbacks", "times": "forever"})
    sandbox.mail()
    sandbox.text()
    until(lambda: len(sandbox.receiver.mail_events()) == 4 and len(sandbox.receiver.at("/status")) == 6)
    assert len({event["sg_event_id"] for event in sandbox.receiver.mail_events()}) == 2
    assert sorted(_statuses(sandbox.receiver)) == ["delivered"] * 2 + ["queued"] * 2 + ["sent"] * 2


def test_events_come_out_of_order_on_request(start: Start) -> None:
    sandbox = start(delivery_seconds=0.3)
    put_faults(sandbox.url, {"kind": "shuffled_callbacks", "times": 2})
    sandbox.mail()
    sandbox.text()
    until(lambda: len(sandbox.receiver.mail_events()) == 2 and len(sandbox.receiver.at("/status")) == 3)
    assert _names(sandbox.receiver) == ["delivered", "processed"]
    assert _statuses(sandbox.receiver) == ["delivered", "sent", "queued"]


def test_callbacks_can_be_switched_off_for_one_message(sandbox: Running) -> None:
    put_faults(sandbox.url, {"kind": "callbacks_off", "match": {"message_id": "m1"}})
    sandbox.mail(own_id="m1")
    sandbox.mail(own_id="m2")
    until(lambda: len(sandbox.receiver.mail_events()) == 2)
    assert {event["regulars_message_id"] for event in sandbox.receiver.mail_events()} == {"m2"}
    assert ask(f"{sandbox.url}/inbox/1.json").json()["status"] == "delivered"


def test_a_mail_for_later_waits(sandbox: Running) -> None:
    sandbox.mail(own_id="later", send_at=int(Clock.real_now().timestamp()) + 3600)
    sandbox.mail(own_id="now")
    until(lambda: len(sandbox.receiver.mail_events()) == 2)
    assert {event["regulars_message_id"] for event in sandbox.receiver.mail_events()} == {"now"}
    assert ask(f"{sandbox.url}/inbox/1.json").json()["coming"] == 2
