"""Does what nobody hears of leave its event alone, and does nothing that somebody hears of pass for it?"""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from intake_shop import DAY, HOUR, START, Shop, person

from regulars.customers.person import NEVER, Person
from regulars.ids import new_ids
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Happened
from regulars.journeys.load import load_book
from regulars.journeys.model import Book, Happening
from regulars.store import shelf
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event, EventKey, Inbound
from regulars.store.shelf import Shelf
from regulars.store.statements import add, add_columns

BOOK = load_book(Path(__file__).with_name("journeys.yaml"))
MEI = Person((("shopify", "mei"),), NEVER)


def _looked(shop: Shop, name: str = "Cup Seen", **properties: str) -> Happened:
    return Happened(name, shop.now, properties)


def test_it_is_written_with_its_customer_and_its_keys_and_changes_nothing_else(shop: Shop) -> None:
    shop.take(shop.arrival(person=person("mei")))
    before, customer = shop.count(), shop.one(Customer)
    seen = [shop.arrival(_looked(shop, checkout_id=f"c{n}"), person=MEI) for n in range(150)]
    assert shop.take(*seen, seen[0]) == ["taken"] * 150 + ["seen before"]
    written = {"event": 150, "event_key": 150, "inbound": 150}
    assert shop.count() == {name: rows + written.get(name, 0) for name, rows in before.items()}
    assert {row["customer_id"] for row in shop.rows(Event)} == {customer["id"]}
    assert {row["value"] for row in shop.rows(EventKey)} == {f"c{n}" for n in range(150)}
    assert shop.one(Customer) == customer


def test_whoever_is_not_known_yet_or_says_more_is_taken_in_with_it(shop: Shop) -> None:
    shop.take(shop.arrival(_looked(shop), person=MEI), shop.arrival(_looked(shop), person=MEI))
    assert [row["first_name"] for row in shop.rows(Customer)] == [None]
    shop.take(shop.arrival(_looked(shop), person=MEI._replace(asserted_at=START, first_name="Mei")))
    assert shop.one(Customer)["first_name"] == "Mei"
    browser = Person((("shopify", "mei"), ("anonymous", "b1")), NEVER)
    shop.take(shop.arrival(_looked(shop), person=browser))
    shop.take(shop.arrival(_looked(shop), person=Person((("anonymous", "b1"),), NEVER)))
    assert {row["customer_id"] for row in shop.rows(Event)} == {shop.one(Customer)["id"]}


def _with_leave(book: Book, event: str) -> Book:
    weekly = replace(book.journeys["weekly"], leave=(Happening(event),))
    return replace(book, journeys={**book.journeys, "weekly": weekly})


def test_an_event_that_an_earlier_version_alone_listens_to_is_heard_by_who_is_inside(shop: Shop) -> None:
    with shop.database.write() as connection:
        shelf.apply(connection, _with_leave(BOOK, "Cup Broken"), START)
    shop.take(shop.arrival(Happened("Product Viewed", shop.now, {}), person=MEI))
    shop.walk(shop.one(Enrollment, journey="weekly"))
    with shop.database.write() as connection:
        shelf.apply(connection, BOOK, START + HOUR)
    shop.intake, shop.now = Intake(Shelf()), shop.now + DAY  # another process, which never saw that version
    shop.take(shop.arrival(_looked(shop, "Cup Broken"), person=MEI))
    assert shop.one(Enrollment, journey="weekly")["leaving"] == "Cup Broken"


def test_what_is_applied_waits_for_what_is_being_taken_in(postgres_database: Database) -> None:
    shop = Shop(postgres_database)
    changed, order_of = _with_leave(BOOK, "Cup Seen"), []

    def apply() -> None:
        with shop.database.write() as connection:
            shelf.apply(connection, changed, START)
            order_of.append("applied")

    thread = threading.Thread(target=apply)
    with shop.database.write() as connection:
        shop.intake.accept(connection, [Delivery(shop.arrival(_looked(shop)), shop.now)])
        thread.start()
        thread.join(timeout=0.3)
        order_of.append("taken in")
    thread.join(timeout=10)
    assert order_of == ["taken in", "applied"]


def test_of_one_customer_they_are_written_one_after_the_other_and_in_their_order(shop: Shop) -> None:
    shop.take(*(shop.arrival(person=person(name)) for name in ("mei", "lin")))
    whose = ["mei", "lin", None, "mei", "lin", "mei", None]
    people = {name: Person((("shopify", name),), NEVER) for name in ("mei", "lin")}
    shop.take(*(shop.arrival(_looked(shop, n=str(n)), person=people.get(one or "")) for n, one in enumerate(whose)))
    written = sorted(shop.rows(Event), key=lambda row: row["id"])
    runs = [[row["properties"]["n"] for row in of] for _, of in groupby(written, lambda row: row["customer_id"])]
    assert sorted(runs) == [["0", "3", "5"], ["1", "4"], ["2", "6"]]


def test_what_a_sender_tells_of_the_future_happened_when_it_came(shop: Shop) -> None:
    shop.take(shop.arrival(person=person("mei")))
    shop.take(shop.arrival(Happened("Cup Seen", shop.now + HOUR, {}), person=MEI))
    assert shop.one(Event)["occurred_at"] == shop.now


def test_columns_that_have_a_default_are_not_left_out_of_columns(sqlite_database: Database) -> None:
    with (
        sqlite_database.write() as connection,
        pytest.raises(TypeError, match="Event: expected all columns that have a default, got id, name"),
    ):
        add_columns(connection, Event, {"id": ["1"], "name": ["Cup Seen"]})


@pytest.mark.parametrize("count", [1, 15, 16, 17, 127, 1024, 1300])
def test_many_rows_are_written_whatever_their_number(sqlite_database: Database, count: int) -> None:
    shop = Shop(sqlite_database)
    with sqlite_database.write() as connection:
        add(connection, Inbound, [{"source": "s", "key": f"{n:05}", "received_at": START} for n in range(count)])
    assert sorted(row["key"] for row in shop.rows(Inbound)) == [f"{n:05}" for n in range(count)]


def test_ids_made_together_are_in_order_and_none_is_another() -> None:
    ids = [one for count in (0, 1, 3000, 2, 1024) for one in new_ids(count)]
    assert len(ids) == 4027
    assert ids == sorted(set(ids))
