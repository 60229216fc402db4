"""Is somebody on record simulated with all that is known of them: orders, events, consents, suppressions, messages?"""

from __future__ import annotations

from typing import Any

import pytest
from simulated_shop import DAY, LEARNT, START, book_of, decided, decisions, sent, shop_of

from regulars.intake.accept import Delivery, Intake
from regulars.intake.segment import read
from regulars.simulate import books
from regulars.simulate.books import Books
from regulars.simulate.load_script import names_of, script_of
from regulars.simulate.record import Record
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate, zone_of
from regulars.store import shelf as shelves
from regulars.store.customers import Customer, Suppression
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.statements import add, rows_of, table

JOURNEYS = """\
  j:
    start: {event: Began, where: 'bought(product="4711") and customer.spent_minor == 900', again: always}
    steps: [{email: t/one}]
"""
CALLS: list[dict[str, Any]] = [
    {
        "type": "identify",
        "traits": {
            "email": "ana@example.com",
            "firstName": "Ana",
            "timezone": "Asia/Tokyo",
            "email_consent": True,
            "email_consent_at": "2026-01-01T00:00:00Z",
        },
    },
    {
        "type": "track",
        "event": "Order Completed",
        "properties": {"order_id": "A", "products": [{"product_id": "4711", "price": "12.00", "quantity": 1}]},
    },
    {"type": "track", "event": "Order Refunded", "properties": {"order_id": "A", "total": "3.00"}},
]


@pytest.fixture
def ana(database: Database) -> str:
    """Somebody who was told of by a Segment client; gives her id."""
    with database.write() as connection:
        shelf = Shelf()
        shelves.apply(connection, book_of(JOURNEYS), START, {})
        body = {"batch": [{**call, "userId": "ana", "messageId": str(n)} for n, call in enumerate(CALLS)]}
        for arrival in read("batch", body, 0, START - 30 * DAY).arrivals:
            Intake(shelf).accept(connection, [Delivery(arrival, START - 30 * DAY)])
        (row,) = rows_of(connection, table(Customer).select(), {})
    return str(row["id"])


def known(database: Database, customer: str) -> Books:
    with database.read() as connection:
        found = books.read(connection, customer)
    assert found is not None
    return found


def begun(shop: Shop, who: Books) -> Record:
    told = script_of("[{after: 1 hour, event: Began}]", "s", names_of(shop, LEARNT))
    return simulate(shop, who, told, start=START, until=START + 9 * DAY, journey="j")


def test_what_was_bought_and_given_back_and_agreed_to_is_known(database: Database, ana: str) -> None:
    who = known(database, ana)
    record = begun(shop_of(JOURNEYS), who)
    seen = decisions(record, "start")[0].seen
    assert (seen["bought(product='4711')"], seen["customer.spent_minor"]) == (True, 900)
    assert sent(record) == [("Mon 02 Mar 2026 18:00", "one")]
    assert zone_of(shop_of(JOURNEYS), who, START) == "Asia/Tokyo"


def test_an_address_that_is_suppressed_stays_so(database: Database, ana: str) -> None:
    row = {"channel": "email", "address": "ana@example.com", "reason": "bounced", "source": "t", "occurred_at": START}
    with database.write() as connection:
        add(connection, Suppression, [row])
    assert decided(begun(shop_of(JOURNEYS), known(database, ana)), "suppression") == ["skipped: suppressed: bounced"]


def test_the_customer_on_record_is_left_as_they_are(database: Database, ana: str) -> None:
    who = known(database, ana)
    begun(shop_of(JOURNEYS.replace("[{email: t/one}]", "[{set: {first_name: Eve}}, {tag: x}]")), who)
    assert who.customer["first_name"] == "Ana" and who.customer == known(database, ana).customer


def test_nobody_is_nobody(database: Database) -> None:
    with database.read() as connection:
        assert books.read(connection, "nobody") is None
