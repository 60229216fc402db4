"""Does every body, however mangled, give an honest Arrival or an error that names the field?"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.intake import shopify
from regulars.intake.arrival import Arrival
from regulars.intake.body import read_json

OURS = {
    "orders/create": "order",
    "orders/paid": "order",
    "orders/cancelled": "order",
    "checkouts/create": "checkout",
    "checkouts/update": "checkout",
    "customers/create": "customer",
    "customers/update": "customer",
    "customers_email_marketing_consent/update": "email_consent",
    "customers_marketing_consent/update": "sms_consent",
    "refunds/create": "refund",
    "fulfillments/create": "fulfillment",
    "fulfillments/update": "fulfillment",
}
RECORDED = {
    "orders/paid": "shopify_orders_paid.json",
    "orders/create": "shopify_orders_create.no_contact.json",
    "checkouts/update": "shopify_checkouts_update.json",
    "customers/create": "shopify_customers_create.json",
    "refunds/create": "shopify_refunds_create.json",
}
TO_COME = "2031-01-01T00:00:00Z"
GONE = object()
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        3.5,
        1e300,
        2**63,
        "",
        " ",
        "x",
        "-5",
        "1e9",
        "NaN",
        "USD",
        "usd",
        "2020-13-01",
        "2020-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-03-01T10:00:00",
        TO_COME,
        "\ufffd",
        "\u0663",
        "+" * 80,
        "x" * 256,
        "subscribed",
        "delivered",
        "refund",
        [],
        {},
        [None],
        [[]],
        [{}],
        {"id": 1},
        {"state": 5},
        [{"price": None}],
    ]
)
FIELDS = st.sampled_from([
    "id", "order_id", "customer", "email", "phone", "line_items", "currency", "total_price", "price", "quantity",
    "state", "transactions", "amount", "kind", "status", "shipping_address", "country_code", "updated_at",
    "tags", "test",
])  # fmt: skip
RANDOM = st.dictionaries(
    FIELDS, st.recursive(ODD, lambda x: st.lists(x, max_size=3) | st.dictionaries(FIELDS, x, max_size=5), max_leaves=12)
)
Path = tuple[str | int, ...]
Read = Callable[..., Arrival]
Sample = Callable[[str], dict[str, Any]]
Payload = Callable[[str], bytes]
FIELD_NAMED = re.compile(r"^[a-z_]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)*: expected ")
ZERO = timedelta(0)


@pytest.fixture
def received(read: Read) -> datetime:
    """When bodies are received: what tells no time of its own happened then."""
    return read("customers/create", {"id": 1}).events[0].occurred_at


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield (*here, key)
        yield from paths(child, (*here, key))


def mangled(body: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """A copy with one to four fields dropped or replaced."""
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, min(4, len(body))))):
        *way, last = data.draw(st.sampled_from(sorted(paths(body), key=repr)))
        target: Any = body
        for key in way:
            target = target[key]
        if data.draw(st.booleans()):
            target.pop(last)
        else:
            target[last] = copy.deepcopy(data.draw(ODD))
    return body


def outcome(read: Read, topic: str, body: dict[str, Any]) -> Arrival | str:
    """What was read, or how it was refused."""
    try:
        return read(topic, body)
    except ValueError as wrong:
        return str(wrong)


def dishonest(found: Arrival | str, received: datetime) -> list[str]:
    """What is wrong with an outcome: facts that nobody can have told, or an error that names no field."""
    if isinstance(found, str):
        return [] if FIELD_NAMED.match(found) else [f"no field is named: {found}"]
    moments = [event.occurred_at for event in found.events] + [fact.occurred_at for fact in found.consents]
    moments += [found.person.asserted_at] if found.person else []
    moments += [found.order.placed_at, found.order.updated_at] if found.order else []
    moments += [found.refund.occurred_at] if found.refund else []
    holds = {
        "a moment is to come, or not in UTC": all(one <= received and one.utcoffset() == ZERO for one in moments),
        "a person is known by nothing": found.person is None or bool(found.person.identities),
        "a consent is nobody's": found.consents == () or found.person is not None,
        "a refund is of nothing": found.refund is None or found.refund.amount_minor > 0,
        "a test order happened": not (found.order and found.order.test and found.events),
        "a property is no JSON": all(is_json(event.properties) for event in found.events),
    }
    return [fault for fault, held in holds.items() if not held]


def is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("topic", shopify.TOPICS)
def test_every_topic_reads_its_sample(topic: str, sample: Sample, read: Read, received: datetime) -> None:
    arrival = outcome(read, topic, sample(OURS[topic]))
    assert isinstance(arrival, Arrival), arrival
    assert dishonest(arrival, received) == []


@pytest.mark.parametrize("topic", shopify.TOPICS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_mangled_sample_is_read_honestly_or_refused_by_name(
    topic: str, sample: Sample, read: Read, received: datetime, data: st.DataObject
) -> None:
    assert dishonest(outcome(read, topic, mangled(sample(OURS[topic]), data)), received) == []


@pytest.mark.parametrize("topic", sorted(RECORDED))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_mangled_recording_is_read_honestly_or_refused_by_name(
    topic: str, payload: Payload, read: Read, received: datetime, data: st.DataObject
) -> None:
    assert dishonest(outcome(read, topic, mangled(read_json(payload(RECORDED[topic])), data)), received) == []


@pytest.mark.parametrize("topic", shopify.TOPICS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=RANDOM)
def test_a_random_body_is_read_honestly_or_refused_by_name(
    topic: str, read: Read, received: datetime, body: dict[str, Any]
) -> None:
    assert dishonest(outcome(read, topic, body), received) == []


@pytest.mark.parametrize("topic", sorted(RECORDED))
def test_any_one_field_of_a_recording_may_be_null_or_gone_and_any_moment_to_come(
    topic: str, payload: Payload, read: Read, received: datetime
) -> None:
    raw = payload(RECORDED[topic])
    refused = set()
    for *way, last in paths(read_json(raw)):
        for instead in (GONE, None, *([TO_COME] if str(last).endswith("_at") else [])):
            body = read_json(raw)
            target = body
            for key in way:
                target = target[key]
            if instead is GONE:
                target.pop(last)
            else:
                target[last] = instead
            found = outcome(read, topic, body)
            assert dishonest(found, received) == []
            if isinstance(found, str):
                refused.add(last if isinstance(last, str) else "[]")
    # Only what an order, a checkout or a refund cannot be without.
    assert refused <= {"id", "order_id", "currency", "total_price", "price", "quantity", "amount", "[]"}


@pytest.mark.parametrize(
    ("topic", "name", "path", "value", "message"),
    [
        ("orders/create", "order", ("line_items", 1, "price"), "ten", "line_items[1].price: expected a plain decimal"),
        (
            "orders/create",
            "order",
            ("line_items", 0, "quantity"),
            1.5,
            "line_items[0].quantity: expected a whole number",
        ),
        (
            "orders/create",
            "order",
            ("line_items", 0, "quantity"),
            True,
            "line_items[0].quantity: expected a whole number",
        ),
        ("orders/create", "order", ("customer",), [], "customer: expected an object, found a list"),
        (
            "orders/create",
            "order",
            ("customer", "default_address"),
            "NYC",
            "customer.default_address: expected an object",
        ),
        ("orders/create", "order", ("currency",), "US", "currency: expected an ISO 4217 currency"),
        (
            "orders/create",
            "order",
            ("updated_at",),
            "2026-03-01T10:00:00",
            "updated_at: expected an ISO 8601 time with its",
        ),
        ("checkouts/create", "checkout", ("id",), None, "id: expected an id, found nothing"),
        ("checkouts/create", "checkout", ("total_price",), "-1", "total_price: expected an amount not below 0"),
        (
            "refunds/create",
            "refund",
            ("transactions", 0, "amount"),
            {},
            "transactions[0].amount: expected an amount of",
        ),
        ("fulfillments/create", "fulfillment", ("order_id",), True, "order_id: expected text, found true or false"),
    ],
)
def test_an_error_names_the_field_and_what_was_expected(
    topic: str,
    name: str,
    path: Path,
    value: Any,
    message: str,
    sample: Sample,
    read: Read,
) -> None:
    body = sample(name)
    target: Any = body
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ValueError, match=re.escape(message)):
        read(topic, body)


def test_a_misspelt_field_is_pointed_out(sample: Sample, read: Read) -> None:
    body = sample("checkout")
    body["total_prize"] = body.pop("total_price")
    with pytest.raises(ValueError, match=r"total_price: .* the nearest field is total_prize"):
        read("checkouts/create", body)


def test_no_error_quotes_a_customers_data(sample: Sample, read: Read) -> None:
    body = sample("order") | {"customer": ["ada@example.com"]}
    with pytest.raises(ValueError, match="customer") as caught:
        read("orders/create", body)
    assert "ada" not in str(caught.value)
