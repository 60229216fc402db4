"""How is a set of rows written and locked the same way on both databases?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: hot paths run statements on it."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert(connection: Connection, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return maker(table(model))


def add(connection: Connection, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, if any."""
    if rows:
        connection.execute(table(model).insert(), rows)


def add_new(
    connection: Connection, model: type[SQLModel], rows: Sequence[dict[str, Any]], *returning: str
) -> set[tuple[Any, ...]]:
    """Insert the rows that conflict with nothing; gives the named columns of those that were new."""
    if not rows:
        return set()
    columns = [table(model).c[name] for name in returning]
    statement = insert(connection, model).values(list(rows)).on_conflict_do_nothing().returning(*columns)
    return {tuple(row) for row in connection.execute(statement)}


def locked(connection: Connection, select: Select[Any]) -> Select[Any]:
    """The same select, holding its rows till the commit. SQLite's one writer holds everything already."""
    return select.with_for_update(key_share=True) if connection.dialect.name == "postgresql" else select


def lock_names(connection: Connection, names: Iterable[str]) -> None:
    """Hold names of things that may not exist yet (an e-mail, a cart's key) till the commit, in one order for all."""
    if connection.dialect.name != "postgresql":
        return
    wanted: Collection[str] = sorted(set(names))
    if wanted:
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(n, 0)) FROM unnest(CAST(:names AS text[])) AS n"),
            {"names": list(wanted)},
        )
