"""What becomes of an event that the shop's own code signed, genuine or not? Over HTTP, against the real process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from web_shop import LIMIT, OTHER_WHSEC, WHSEC, Answer, Web

from regulars.intake import standard_webhooks
from regulars.store.customers import Consent, Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event, LearntEvent
from regulars.store.orders import Order

MEI = {"id": 7, "email": "mei@example.com", "first_name": "Mei"}
BOUGHT = {"order_id": "o1", "total_minor": 4000, "currency": "EUR", "items": [{"title": "Sencha", "price_minor": 4000}]}


def signed(raw: bytes, identifier: str = "msg_1", secret: str = WHSEC, ago: float = 0) -> dict[str, str]:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(identifier, at, raw.decode()),
    }


def tell(web: Web, body: Any, identifier: str = "msg_1", **how: Any) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.call("POST", "/webhooks/events", raw, signed(raw, identifier, **how))


def test_an_event_of_the_shops_own_is_on_disk_when_it_is_answered(web: Web) -> None:
    body = {"type": "Tea Tasted", "timestamp": "2026-03-02T10:00:00+01:00", "user": MEI, "data": {"tea": "Sencha"}}
    assert tell(web, body).status == 200
    event, mei = web.one(Event), web.one(Customer)
    assert (event["name"], event["source"], event["properties"]) == ("Tea Tasted", "webhook", {"tea": "Sencha"})
    assert event["occurred_at"] == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (event["customer_id"], mei["email"], mei["first_name"]) == (mei["id"], "mei@example.com", "Mei")
    assert web.one(LearntEvent)["name"] == "Tea Tasted"


def test_an_order_told_in_our_own_words_enters_welcome_with_the_consent_it_tells(web: Web) -> None:
    customer = {**MEI, "email_consent": True, "email_consent_at": "2026-03-02T10:00:00Z"}
    assert tell(web, {"event": "Order Completed", "customer": customer, "properties": BOUGHT}).status == 200
    assert (web.one(Customer)["spent_minor"], web.one(Customer)["currency"]) == (4000, "EUR")
    assert web.one(Order)["source"] == "webhook"
    assert web.one(Enrollment)["journey"] == "welcome"
    assert (web.one(Consent)["granted"], web.one(Consent)["channel"]) == (True, "email")


def test_an_event_of_nobody_is_the_shops(web: Web) -> None:
    assert tell(web, {"event": "Product Released", "properties": {"product_id": "5"}}).status == 200
    assert web.one(Event)["customer_id"] is None
    assert web.rows(Customer) == []


def test_the_same_id_is_one_event_and_another_id_another(web: Web) -> None:
    body = {"event": "Tea Tasted", "customer": MEI}
    assert [tell(web, body, name).status for name in ("a", "a", "b", "a")] == [200] * 4
    assert len(web.rows(Event)) == 2


def test_either_secret_will_do_and_so_does_one_signature_of_several(quick: Web) -> None:
    raw = json.dumps({"event": "Tea Tasted"}).encode()
    assert tell(quick, raw, "a", secret=OTHER_WHSEC).status == 200
    headers = signed(raw, "b")
    headers["webhook-signature"] = (
        f"v1a,aaaa {signed(raw, 'b', 'b3RoZXI=')['webhook-signature']} {headers['webhook-signature']}"
    )
    assert quick.call("POST", "/webhooks/events", raw, headers).status == 200
    assert len(quick.rows(Event)) == 2


_RAW = b'{"event": "Tea Tasted"}'


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "a", "webhook-signature": "v1,aaaa"},
        {**signed(_RAW), "webhook-signature": ""},
        {**signed(_RAW), "webhook-signature": "v1"},
        {**signed(_RAW), "webhook-signature": "v1,\u00fc"},
        {**signed(_RAW), "webhook-signature": "a,b,c v1,aaaa"},
        {**signed(_RAW), "webhook-timestamp": "nan"},
        {**signed(_RAW), "webhook-timestamp": "1e400"},
        {**signed(_RAW), "webhook-id": "another"},
        signed(b'{"event": "Other"}'),
        signed(_RAW, secret="b3RoZXI="),
        signed(_RAW, ago=86_400),
        signed(_RAW, ago=-86_400),
    ],
)
def test_what_is_not_signed_or_not_fresh_is_refused_and_nothing_is_written(web: Web, headers: dict[str, str]) -> None:
    before = web.count()
    assert web.call("POST", "/webhooks/events", _RAW, headers).status == 401
    assert web.count() == before


def test_four_minutes_off_is_fresh_and_more_than_five_are_not(quick: Web) -> None:
    assert tell(quick, _RAW, "c", ago=302).status == tell(quick, _RAW, "d", ago=-310).status == 401
    assert tell(quick, _RAW, "a", ago=240).status == tell(quick, _RAW, "b", ago=-240).status == 200


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!", "\u00fc", ","])
def test_a_secret_that_is_none_lets_nobody_in(sqlite_database: Any, secret: str) -> None:
    from web_shop import running

    with running(sqlite_database, events_webhook_secret=secret) as web:
        assert tell(web, _RAW).status == 401
        assert web.call("GET", "/healthz").status == 204


def test_the_standards_own_vector_verifies_but_for_its_age(vectors: Callable[[str], Any]) -> None:
    (vector,) = [one for one in vectors("webhook_signature_vectors.json") if one["platform"] == "standard-webhooks"]
    at = datetime.fromtimestamp(int(vector["webhook-timestamp"]), UTC)
    assert Webhook(vector["secret"]).sign(vector["webhook-id"], at, vector["body"]) == vector["webhook-signature"]
    assert not standard_webhooks.verify(vector["body"].encode(), vector, [vector["secret"]])


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b'{"event": NaN}', 400),
        (b'{"a":' * 1_000 + b"1" + b"}" * 1_000, 400),
        (b"[" * 90_000, 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"event": 5}', 422),
        (b'{"event": "A", "timestamp": "soon"}', 422),
        (b'{"event": "A", "customer": {"first_name": "Mei"}}', 422),
        (b'{"event": "A", "customer": "Mei"}', 422),
        (b'{"event": "A", "properties": []}', 422),
        (b'{"event": "Order Completed", "customer": {"id": 1}}', 422),
        (b'{"event": "SMS Replied", "customer": {"id": 1}}', 422),
        (b'{"event": "Consent Given", "properties": {"channel": "email"}}', 422),
        (b'{"event": "A", "customer": {"id": 1, "sms_consent": "yes"}}', 422),
        (json.dumps({"event": "x" * 256}).encode(), 422),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_written(web: Web, raw: bytes, status: int) -> None:
    before = web.count()
    answer = tell(web, raw)
    assert answer.status == status
    assert len(json.loads(answer.body)["detail"]) > 10
    assert web.count() == before
    assert web.call("GET", "/readyz").status == 204


def test_what_is_too_large_or_has_too_long_an_id_is_refused(quick: Web) -> None:
    assert tell(quick, {"event": "A", "properties": {"note": "x" * LIMIT}}).status == 413
    assert tell(quick, {"event": "A"}, "i" * 256).status == 422
    assert tell(quick, {"event": "A"}, "i" * 255).status == 200


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "\u0000", "1e400"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["Order Completed", "Order Refunded", "Checkout Started", "Consent Given", "Customer Created", "Tea Tasted"]
)
MONEY = ("total", "total_minor", "currency", "items", "refund_id", "channel", "checkout_id")
WHO = ("email", "phone", "email_consent", "email_consent_at", "address", "tags", "locale", "timezone", "anonymous_id")
LINE = st.fixed_dictionaries({}, optional=dict.fromkeys(("price", "quantity", "product_id", "name", "sku"), JSON))
BOUGHT_ANYHOW = st.fixed_dictionaries(
    {"order_id": st.text(max_size=2) | JSON},
    optional={**dict.fromkeys(MONEY, JSON), "products": st.lists(LINE | JSON, max_size=2)},
)
PEOPLE = st.fixed_dictionaries({"id": st.integers(0, 3) | JSON}, optional=dict.fromkeys(WHO, JSON))


def test_whatever_is_signed_is_taken_or_refused_and_never_an_error_of_ours(web: Web) -> None:
    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.fixed_dictionaries(
            {"event": NAMES | JSON},
            optional={"timestamp": JSON, "customer": PEOPLE | JSON, "properties": BOUGHT_ANYHOW | JSON},
        )
    )
    def deliver(body: Any) -> None:
        assert tell(web, body, f"m{time.monotonic_ns()}").status in (200, 422)

    deliver()
    assert web.call("GET", "/readyz").status == 204
