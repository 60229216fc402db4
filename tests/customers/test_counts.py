"""Is everybody's own number told, where many are counted at once?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.customers.counts import Counts
from regulars.ids import new_id
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.events import Event
from regulars.store.statements import add

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)
VIEWED = {"ana": (), "mei": (1, 10, 40), "tom": (1,), "zoe": (10, 50)}  # how many days ago each viewed something


@pytest.fixture
def people(database: Database) -> dict[str, str]:
    """The ids of those who viewed something that often, by name; each ordered once besides."""
    ids = {name: new_id() for name in VIEWED}
    blank = {"tags": [], "own_tags": None, "traits": None, "orders": 0, "spent_minor": 0, "asserted": {}}
    rows = [{"id": one, "asserted_at": NOW, "created_at": NOW, **blank} for one in ids.values()]
    events = [_event(ids[name], "Product Viewed", NOW - days * DAY) for name, many in VIEWED.items() for days in many]
    events += [_event(one, "Order Completed", NOW) for one in ids.values()]
    with database.write() as connection:
        add(connection, Customer, rows)
        add(connection, Event, events)
    return ids


def _event(customer: str, name: str, at: datetime) -> dict[str, Any]:
    times = {"occurred_at": at, "received_at": NOW}
    return {"id": new_id(), "name": name, "customer_id": customer, "source": "test", "properties": {}, **times}


@pytest.mark.parametrize(
    ("event", "since", "expected"),
    [
        ("Product Viewed", None, {"ana": 0, "mei": 3, "tom": 1, "zoe": 2}),
        ("Product Viewed", NOW - 20 * DAY, {"ana": 0, "mei": 2, "tom": 1, "zoe": 1}),
        ("Product Viewed", NOW - 5 * DAY, {"ana": 0, "mei": 1, "tom": 1, "zoe": 0}),
        ("Order Completed", None, {"ana": 1, "mei": 1, "tom": 1, "zoe": 1}),
        ("Product Loved", None, {"ana": 0, "mei": 0, "tom": 0, "zoe": 0}),
    ],
)
def test_each_has_the_number_of_their_own(
    database: Database, people: dict[str, str], event: str, since: datetime | None, expected: Mapping[str, int]
) -> None:
    with database.read() as connection:
        counts = Counts(connection, people.values())
        assert {name: counts.of(one, event, since) for name, one in people.items()} == expected


def test_numbers_of_other_events_and_times_are_kept_apart(database: Database, people: dict[str, str]) -> None:
    asked = [("Product Viewed", None), ("Order Completed", None), ("Product Viewed", NOW - 20 * DAY)]
    with database.read() as connection:
        counts = Counts(connection, people.values())
        told = [[counts.of(people[name], *one) for one in asked] for name in ("mei", "zoe", "mei")]
    assert told == [[3, 1, 2], [2, 1, 1], [3, 1, 2]]


def test_nobody_is_counted_who_was_not_asked_about(database: Database, people: dict[str, str]) -> None:
    with database.read() as connection:
        counts = Counts(connection, [people["tom"]])
        assert (counts.of(people["tom"], "Product Viewed", None), counts.of(people["mei"], "Product Viewed", None)) == (
            1,
            0,
        )
