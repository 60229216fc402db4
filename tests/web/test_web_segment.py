"""What becomes of a Segment client's calls, good and bad? Over HTTP, against the real process."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from segment_client import BOUGHT, MEI, NOW, batch, identify, send, track
from web_shop import Web

from regulars.store.customers import Consent, Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event, Inbound, LearntEvent, Rejected
from regulars.store.orders import Order
from regulars.store.schema import METADATA


def test_who_orders_by_segment_is_known_and_enters_welcome(web: Web) -> None:
    answer = send(web, "batch", batch(identify(1, MEI), track(2, "Order Completed", BOUGHT)), packed=True)
    assert (answer.status, json.loads(answer.body)) == (200, {"success": True})
    mei, order = web.one(Customer), web.one(Order)
    assert (mei["email"], mei["phone"], mei["first_name"]) == ("mei@example.com", "+14155550123", "Mei")
    assert (mei["orders"], mei["spent_minor"], mei["currency"]) == (1, 5970, "USD")
    assert (order["source"], order["external_id"], order["customer_id"]) == ("segment", "o1", mei["id"])
    assert web.one(Enrollment)["journey"] == "welcome"
    properties = web.one(Event)["properties"]
    assert (properties["first_item"], properties["item_count"], properties["total_minor"]) == ("Sencha", 3, 5970)
    assert properties["discount_codes"] == ["SPRING"]


def test_a_checkout_enters_abandoned_cart_and_its_order_takes_out(web: Web) -> None:
    cart = {"order_id": "c1", "value": 30, "products": [{"name": "Sencha", "price": 30}]}
    assert send(web, "track", track(1, "Checkout Started", cart)).status == 200
    entered = web.one(Enrollment)
    assert (entered["journey"], entered["key"], entered["outcome"]) == ("abandoned_cart", "c1", None)
    assert send(web, "track", track(2, "Order Completed", {"order_id": "c1", "total": 30})).status == 200
    assert web.one(Enrollment, journey="abandoned_cart")["outcome"] == "goal"


def test_a_refund_takes_back_what_it_says_whichever_came_first(web: Web) -> None:
    refund = track(1, "Order Refunded", {"order_id": "o1", "total": 9.7, "currency": "USD"})
    assert send(web, "batch", batch(refund, refund)).status == 200
    assert send(web, "track", track(2, "Order Completed", BOUGHT)).status == 200
    assert (web.one(Customer)["spent_minor"], web.one(Order)["refunded_minor"]) == (5000, 970)
    cancelled = track(3, "Order Cancelled", BOUGHT, timestamp=(NOW + timedelta(seconds=1)).isoformat())
    assert send(web, "track", cancelled).status == 200
    assert (web.one(Customer)["orders"], web.one(Order)["status"]) == (0, "cancelled")


def test_the_bad_one_of_a_batch_is_kept_apart_and_the_rest_goes_in(web: Web) -> None:
    bad = [
        track(2, ""),
        track(3, "Tasted", userId=None),
        track(4, "Order Completed", {"revenue": 1}),
        track(5, "Order Completed", {"order_id": "o2", "revenue": "much"}),
        track(6, "Tasted", {"note": "\u8336" * 11_000}),
        track(7, "Tasted", timestamp="yesterday"),
        track(8, "Email Opened"),
        {"type": "bought", "userId": "u1"},
        "text",
        None,
        track(9, "Tasted", messageId="m" * 100),
        identify(10, {"email_consent": "false"}),
    ]
    body = batch(track(0, "Tasted"), *bad, track(1, "Tasted"))
    for _ in range(2):
        answer = send(web, "batch", body)
        assert answer.status == 200
        told = json.loads(answer.body)
        assert told["success"] is True
        assert [one["index"] for one in told["rejected"]] == [*range(1, 13)]
    assert len(web.rows(Event, name="Tasted")) == 2
    kept = web.rows(Rejected)
    assert {row["reason"] for row in kept} == {one["reason"] for one in told["rejected"]}
    assert len(kept) == len(bad)
    assert {row["source"] for row in kept} == {"segment"}
    assert max(len(row["body"]) for row in kept) <= 32 << 10
    assert any('"order_id": "o2"' in row["body"] for row in kept)
    reasons = " ".join(row["reason"] for row in kept)
    assert "properties.order_id: expected an id" in reasons
    assert "userId or an anonymousId" in reasons
    assert "much" not in reasons


def test_one_bad_event_alone_is_refused_in_words_and_kept(web: Web) -> None:
    answer = send(web, "track", track(1, "Order Completed", {}))
    assert (answer.status, json.loads(answer.body)["success"]) == (400, False)
    assert "order_id" in json.loads(answer.body)["message"]
    assert len(web.rows(Rejected)) == 1
    assert web.rows(Event) == web.rows(Inbound) == []
    assert send(web, "track", track(1, "Order Completed", BOUGHT)).status == 200  # mended, under the same id
    assert len(web.rows(Event)) == 1


def test_the_same_batch_many_times_at_once_is_one(web: Web) -> None:
    body = batch(identify(1, MEI), track(2, "Order Completed", BOUGHT), track(3, "Tasted"), track(3, "Tasted"), 5)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: send(web, "batch", body).status, range(36)))
    assert set(answers) == {200}
    counts = web.count()
    names = ("inbound", "customer", "shop_order", "event", "enrollment", "rejected", "learnt_event")
    assert [counts[name] for name in names] == [3, 1, 1, 2, 1, 1, 1]


def test_pages_and_screens_are_events_and_a_groups_traits_are_nobodys(web: Web) -> None:
    page = {**track(1, ""), "type": "page", "name": "Home", "category": "Docs", "properties": {"url": "https://x"}}
    screen = {**track(2, ""), "type": "screen", "name": None, "category": "Home"}
    group = {**track(3, ""), "type": "group", "groupId": "g1", "traits": {"email": "all@example.com", "name": "Co"}}
    assert send(web, "batch", batch(page, screen, group)).status == 200
    assert [web.one(Event, name=name)["properties"] for name in ("Page Viewed", "Screen Viewed")] == [
        {"url": "https://x", "name": "Home", "category": "Docs"},
        {"category": "Home"},
    ]
    assert web.one(Customer)["email"] is None


def test_a_senders_clock_that_is_off_is_set_right(quick: Web) -> None:
    ahead = datetime.now(UTC) + timedelta(days=300)
    body = batch(track(1, "Tasted", timestamp=(ahead - timedelta(hours=1)).isoformat()))
    assert send(quick, "batch", {**body, "sentAt": ahead.isoformat()}).status == 200
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert abs(quick.one(Event)["occurred_at"] - hour_ago) < timedelta(seconds=30)
    for number, sent_at in enumerate(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", 5, None]):
        event = track(10 + number, "Tasted", timestamp="9999-12-31T23:59:59Z")
        assert send(quick, "batch", {**batch(event), "sentAt": sent_at}).status == 200
    assert max(row["occurred_at"] for row in quick.rows(Event)) <= datetime.now(UTC)


def test_names_of_the_shops_own_events_are_learnt(web: Web) -> None:
    assert (
        send(web, "batch", batch(track(1, "Tea Tasted"), track(2, "Product Viewed"), track(3, "Tea Tasted"))).status
        == 200
    )
    assert [row["name"] for row in web.rows(LearntEvent)] == ["Tea Tasted"]


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("captured_segment-analytics-python-2.4.0_batch.json", 4),
        ("captured_segment-analytics-node_batch.json", 2),
        ("captured_rudderstack-node_batch.json", 1),
        ("captured_rudderstack-python_batch.json", 1),
    ],
)
def test_what_real_clients_sent_is_taken(web: Web, vectors: Callable[[str], Any], name: str, events: int) -> None:
    captured = vectors(name)
    keys = captured["headers"]["Authorization"]
    from base64 import b64decode

    from web_shop import running

    key = b64decode(keys.partition(" ")[2]).decode().removesuffix(":")
    with running(web.database, segment_write_keys=key) as own:
        answer = send(own, "batch", captured["body"], headers={"authorization": keys})
        assert (answer.status, json.loads(answer.body)) == (200, {"success": True})
        assert len(own.rows(Event)) == events
        assert own.one(Order)["external_id"] == "o1"
        assert len(own.rows(Enrollment, journey="welcome")) == 1


def test_whatever_is_sent_is_taken_or_kept_apart_and_never_an_error_of_ours(web: Web) -> None:
    whatever = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.sampled_from(["x" * 256, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "\u0000", "\ud800", "-1"]),
        st.lists(st.integers(-9, 9), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(-9, 9), max_size=2),
    )
    names = ("anonymousId", "messageId", "timestamp", "context", "previousId", "groupId", "traits", "sentAt")
    money = ("order_id", "total", "revenue", "currency", "products", "refund_id", "channel", "coupon", "checkout_id")
    traits = st.dictionaries(st.sampled_from(["email", "phone", "address", "email_consent", "tags"]), whatever)
    known = ["Order Completed", "Order Refunded", "Checkout Started", "Order Shipped", "Consent Given", "Tasted"]
    event = st.fixed_dictionaries(
        {
            "type": st.sampled_from(["track", "track", "identify", "alias", "group", "page"]) | whatever,
            "userId": st.sampled_from(["u1", "u2", "u3"]) | whatever,
            "event": st.sampled_from(known) | whatever,
            "properties": st.dictionaries(st.sampled_from(money), whatever | st.sampled_from(["o1", "o2", "USD", 7])),
        },
        optional=dict.fromkeys(names, whatever) | {"traits": traits | whatever},
    )

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(event | whatever, max_size=6), st.booleans(), whatever)
    def deliver(events: list[Any], packed: bool, sent_at: Any) -> None:
        before = len(web.rows(Rejected))
        answer = send(web, "batch", {"batch": events, "sentAt": sent_at}, packed=packed)
        assert answer.status == 200, answer.body
        assert len(web.rows(Rejected)) - before <= len(json.loads(answer.body).get("rejected", []))

    deliver()
    assert web.call("GET", "/readyz").status == 204


TOLD = [
    identify(1, MEI, anonymousId="a1"),
    track(2, "Order Completed", BOUGHT),
    track(3, "Order Refunded", {"order_id": "o1", "refund_id": "r1", "total": 5}),
    track(4, "Order Cancelled", {"order_id": "o2", "total": 9}, timestamp=(NOW - timedelta(hours=1)).isoformat()),
    track(5, "Order Completed", {"order_id": "o2", "total": 9}, timestamp=(NOW - timedelta(hours=2)).isoformat()),
    track(6, "Consent Withdrawn", {"channel": "email"}),
    identify(7, {**MEI, "firstName": "May", "email_consent": True}, timestamp=(NOW - timedelta(hours=1)).isoformat()),
    track(8, "Tasted", {"tea": "Sencha"}, userId="u1", anonymousId="a1"),
    track(9, "Tasted", {}, userId=None),
]


_KNOWN = ("email", "first_name", "orders", "spent_minor")
_WORD = {"channel": "email"}  # whether a word of consent changes what holds depends on what came before


def test_calls_in_any_order_and_company_and_again_come_to_the_same(web: Web) -> None:
    def held() -> Any:
        found = {
            "customers": [
                (row["email"], row["first_name"], row["orders"], row["spent_minor"]) for row in web.rows(Customer)
            ],
            "orders": sorted((row["external_id"], row["status"], row["refunded_minor"]) for row in web.rows(Order)),
            "consents": sorted((row["granted"], row["occurred_at"]) for row in web.rows(Consent)),
            "events": sorted(
                (row["name"], row["occurred_at"]) for row in web.rows(Event) if "Consent" not in row["name"]
            ),
            "rejected": len(web.rows(Rejected)),
        }
        with web.database.write() as connection:
            for one in reversed(METADATA.sorted_tables):
                if one.name not in ("live", "live_journey", "journey_version", "house_version", "template_set"):
                    connection.execute(one.delete())
        return found

    assert send(web, "batch", {"batch": TOLD}).status == 200
    expected = held()
    assert expected["customers"] == [("mei@example.com", "Mei", 1, 5470)]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.permutations([*TOLD, TOLD[1], TOLD[5]]), st.integers(0, 10))
    def deliver(events: list[Any], cut: int) -> None:
        for part in (events[:cut], events[cut:], events[cut:]):
            assert send(web, "batch", {"batch": part}).status == 200
        assert held() == expected

    deliver()
