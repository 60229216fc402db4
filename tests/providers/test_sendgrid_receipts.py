"""Are SendGrid's reports believed only when signed, and put in our own words?"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.providers.sendgrid_receipts import read, vendor_id, verify
from regulars.delivery.receipt import Receipt

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
BODY = b'[{"event": "open"}]\r\n'
KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b64encode(der).decode()


def signed(body: bytes = BODY, timestamp: str = "1600112502", key: ec.EllipticCurvePrivateKey = KEY) -> dict[str, str]:
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    return {SIGNATURE: b64encode(signature).decode(), TIMESTAMP: timestamp}


def test_the_vendors_own_vector_is_believed(vendors_data: Path, sample: Callable[[str], Any]) -> None:
    vector = sample("sendgrid_event_webhook_signed.json")
    body = (vendors_data / "payloads" / "sendgrid_event_webhook_signed.body").read_bytes()
    headers = {SIGNATURE: vector[SIGNATURE], TIMESTAMP: vector[TIMESTAMP]}
    assert body.endswith(b"\r\n")
    assert verify([vector["public_key"]], headers, body)
    assert not verify([vector["public_key"]], headers, body.rstrip())
    assert not verify([public(KEY)], headers, body)
    assert not verify([vector["public_key"]], headers | {TIMESTAMP: "1600112503"}, body)


def test_any_of_several_keys_may_have_signed_also_beside_one_that_is_none() -> None:
    other = public(ec.generate_private_key(ec.SECP256R1()))
    assert verify([other, "no key", public(KEY)], signed(), BODY)
    assert not verify([other, "no key"], signed(), BODY)
    assert not verify([], signed(), BODY)


def test_header_names_come_in_any_case() -> None:
    assert verify([public(KEY)], {name.lower(): value for name, value in signed().items()}, BODY)


MALFORMED = [
    pytest.param({}, id="no headers"),
    pytest.param({SIGNATURE: signed()[SIGNATURE]}, id="no timestamp"),
    pytest.param({TIMESTAMP: "1600112502"}, id="no signature"),
    pytest.param(signed() | {SIGNATURE: "%%%"}, id="signature is no base64"),
    pytest.param(signed() | {SIGNATURE: "AAAA"}, id="signature is no DER"),
    pytest.param(signed() | {SIGNATURE: "\u00fc"}, id="signature is no ASCII"),
    pytest.param(signed() | {TIMESTAMP: "\u00fc"}, id="timestamp is no ASCII"),
    pytest.param(signed() | {TIMESTAMP: ""}, id="timestamp is empty"),
]


@pytest.mark.parametrize("headers", MALFORMED)
def test_a_malformed_signature_is_not_believed(headers: dict[str, str]) -> None:
    assert not verify([public(KEY)], headers, BODY)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("AAAA", id="no key"),
        pytest.param(public(rsa.generate_private_key(65537, 2048)), id="RSA"),
    ],
)
def test_a_key_of_the_wrong_kind_believes_nothing(key: str) -> None:
    assert not verify([key], signed(), BODY)


def test_a_key_of_another_curve_believes_not_even_its_own_signature() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    assert not verify([public(key)], signed(key=key), BODY)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_changed_anywhere_is_not_believed(at: int, by: int) -> None:
    changed = BODY[:at] + bytes([BODY[at] ^ by]) + BODY[at + 1 :]
    assert not verify([public(KEY)], signed(), changed)


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=80), st.binary(max_size=50))
def test_no_garbage_is_believed_nor_raises(signature: str, timestamp: str, key: str, body: bytes) -> None:
    assert not verify([key, public(KEY)], {SIGNATURE: signature, TIMESTAMP: timestamp}, body)


def one(**event: object) -> Receipt:
    told = {"email": "ann@example.com", "timestamp": 1795346177, "sg_event_id": "e1", "regulars_message_id": "m1"}
    [receipt] = read(json.dumps([told | event]).encode())
    return receipt


KINDS = [
    pytest.param({"event": "processed"}, "accepted", id="processed"),
    pytest.param({"event": "Processed"}, "accepted", id="another case"),
    pytest.param({"event": "deferred", "response": "400 later"}, "deferred", id="deferred"),
    pytest.param({"event": "delivered"}, "delivered", id="delivered"),
    pytest.param({"event": "open"}, "opened", id="open"),
    pytest.param({"event": "click"}, "clicked", id="click"),
    pytest.param({"event": "bounce", "type": "bounce"}, "bounced", id="bounce"),
    pytest.param({"event": "bounce"}, "bounced", id="bounce of no type"),
    pytest.param({"event": "bounce", "type": "blocked"}, "blocked", id="blocked: this time only"),
    pytest.param({"event": "spamreport"}, "complained", id="spam report"),
    pytest.param({"event": "unsubscribe"}, "unsubscribed", id="unsubscribe"),
    pytest.param({"event": "group_unsubscribe"}, "unsubscribed", id="group unsubscribe"),
    pytest.param({"event": "group_resubscribe"}, "restarted", id="group resubscribe"),
    pytest.param({"event": "dropped", "reason": "Bounced Address"}, "bounced", id="dropped: bounced before"),
    pytest.param({"event": "dropped", "reason": "Invalid"}, "bounced", id="dropped: invalid"),
    pytest.param({"event": "dropped", "reason": "Unsubscribed Address"}, "unsubscribed", id="dropped: unsubscribed"),
    pytest.param({"event": "dropped", "reason": "Spam Reporting Address"}, "complained", id="dropped: spam report"),
    pytest.param({"event": "dropped", "reason": "Spam Content"}, "failed", id="dropped: the message's fault"),
    pytest.param({"event": "dropped"}, "failed", id="dropped without reason"),
]


@pytest.mark.parametrize(("event", "kind"), KINDS)
def test_an_event_is_of_its_kind(event: dict[str, object], kind: str) -> None:
    assert one(**event).kind == kind


def test_every_event_of_the_vendors_samples_is_read(sample: Callable[[str], Any]) -> None:
    events = sample("sendgrid_events_all_types.json")
    receipts = read(json.dumps(events).encode())
    assert len(receipts) == len(events)
    assert {receipt.kind for receipt in receipts} == {
        *("accepted", "deferred", "delivered", "opened", "clicked", "bounced", "blocked", "complained"),
        *("unsubscribed", "restarted"),
    }
    assert all(receipt.real_at is not None for receipt in receipts)
    assert all(receipt.real_at < datetime(2027, 1, 1, tzinfo=UTC) for receipt in receipts if receipt.real_at)


def test_a_click_is_read_whole(sample: Callable[[str], Any]) -> None:
    event = sample("sendgrid_events_modern.synthetic.json")["events"][3] | {"regulars_message_id": "01jabcdefghjk"}
    assert read(json.dumps([event]).encode()) == [
        Receipt(
            source="sendgrid",
            key="Y2xpY2stMQ",
            kind="clicked",
            channel="email",
            real_at=datetime.fromtimestamp(1795346177, UTC),
            message_id="01jabcdefghjk",
            vendor_id="14c5d75ce93.dfd.64b469",
            address="ann@example.com",
            url="https://shop.example/p/1",
        )
    ]


def test_a_bounce_tells_its_code_and_its_reason_without_the_address() -> None:
    receipt = one(event="bounce", type="bounce", reason="550 5.1.1 <ann@example.com> User unknown", status="5.1.1")
    assert (receipt.code, receipt.reason) == ("5.1.1", "550 5.1.1 <[address]> User unknown")


def test_a_machines_open_is_marked_and_a_persons_is_not() -> None:
    assert one(event="open", sg_machine_open=True).machine
    assert not one(event="open", sg_machine_open=False).machine
    assert not one(event="open").machine
    assert not one(event="click", sg_machine_open=True).machine


def test_a_link_of_the_vendors_own_pages_is_not_a_clicked_one() -> None:
    assert one(event="group_unsubscribe", url="http://u").url is None


def test_the_same_event_without_id_has_the_same_key_and_another_another() -> None:
    first, again, other = (
        read(json.dumps([event]).encode())[0].key
        for event in (
            {"event": "open", "email": "a@b.example", "timestamp": 1},
            {"timestamp": 1, "email": "a@b.example", "event": "open"},
            {"event": "open", "email": "a@b.example", "timestamp": 2},
        )
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("timestamp", "instant"),
    [
        (1591726752, datetime(2020, 6, 9, 18, 19, 12, tzinfo=UTC)),
        ("1591726752", datetime(2020, 6, 9, 18, 19, 12, tzinfo=UTC)),
        (1591726752372, datetime(2020, 6, 9, 18, 19, 12, 372000, tzinfo=UTC)),
        (None, None),
        (True, None),
        (-1, None),
        (10**30, None),
        ("soon", None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_a_timestamp_is_read_in_the_forms_it_comes_in(timestamp: object, instant: datetime | None) -> None:
    assert one(event="open", timestamp=timestamp).real_at == instant


@pytest.mark.parametrize(
    ("told", "answered"),
    [
        ("FfVA5ctWRQCcBFjGFnsWdw.recvd-5c8b-1-5F5FC76C-9.0", "FfVA5ctWRQCcBFjGFnsWdw"),
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("FfVA5ctWRQCcBFjGFnsWdw", "FfVA5ctWRQCcBFjGFnsWdw"),
    ],
)
def test_the_vendors_id_is_that_of_its_answer(told: str, answered: str) -> None:
    assert vendor_id(told) == answered


def test_a_kind_of_event_that_is_not_known_is_read_as_it_came() -> None:
    receipt = one(event="rerouted", sg_event_id="e1", regulars_message_id="m1", status="2.0.0")
    assert (receipt.kind, receipt.code, receipt.key, receipt.message_id) == ("other", "rerouted", "e1", "m1")


def test_what_is_no_event_is_left_out_and_the_rest_is_read() -> None:
    events: list[object] = [
        {},
        None,
        7,
        "open",
        [],
        {"event": 3},
        {"event": "open"},
    ]
    assert [receipt.kind for receipt in read(json.dumps(events).encode())] == ["opened"]


def test_texts_are_such_as_any_database_stores() -> None:
    receipt = one(event="click", url="https://x/\0\ud800", email="a" * 9000, sg_event_id="k" * 9000)
    assert receipt.url == "https://x/?"
    assert receipt.address == "a" * 320
    assert receipt.key == "k" * 100


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"event=open", id="a form"),
        pytest.param(b"\xff\xfe\xfa", id="no UTF"),
        pytest.param(b'{"event": "open"}', id="an object"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 1000 + b"]" * 1000, id="lists a thousand deep"),
        pytest.param(b'[{"a":' * 1000, id="objects a thousand deep, cut"),
        pytest.param(b"[" + b"9" * 5000 + b"]", id="a number of 5,000 digits"),
    ],
)
def test_what_is_no_list_of_events_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match="SendGrid's events: expected a JSON list"):
        read(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=10), values, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["event", "email", "timestamp", "reason", "response", "type", "status", "url", "sg_event_id", "sg_message_id"]
)


@given(st.lists(st.dictionaries(fields, json_values | st.sampled_from(["open", "bounce", "dropped"])), max_size=4))
def test_no_event_of_whatever_shape_breaks_a_delivery(events: list[dict[str, object]]) -> None:
    for receipt in read(json.dumps(events).encode()):
        assert receipt.key
        assert receipt.real_at is None or receipt.real_at.tzinfo is UTC
