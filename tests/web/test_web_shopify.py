"""What becomes of a Shopify webhook, genuine or not? Over HTTP, against the real process."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_shop import LIMIT, Web, order, signed

from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.orders import Order


def test_a_genuine_order_is_on_disk_when_it_is_answered_and_enters_welcome(web: Web) -> None:
    assert web.shopify(order(1)).status == 200
    assert (web.one(Customer)["email"], web.one(Customer)["orders"]) == ("mei1@example.com", 1)
    assert web.one(Enrollment)["journey"] == "welcome"


def test_shopifys_own_samples_are_taken_by_their_signatures(
    web: Web, vectors: Callable[[str], Any], payloads: Path
) -> None:
    (vector,) = [one for one in vectors("webhook_signature_vectors.json") if one["platform"] == "shopify"]
    raw = (payloads / vector["file"]).read_bytes()
    headers = {vector["header"]: vector["value"], **vector["other_headers"]}
    assert web.call("POST", "/webhooks/shopify", raw, headers).status == 200
    assert web.one(Order)["total_minor"] == 40994
    topics = {
        "shopify_checkouts_update.json": "checkouts/update",
        "shopify_customers_create.json": "customers/create",
        "shopify_orders_create.no_contact.json": "orders/create",
        "shopify_refunds_create.json": "refunds/create",
    }
    for name, topic in topics.items():
        assert web.shopify((payloads / name).read_bytes(), topic).status == 200, name
    assert {row["refunded_minor"] for row in web.rows(Order)} == {0, 20900}


@pytest.mark.parametrize(
    "claimed",
    [
        {},
        {"x-shopify-hmac-sha256": ""},
        {"x-shopify-hmac-sha256": "x" * 44},
        {"x-shopify-hmac-sha256": "\u00fc\u00df"},
        {"x-shopify-hmac-sha256": signed(b"another body")["x-shopify-hmac-sha256"]},
        {"x-shopify-hmac-sha256": signed(order(1), secret="of another shop")["x-shopify-hmac-sha256"]},
        {"x-shopify-hmac-sha256": signed(order(1), secret="")["x-shopify-hmac-sha256"]},
    ],
)
def test_what_is_not_signed_is_refused_and_nothing_is_written(web: Web, claimed: dict[str, str]) -> None:
    before = web.count()
    headers = {"x-shopify-topic": "orders/create", "x-shopify-event-id": "e1", **claimed}
    assert web.call("POST", "/webhooks/shopify", order(1), headers).status == 401
    assert web.count() == before


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b'{"id": NaN}', 400),
        ('{"id": "\u00fc"}'.encode("latin-1"), 400),
        (b"\xff\xfe{\x00}\x00", 400),
        (b"[" * 1_000 + b"]" * 1_000, 400),
        (b'{"a":' * 1_000 + b"1" + b"}" * 1_000, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"id": {"$gt": ""}}', 422),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_written(web: Web, raw: bytes, status: int) -> None:
    before = web.count()
    answer = web.shopify(raw)
    assert answer.status == status
    assert len(json.loads(answer.body)["detail"]) > 10
    assert web.count() == before


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_body_nested_a_million_deep_is_refused_and_the_process_lives(sqlite_database: Any, opening: bytes) -> None:
    from web_shop import running

    with running(sqlite_database, body_limit=10_000_000) as web:
        before = web.count()
        assert web.shopify(opening * 1_000_000).status == 400
        assert web.count() == before
        assert web.call("GET", "/healthz").status == 204
        assert web.shopify(order(1)).status == 200


def test_a_body_over_the_limit_is_refused_before_it_is_read_to_its_end(quick: Web) -> None:
    before = quick.count()
    raw = order(1, note="x" * LIMIT)
    assert quick.shopify(raw).status == 413
    connection = http.client.HTTPConnection("127.0.0.1", quick.port, timeout=20)
    chunks = (raw[at : at + 10_000] for at in range(0, len(raw), 10_000))
    connection.request("POST", "/webhooks/shopify", chunks, signed(raw), encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert quick.count() == before


def test_a_chunked_body_within_the_limit_is_taken(quick: Web) -> None:
    raw = order(1)
    connection = http.client.HTTPConnection("127.0.0.1", quick.port, timeout=20)
    connection.request("POST", "/webhooks/shopify", iter([raw[:7], raw[7:]]), signed(raw), encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()


def test_an_unknown_topic_is_answered_well_and_nothing_is_written(web: Web) -> None:
    before = web.count()
    assert web.shopify(order(1), "themes/publish").status == 200
    assert web.shopify(order(1), "").status == 200
    assert web.count() == before


def test_an_order_of_nobody_is_taken_and_nobody_hears_of_it(web: Web) -> None:
    assert web.shopify(order(1, email="", customer=None)).status == 200
    assert web.one(Order)["customer_id"] is None
    assert web.rows(Customer) == web.rows(Enrollment) == []


@pytest.mark.parametrize(
    "text", ["\u0000", "\ud800", "\U0001f375", "x" * 5_000, "<script>", "'; DROP TABLE customer; --"]
)
def test_any_text_is_stored_as_it_came_or_as_near_as_can_be(web: Web, text: str) -> None:
    customer = {"id": 901, "email": "mei1@example.com", "first_name": text}
    assert web.shopify(order(1, customer=customer)).status == 200
    stored = "\ufffd" if text in ("\u0000", "\ud800") else text
    assert web.one(Customer)["first_name"] == stored


def test_the_same_delivery_many_times_at_once_is_one(web: Web) -> None:
    raw = order(1)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: web.shopify(raw).status, range(48)))
    assert set(answers) == {200}
    counts = web.count()
    names = ("inbound", "customer", "shop_order", "enrollment", "outbox", "consent", "event_key")
    assert [counts[name] for name in names] == [1, 1, 1, 1, 1, 1, 0]


def test_many_orders_of_few_customers_at_once_add_up(web: Web) -> None:
    bodies = [
        order(number, email=f"mei{number % 3}@example.com", customer={"id": 900 + number % 3}) for number in range(36)
    ]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda raw: web.shopify(raw).status, bodies))
    assert set(answers) == {200}
    assert sorted((row["orders"], row["spent_minor"]) for row in web.rows(Customer)) == [(12, 48_000)] * 3
    assert len(web.rows(Enrollment, journey="welcome")) == 3


_LONG = "".join(f"{n:x}" for n in range(5_000))  # what no database shortens much


@pytest.mark.parametrize("length", [256, 15_000])
@pytest.mark.parametrize(
    ("field", "topic"),
    [
        ("id", "orders/create"),
        ("checkout_id", "orders/create"),
        ("checkout_token", "orders/create"),
        ("cart_token", "orders/create"),
        ("token", "checkouts/update"),
        ("id", "checkouts/update"),
        ("id", "customers/update"),
        ("id", "refunds/create"),
        ("order_id", "refunds/create"),
        ("order_id", "fulfillments/create"),
        ("customer_id", "customers_email_marketing_consent/update"),
    ],
)
def test_an_id_too_long_for_an_index_is_refused_in_words(web: Web, field: str, topic: str, length: int) -> None:
    before = web.count()
    answer = web.shopify(order(1, **{"order_id": 7, field: _LONG[:length]}), topic)
    assert answer.status == 422
    assert json.loads(answer.body)["detail"] == f"{field}: expected at most 255 characters, found {length}"
    assert web.count() == before


def test_an_id_as_long_as_may_be_is_taken(web: Web) -> None:
    wide = "\U0001f375" * 255
    assert web.shopify(order(1, id=wide, checkout_id=wide, checkout_token=wide)).status == 200
    assert web.one(Order)["external_id"] == wide
    assert web.shopify(order(1), x_shopify_event_id="e" * 255).status == 200


@pytest.mark.parametrize("name", ["x_shopify_event_id", "x_shopify_webhook_id"])
def test_a_deliverys_own_id_that_is_too_long_is_refused_in_words(web: Web, name: str) -> None:
    before = web.count()
    given = {"x_shopify_event_id": "", name: _LONG[:10_000]}
    answer = web.shopify(order(1), **given)
    assert answer.status == 422
    assert b"expected at most 255 characters, found 10000" in answer.body
    assert web.count() == before


@pytest.mark.parametrize("topic", ["orders/create", "checkouts/update", "customers/update"])
def test_any_other_text_of_any_length_is_taken(web: Web, topic: str) -> None:
    fields = ("name", "email", "phone", "note", "tags", "first_name", "locale", "abandoned_checkout_url", "title")
    long = _LONG[:4_000]
    line = {"product_id": 5, "sku": long, "title": long, "quantity": 1, "price": "1.00"}
    told = {**dict.fromkeys(fields, long), "line_items": [line]}
    assert web.shopify(order(1, **told, customer={"id": 901, **told}), topic).status == 200


def mutated(value: Any) -> st.SearchStrategy[Any]:
    """The same with one thing in it replaced by anything, or left out."""
    anything = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
        st.sampled_from(
            [
                _LONG,
                "x" * 256,
                "9" * 13,
                "-1",
                "1e400",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59Z",
                "\u0000",
                "\ud800",
            ]
        ),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    )
    if isinstance(value, dict) and value:
        key = st.sampled_from(sorted(value))
        inner = key.flatmap(lambda one: mutated(value[one]).map(lambda new: {**value, one: new}))
        without = key.map(lambda one: {name: other for name, other in value.items() if name != one})
        return st.one_of(inner, inner, inner, without, anything)
    if isinstance(value, list) and value:
        return st.one_of(mutated(value[0]).map(lambda new: [new, *value[1:]]), anything)
    return anything


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("shopify_orders_paid.json", "orders/paid"),
        ("shopify_checkouts_update.json", "checkouts/update"),
        ("shopify_customers_create.json", "customers/create"),
        ("shopify_refunds_create.json", "refunds/create"),
    ],
)
def test_what_is_mutated_is_taken_or_refused_and_never_an_error_of_ours(
    web: Web, vectors: Callable[[str], Any], name: str, topic: str
) -> None:
    genuine = vectors(name)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(mutated(genuine).flatmap(lambda once: st.one_of(st.just(once), mutated(once))))
    def deliver(body: Any) -> None:
        assert web.shopify(json.dumps(body).encode(), topic).status in (200, 400, 422)

    deliver()
    assert web.call("GET", "/readyz").status == 204
