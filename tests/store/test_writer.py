"""Do callers who wait together share a commit, each with an answer of their own?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, select

from regulars.store.database import Database
from regulars.store.messages import Brake
from regulars.store.statements import add, table
from regulars.store.writer import Writer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def stop(connection: Connection, scopes: Sequence[str]) -> list[str]:
    if "poison" in scopes:
        raise ValueError("poison")
    add(connection, Brake, [{"scope": scope, "reason": "test", "since": NOW} for scope in scopes])
    return [scope.upper() for scope in scopes]


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table(Brake))).scalar_one()


@pytest.fixture
def writer(database: Database) -> Writer:
    return Writer(database)


async def test_each_caller_gets_its_own_answer_after_its_commit(database: Database, writer: Writer) -> None:
    answers = await asyncio.gather(*(writer.ask(stop, f"s{n}") for n in range(100)))
    assert answers == [f"S{n}" for n in range(100)]
    assert count(database) == 100
    writer.close()


async def test_one_bad_key_fails_alone(database: Database, writer: Writer) -> None:
    asks = [writer.ask(stop, name) for name in ("a", "poison", "b")]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert [answers[0], answers[2]] == ["A", "B"]
    assert isinstance(answers[1], ValueError)
    assert count(database) == 2
    writer.close()


async def test_closing_finishes_what_was_asked(database: Database, writer: Writer) -> None:
    futures = [writer.submit(stop, [f"s{n}"]) for n in range(20)]
    await asyncio.to_thread(writer.close)
    assert all(future.done() for future in futures)
    assert count(database) == 20


async def test_a_cancelled_ask_disturbs_nobody(database: Database, writer: Writer) -> None:
    tasks = [asyncio.ensure_future(writer.ask(stop, f"s{n}")) for n in range(30)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[3], asyncio.CancelledError)
    assert all(answer == f"S{n}" for n, answer in enumerate(answers) if n != 3)
    writer.close()
