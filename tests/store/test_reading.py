"""Are rows that are read at once the rows that are there?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import LargeBinary, bindparam, literal, select

from regulars.store import reading
from regulars.store.customers import Consent, Customer
from regulars.store.database import Database
from regulars.store.lists import one_of
from regulars.store.messages import Rate
from regulars.store.statements import add, table

_OF = table(Customer)
_ALL = select(_OF).where(one_of(_OF.c.id, "ids")).order_by(_OF.c.orders.desc())
_WORDS = select(table(Consent)).order_by(table(Consent).c.id)
_JOINED = select(_OF.c.id, table(Consent).c.id, _OF.c.tags).join_from(table(Consent), _OF)
_TEXTS = ["", "'\"\\", "Mei \u8336\U0001f375", "\x01\x1f\t\r\n", "\u2028\u2029", '{"a": [1]}', "null", "1.50", "12"]


def customer(number: int, text: str) -> dict[str, Any]:
    at = datetime(2026, 3, number + 1, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-8)))
    return {
        **dict.fromkeys(column.name for column in _OF.columns),
        "id": f"c{number}",
        "first_name": text,
        "tags": [text, "\ud83c".encode("utf-16", "surrogatepass").hex()],
        "traits": {text: [1.1, 2**60, None, True, {"deep": text}]} if number % 2 else None,
        "orders": number,
        "spent_minor": -(2**62) + number,
        "last_order_at": at if number % 2 else None,
        "asserted_at": at.astimezone(UTC),
        "asserted": {},
        "created_at": at,
    }


def test_rows_are_as_the_driver_gives_them_and_in_order(database: Database) -> None:
    people = [customer(number, text) for number, text in enumerate(_TEXTS)]
    words = [
        {"id": f"w{number}", "customer_id": "c1", "channel": "sms", "purpose": "marketing", "granted": number == 1}
        | {"source": "x", "address": None, "occurred_at": one["created_at"], "recorded_at": one["created_at"]}
        for number, one in enumerate(people[:2])
    ]
    bound = {"ids": [one["id"] for one in people[1:]]}
    with database.write() as connection:
        add(connection, Customer, people)
        add(connection, Consent, words)
        for statement in (_ALL, _WORDS, _JOINED):
            expected = [tuple(row) for row in connection.execute(statement, bound).all()]
            found = [tuple(row) for row in reading.rows(connection, statement, bound)]
            assert len(found) >= 2
            assert found == expected
            assert [[type(value) for value in row] for row in found] == [[type(one) for one in row] for row in expected]


def test_nothing_found_is_no_rows(database: Database) -> None:
    with database.read() as connection:
        assert list(reading.rows(connection, _ALL, {"ids": []})) == []


@pytest.mark.parametrize("column", [table(Rate).c.next_at, literal(b"x", LargeBinary).label("next_at")])
def test_what_json_would_change_is_refused(sqlite_database: Database, column: Any) -> None:
    statement = select(column).where(table(Rate).c.line == bindparam("line"))
    with sqlite_database.read() as connection, pytest.raises(TypeError, match="next_at: expected"):
        reading.rows(connection, statement, {"line": "email"})
