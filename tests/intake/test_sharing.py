"""What does the writer do when something fails, is cancelled, or comes too late?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from regulars.store.database import Database
from regulars.store.messages import Brake
from regulars.store.statements import add, table
from regulars.store.writer import Writer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def stop(connection: Connection, scopes: Sequence[str]) -> list[str]:
    add(connection, Brake, [{"scope": scope, "reason": "test", "since": NOW} for scope in scopes])
    return list(scopes)


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table(Brake))).scalar_one()


async def test_what_clashes_once_is_tried_once_more(database: Database) -> None:
    tries: list[int] = []

    def clumsy(connection: Connection, scopes: Sequence[str]) -> list[str]:
        tries.append(len(scopes))
        stop(connection, [*scopes, *(scopes if len(tries) == 1 else [])])
        return list(scopes)

    writer = Writer(database)
    assert await writer.ask(clumsy, "a") == "a"
    assert (tries, count(database)) == ([1, 1], 1)
    with pytest.raises(IntegrityError):
        await writer.ask(stop, "a")
    writer.close()


async def test_a_database_that_is_away_fails_all_who_wait_at_once(sqlite_database: Database) -> None:
    tries: list[int] = []

    def away(connection: Connection, scopes: Sequence[str]) -> list[str]:
        tries.append(len(scopes))
        raise OperationalError("", {}, Exception("disk is full"))

    writer = Writer(sqlite_database)
    asks = [asyncio.ensure_future(writer.ask(away, f"s{n}")) for n in range(20)]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert {type(answer) for answer in answers} == {OperationalError}
    assert len(tries) <= 3
    writer.close()


async def test_who_asks_after_the_end_is_told_so(sqlite_database: Database) -> None:
    writer = Writer(sqlite_database)
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        await writer.ask(stop, "a")
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(stop, ["a"])


async def test_many_who_wait_share_few_commits(sqlite_database: Database) -> None:
    shared: list[int] = []

    def counted(connection: Connection, scopes: Sequence[str]) -> list[str]:
        shared.append(len(scopes))
        return stop(connection, scopes)

    writer = Writer(sqlite_database)
    await asyncio.gather(*(writer.ask(counted, f"s{n}") for n in range(300)))
    assert sum(shared) == count(sqlite_database) == 300
    assert len(shared) <= 10
    writer.close()
