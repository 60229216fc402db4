"""Does the schema hold what the tables declare, on both stores, up and down?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Integer, inspect, select
from sqlalchemy.exc import StatementError
from sqlalchemy.types import BigInteger, DateTime

from regulars.store import migrate
from regulars.store.columns import Instant
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.schema import METADATA
from regulars.store.statements import add, table

HERE = timezone(timedelta(hours=8))


def customer(**more: object) -> dict[str, object]:
    at = datetime(2026, 3, 1, 9, 30, 0, 123456, HERE)
    return {"id": "c1", "tags": ["vip"], "orders": 0, "spent_minor": 2**40, "asserted_at": at, "created_at": at} | more


def test_migrations_make_exactly_the_tables_declared(database: Database) -> None:
    assert migrate.differences(database) == []


def test_down_and_up_again_with_data_inside(database: Database) -> None:
    with database.write() as connection:
        add(connection, Customer, [customer()])
    migrate.downgrade(database, "base")
    assert [name for name in inspect(database.engine).get_table_names() if name != "alembic_version"] == []
    migrate.upgrade(database)
    assert migrate.differences(database) == []


def test_no_column_is_a_32_bit_integer_and_no_instant_is_naive() -> None:
    for found in METADATA.sorted_tables:
        for column in found.columns:
            assert not isinstance(column.type, Integer) or isinstance(column.type, BigInteger), column
            assert not isinstance(column.type, DateTime) or isinstance(column.type, Instant), column


def test_an_instant_comes_back_aware_and_equal_and_a_naive_one_is_refused(database: Database) -> None:
    with database.write() as connection:
        add(connection, Customer, [customer()])
        row = connection.execute(select(table(Customer))).one()
    assert row.created_at == datetime(2026, 3, 1, 1, 30, 0, 123456, UTC)
    assert row.created_at.tzinfo is UTC
    assert row.spent_minor == 2**40
    naive = customer(id="c2", created_at=datetime(2026, 1, 1))  # noqa: DTZ001
    with database.write() as connection, pytest.raises(StatementError):
        add(connection, Customer, [naive])


def test_what_fails_is_rolled_back(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            add(connection, Customer, [customer()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.read() as connection:
        assert connection.execute(select(table(Customer))).first() is None


def test_sqlite_keeps_what_it_acknowledged(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
