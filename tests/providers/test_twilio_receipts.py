"""Are Twilio's reports believed only when signed, and put in our own words?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from regulars.delivery.providers.twilio_receipts import read_inbound, read_status, verify
from regulars.delivery.receipt import Receipt

SIGNED_WITH = "12345"


@pytest.fixture(scope="module")
def vectors(sample: Callable[[str], Any]) -> Any:
    return sample("twilio_signature_vectors.json")


@pytest.fixture(scope="module")
def callbacks(sample: Callable[[str], Any]) -> Any:
    return sample("twilio_callbacks.json")


def test_the_packages_own_vectors_are_believed(vectors: Any) -> None:
    form = list(vectors["form"].items())
    assert verify([SIGNED_WITH], vectors["uri"], form, vectors["X-Twilio-Signature"])
    duplicates = [tuple(pair) for pair in vectors["duplicate_form"]]
    assert verify([SIGNED_WITH], vectors["uri"], duplicates, vectors["duplicate_signature"])


def test_every_sample_callback_is_believed_for_its_url_alone(callbacks: Any) -> None:
    for callback in callbacks["callbacks"]:
        form = parse_qsl(callback["body"], keep_blank_values=True)
        signature = callback["X-Twilio-Signature"]
        assert verify([SIGNED_WITH], callbacks["url"], form, signature), callback["name"]
        assert not verify([SIGNED_WITH], callbacks["url"] + "x", form, signature)
        assert not verify([SIGNED_WITH], callbacks["url"], form[1:], signature)
        assert not verify([SIGNED_WITH], callbacks["url"], [*form, ("New", "field")], signature)


def test_a_url_is_the_same_with_its_default_port(callbacks: Any) -> None:
    callback = callbacks["callbacks"][0]
    form = parse_qsl(callback["body"])
    url = callbacks["url"].replace("hooks.example/", "hooks.example:443/")
    assert verify([SIGNED_WITH], url, form, callback["X-Twilio-Signature"])


def test_any_of_several_tokens_may_have_signed(vectors: Any) -> None:
    form = list(vectors["form"].items())
    assert verify(["old", SIGNED_WITH], vectors["uri"], form, vectors["X-Twilio-Signature"])
    assert not verify(["old", "older"], vectors["uri"], form, vectors["X-Twilio-Signature"])
    assert not verify([], vectors["uri"], form, vectors["X-Twilio-Signature"])


def test_an_empty_token_believes_nobody() -> None:
    forged = RequestValidator("").compute_signature("https://hooks.example:443/x", {"a": "b"})
    assert RequestValidator("").validate("https://hooks.example/x", {"a": "b"}, forged)
    assert not verify([""], "https://hooks.example/x", [("a", "b")], forged)


@pytest.mark.parametrize(
    "url", ["https://hooks.example/x", "http://[bad", "https://h:99999999/x", "", "https://h/\ud800"]
)
@pytest.mark.parametrize("signature", [None, "", "x", "\u00fc", "\ud800"])
def test_what_is_malformed_is_not_believed(url: str, signature: str | None) -> None:
    assert not verify([SIGNED_WITH], url, [("a", "b")], signature)


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=5), st.text(max_size=40), st.text())
def test_no_garbage_is_believed_nor_raises(form: list[tuple[str, str]], url: str, signature: str) -> None:
    assert not verify([SIGNED_WITH], url, form, signature)


def status(**fields: str) -> Receipt | None:
    return read_status({"MessageSid": "SM1", "To": "+15558675310", **fields}, "m1")


STATUSES = [
    pytest.param({"MessageStatus": "queued"}, "accepted", id="queued"),
    pytest.param({"MessageStatus": "accepted"}, "accepted", id="accepted"),
    pytest.param({"MessageStatus": "scheduled"}, "accepted", id="scheduled"),
    pytest.param({"MessageStatus": "sending"}, "accepted", id="sending"),
    pytest.param({"MessageStatus": "sent"}, "accepted", id="sent"),
    pytest.param({"MessageStatus": "delivered"}, "delivered", id="delivered"),
    pytest.param({"MessageStatus": "partially_delivered"}, "delivered", id="partially delivered"),
    pytest.param({"MessageStatus": "read"}, "opened", id="read"),
    pytest.param({"MessageStatus": "canceled"}, "failed", id="canceled"),
    pytest.param({"MessageStatus": "failed"}, "failed", id="failed without code"),
    pytest.param({"MessageStatus": "undelivered", "ErrorCode": "30003"}, "blocked", id="handset off: this time only"),
    pytest.param({"MessageStatus": "undelivered", "ErrorCode": "30005"}, "bounced", id="unknown handset: for good"),
    pytest.param({"MessageStatus": "undelivered", "ErrorCode": "30006"}, "bounced", id="landline: for good"),
    pytest.param({"MessageStatus": "undelivered", "ErrorCode": "30007"}, "failed", id="filtered"),
    pytest.param({"MessageStatus": "undelivered", "ErrorCode": "30008"}, "failed", id="unknown error"),
    pytest.param({"MessageStatus": "failed", "ErrorCode": "30999"}, "failed", id="a code not known"),
    pytest.param({"MessageStatus": "failed", "ErrorCode": "what"}, "failed", id="a code that is none"),
    pytest.param({"MessageStatus": "failed", "ErrorCode": "21610"}, "stopped", id="opted out, told late"),
    pytest.param({"MessageStatus": "delivered", "ErrorCode": "30005"}, "delivered", id="a code beside a success"),
]


@pytest.mark.parametrize(("fields", "kind"), STATUSES)
def test_a_status_is_of_its_kind(fields: dict[str, str], kind: str) -> None:
    receipt = status(**fields)
    assert receipt is not None
    assert receipt.kind == kind


@pytest.mark.parametrize(
    "form", [{}, {"MessageSid": "SM1"}, {"MessageStatus": "sent"}, {"MessageSid": "SM1", "MessageStatus": ""}]
)
def test_a_form_without_a_text_or_a_status_is_none(form: dict[str, str]) -> None:
    assert read_status(form, "m1") is None


@pytest.mark.parametrize("state", ["received", "teleported", "x" * 300])
def test_a_status_that_is_not_known_is_read_as_it_came(state: str) -> None:
    receipt = status(MessageStatus=state)
    assert receipt is not None
    assert (receipt.kind, receipt.code, receipt.message_id) == ("other", state[:255], "m1")


def test_ids_are_such_as_any_database_keeps_in_an_index() -> None:
    receipt = read_status({"MessageSid": "S" * 5000, "MessageStatus": "sent", "To": "+1" * 5000}, "m\0" * 5000)
    assert receipt is not None
    assert len(receipt.key) <= 511
    assert (receipt.vendor_id, receipt.address) == ("S" * 255, ("+1" * 5000)[:255])
    assert receipt.message_id == "m" * 255


def test_the_sample_callbacks_are_read_whole(callbacks: Any) -> None:
    by_name = {callback["name"]: callback["form"] for callback in callbacks["callbacks"]}
    sid = "SM1342fe1b2c904d1ab04f0fc7a58abca9"
    assert read_status(by_name["undelivered"], "send_01JABC") == Receipt(
        source="twilio",
        key=f"{sid}:undelivered",
        kind="blocked",
        channel="sms",
        real_at=None,
        message_id="send_01JABC",
        vendor_id=sid,
        address="+15558675310",
        code="30003",
    )
    sent, delivered = (read_status(by_name[name], None) for name in ("sent", "delivered"))
    assert sent is not None
    assert delivered is not None
    assert (sent.key, delivered.key) == (f"{sid}:sent", f"{sid}:delivered")
    assert (sent.message_id, delivered.kind) == (None, "delivered")
    assert read_inbound(by_name["inbound_freeform_optout"]) == Receipt(
        source="twilio",
        key="SM80000000000000000000000000000000",
        kind="stopped",
        channel="sms",
        real_at=None,
        vendor_id="SM80000000000000000000000000000000",
        address="+15558675310",
        text="please stop texting me",
    )
    assert read_inbound(by_name["inbound_stop_advanced_opt_out"]).kind == "stopped"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param({"Body": "STOP"}, "stopped", id="keyword"),
        pytest.param({"Body": "take me off your list"}, "stopped", id="in words"),
        pytest.param({"Body": "START"}, "restarted", id="start"),
        pytest.param({"Body": "HELP"}, "replied", id="help"),
        pytest.param({"Body": "When do you open?"}, "replied", id="a question"),
        pytest.param({"Body": ""}, "replied", id="a picture without words"),
        pytest.param({}, "replied", id="no body"),
        pytest.param({"Body": "arret", "OptOutType": "STOP"}, "stopped", id="a keyword of the shop's own"),
        pytest.param({"Body": "join", "OptOutType": "START"}, "restarted", id="a start of the shop's own"),
        pytest.param({"Body": "aide", "OptOutType": "HELP"}, "replied", id="a help of the shop's own"),
        pytest.param({"Body": "stop", "OptOutType": "NEW"}, "stopped", id="a type not known: the words count"),
    ],
)
def test_an_inbound_text_is_of_its_kind(fields: dict[str, str], kind: str) -> None:
    assert read_inbound({"MessageSid": "SM1", "From": "+15558675310", **fields}).kind == kind


@pytest.mark.parametrize(("missing", "form"), [("MessageSid", {"From": "+1"}), ("From", {"MessageSid": "SM1"})])
def test_an_inbound_text_of_nobody_names_what_it_lacks(missing: str, form: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=missing):
        read_inbound(form)


def test_texts_are_such_as_any_database_stores() -> None:
    receipt = read_inbound({"MessageSid": "SM1", "From": "+1", "Body": "a\0b\ud800"})
    assert receipt.text == "ab?"


def test_reasons_hold_no_telephone_number() -> None:
    receipt = status(MessageStatus="failed", ErrorMessage="Carrier refused +15558675310")
    assert receipt is not None
    assert receipt.reason == "Carrier refused [address]"


def test_every_code_of_the_vendors_list_is_read(vendors_data: Path) -> None:
    for entry in json.loads((vendors_data / "twilio_error_codes_messaging.json").read_text())["codes"]:
        receipt = status(MessageStatus="undelivered", ErrorCode=str(entry["code"]))
        assert receipt is not None
        assert receipt.code == str(entry["code"])
        assert receipt.kind in {"failed", "blocked", "bounced", "stopped"}
