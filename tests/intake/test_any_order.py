"""Does what is delivered come to the same in any order, any company and however often? Properties, on both stores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_shop import HOUR, MINUTE, START, Shop, Snapshot, completed, order, refund, snapshot

from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.intake.accept import Delivery
from regulars.intake.arrival import Arrival, Happened, OrderLine
from regulars.store.enrollments import Enrollment
from regulars.store.messages import Message
from regulars.store.statements import add

FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What must not depend on order. Carts entered once a week, and first orders that others' cancelling makes first, do.
_ALWAYS = ("customers", "orders", "lines", "consents", "standings", "suppressions")
_KEYED = ("parcel", "every_cart", "mail")

moments = st.integers(0, 9).map(lambda hours: START + hours * HOUR)


@st.composite
def persons(draw: st.DrawFn, who: int | None = None) -> Person:
    """One of three people, with the shop's id and an e-mail or by the e-mail alone, and what is said of them."""
    number = draw(st.integers(0, 2)) if who is None else who
    email = f"p{number}@example.com"
    ids = (("shopify", f"s{number}"), ("email", email)) if draw(st.booleans()) else (("email", email),)
    return Person(
        ids,
        draw(moments),
        email=email,
        first_name=draw(st.sampled_from([None, "A", "B"])),
        last_name=draw(st.sampled_from([None, "C", "D"])),
        locale=draw(st.sampled_from([None, "en-US", "de-DE"])),
        country=draw(st.sampled_from([None, "US", "DE"])),
        province=draw(st.sampled_from([None, "NY"])),
        tags=draw(st.sampled_from([None, (), ("vip",)])),
    )


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Something told of one of four orders; its buyer may be left out."""
    number = draw(st.integers(0, 3))
    placed = START + number * MINUTE
    total = draw(st.sampled_from([1000, 2000]))
    facts = order(
        str(number),
        placed,
        updated_at=draw(moments),
        status=draw(st.sampled_from(["placed", "paid", "paid"])),
        total_minor=total,
        currency=["USD", "EUR", "USD", "USD"][number],
        checkout_id=str(number),
        lines=(OrderLine("5", "6", "A", "Sencha", total // 1000, total),),
    )
    events = (completed(facts), Happened("Order Paid", placed, {"order_id": str(number)}, once=f"paid {number}"))
    person = draw(st.one_of(st.none(), persons(number % 3)))
    return {"events": events[: draw(st.integers(1, 2))], "person": person, "order": facts, "about_order": facts.id}


@st.composite
def after_sales(draw: st.DrawFn) -> dict[str, Any]:
    """A refund or a parcel of an order, whose buyer it does not name."""
    number = draw(st.integers(0, 3))
    about = str(number)
    if draw(st.booleans()):
        which = draw(st.integers(0, 1))
        told = refund(f"r{number}-{which}", about, 300, ["USD", "EUR"][which])
        return {"refund": told, "about_order": about}
    shipped = Happened("Order Shipped", START + HOUR, {"order_id": about}, once=f"shipped {number}")
    return {"events": (shipped,), "about_order": about}


@st.composite
def others(draw: st.DrawFn) -> dict[str, Any]:
    """A word of consent, a checkout begun, a customer made or changed."""
    number = draw(st.integers(0, 2))
    person = draw(persons(number))
    what = draw(st.sampled_from(["consent", "checkout", "created", "updated"]))
    if what == "consent":
        channel = draw(st.sampled_from(["email", "sms"]))
        return {"person": person, "consents": (ConsentFact(channel, draw(st.booleans()), draw(moments), "test"),)}
    if what == "checkout":
        key = draw(st.sampled_from([str(number), str(number + 10)]))
        event = Happened("Checkout Started", START - MINUTE, {"checkout_id": key}, once=f"checkout {key}")
    elif what == "created":
        event = Happened("Customer Created", START, {}, once=f"created {number}")
    else:
        event = Happened("Customer Updated", draw(moments), {})
    return {"person": person, "events": (event,)}


def arrivals() -> st.SearchStrategy[list[Arrival]]:
    told = st.lists(st.one_of(orders(), orders(), after_sales(), others()), min_size=1, max_size=9)
    return told.map(lambda many: [Arrival("shopify", f"d{n}", "topic", **one) for n, one in enumerate(many)])


def taken(shop: Shop, batches: Sequence[Sequence[Arrival]]) -> Snapshot:
    """What an empty shop holds after these."""
    shop.clear()
    for batch in batches:
        shop.deliver([Delivery(arrival, shop.now) for arrival in batch])
    return snapshot(shop)


def parted(draw: st.DrawFn, items: Sequence[Any]) -> list[list[Any]]:
    """The same in the same order, in companies of any size."""
    batches: list[list[Any]] = [[]]
    for one in items:
        if batches[-1] and draw(st.booleans()):
            batches.append([])
        batches[-1].append(one)
    return batches


@FEW
@given(st.data())
def test_what_comes_together_comes_to_what_it_comes_to_one_by_one(shop: Shop, data: st.DataObject) -> None:
    told = data.draw(arrivals())
    together = data.draw(st.composite(parted)(told))  # type: ignore[arg-type]
    assert taken(shop, together) == taken(shop, [[one] for one in told])


@FEW
@given(st.data())
def test_replayed_reordered_or_duplicated_deliveries_change_nothing(shop: Shop, data: st.DataObject) -> None:
    told = data.draw(arrivals())
    again = told + data.draw(st.lists(st.sampled_from(told), max_size=4))
    shuffled = data.draw(st.composite(parted)(data.draw(st.permutations(again))))  # type: ignore[arg-type]
    here, there = taken(shop, [[one] for one in told]), taken(shop, shuffled)
    assert {name: here[name] for name in _ALWAYS} == {name: there[name] for name in _ALWAYS}
    assert _told_events(here) == _told_events(there)
    assert _keyed(here) == _keyed(there)
    assert _first(here) == _first(there)


def _keyed(found: Snapshot) -> set[Any]:
    return {one for one in found["entered"] if one[0] in _KEYED}


def _first(found: Snapshot) -> set[Any]:
    return {one for one in found["entered"] if one[0] == "first_order"}


KINDS: list[ReceiptKind] = [
    *("accepted", "deferred", "delivered", "opened", "clicked", "bounced", "blocked", "complained"),  # type: ignore[list-item]
    *("unsubscribed", "failed", "restarted", "other"),  # type: ignore[list-item]
]


@st.composite
def reports(draw: st.DrawFn) -> list[Receipt]:
    """What a vendor says of two messages of ours, one not ours, and of addresses; each at a second of its own."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        message = draw(st.sampled_from(["m0", "m1", "stranger", None]))
        found.append(
            Receipt(
                "sendgrid",
                f"e{number}",
                draw(st.sampled_from(KINDS)),
                "email",
                START + timedelta(seconds=draw(st.integers(0, 30)) * 10 + number),
                message_id=message,
                vendor_id=f"v{message}",
                address=draw(st.sampled_from(["p0@example.com", "P1@Example.com"])),
                code=draw(st.sampled_from([None, "550", "551"])),
                machine=draw(st.booleans()),
            )
        )
    return found


@FEW
@given(st.data())
def test_reports_come_to_the_same_in_any_order_and_however_often(shop: Shop, data: st.DataObject) -> None:
    told = data.draw(reports())
    again = told + data.draw(st.lists(st.sampled_from(told), max_size=4))
    shuffled = data.draw(st.composite(parted)(data.draw(st.permutations(again))))  # type: ignore[arg-type]
    assert reported(shop, [[one] for one in told]) == reported(shop, shuffled)


def reported(shop: Shop, batches: Sequence[Sequence[Receipt]]) -> Any:
    shop.clear()
    for number in range(2):
        person = Person((("email", f"p{number}@example.com"),), START, email=f"p{number}@example.com")
        shop.take(Arrival("shopify", f"c{number}", "t", person, (Happened("Customer Created", START, {}),)))
    with shop.database.write() as connection:
        add(connection, Message, [_message(shop, number) for number in range(2)])
    for batch in batches:
        shop.report(*batch)
    # When it was first known that the vendor has it is told by whoever tells it first.
    kept = [
        {k: v for k, v in row.items() if k not in ("accepted_at", "enrollment_id", "customer_id", "send_key")}
        for row in shop.rows(Message)
    ]
    found = snapshot(shop)
    return kept, [found[name] for name in ("consents", "standings", "suppressions")], _told_events(found)


def _told_events(found: Snapshot) -> Any:
    """That consent changed is told when it does, and a word that comes in late, or at the instant of another that
    outweighs it, changes nothing any more: of a grant and a later withdrawal there are two changes, or one. What was
    said and what holds is compared instead."""
    return {one: count for one, count in found["events"].items() if "Consent " not in one}


def _message(shop: Shop, number: int) -> dict[str, Any]:
    row = shop.rows(Enrollment, journey="mail")[number]
    return {
        "id": f"m{number}",
        "send_key": f"{row['id']}/hello/1",
        "enrollment_id": row["id"],
        "customer_id": row["customer_id"],
        "journey": "mail",
        "version": "1",
        "step": "hello",
        "visit": 1,
        "channel": "email",
        "purpose": "marketing",
        "priority": 1,
        "state": ["unknown", "given_up"][number],
        "address": f"p{number}@example.com",
        "template": "mail/hello",
        "due_at": START,
        "ready_at": START,
        "dispatched_at": START + timedelta(seconds=5),
    }


@pytest.mark.parametrize("order_of", [(0, 1), (1, 0)])
def test_two_first_orders_enter_once_whichever_comes_first(shop: Shop, order_of: tuple[int, int]) -> None:
    told = [order(str(number), START + number * HOUR) for number in range(2)]
    person = Person((("email", "p@example.com"),), START, email="p@example.com")
    for number in order_of:
        shop.take(shop.arrival(completed(told[number]), person=person, order=told[number]))
    assert len(shop.rows(Enrollment, journey="first_order")) == 1
