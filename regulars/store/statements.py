"""How is a set of rows written and locked the same way on both databases?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Select, Table, and_, bindparam, false, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

_LOCK_NAMES = text("SELECT pg_advisory_xact_lock(hashtextextended(n, 0)) FROM unnest(CAST(:names AS text[])) AS n")


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: hot paths run statements on it."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert(connection: Connection, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return _insert(connection.dialect.name, model)


def add(connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if any. All have the same columns."""
    if rows:
        connection.execute(_plain(model), list(rows))


def add_new(
    connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], *returning: str
) -> set[tuple[Any, ...]]:
    """Insert the rows that conflict with nothing; gives the named columns of those that were new."""
    if not rows:
        return set()
    statement = _unless_there(connection.dialect.name, model, returning)
    # One statement of many rows is compiled once; a VALUES list of its own would be compiled for every length.
    return {tuple(row) for row in connection.execute(statement, list(rows))}


def save(connection: Connection, model: type[SQLModel], rows: Iterable[Mapping[str, Any]], *columns: str) -> None:
    """Write the named columns of rows that are there, by id and in its order: all take row locks in one order."""
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    if ordered:
        values = [{"of_id": row["id"], **{f"to_{name}": row[name] for name in columns}} for row in ordered]
        connection.execute(_update(model, columns), values)


def among(first: ColumnElement[str], second: ColumnElement[str], pairs: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """Is (first, second) among the pairs? Spelt out, for SQLite reads a whole table for a row value IN a list."""
    seconds: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(pairs)):
        seconds[one].append(other)
    return or_(false(), *(and_(first == one, second.in_(others)) for one, others in seconds.items()))


def locked(connection: Connection, select: Select[Any]) -> Select[Any]:
    """The same select, holding its rows till the commit. SQLite's one writer holds everything already."""
    return select.with_for_update(key_share=True) if connection.dialect.name == "postgresql" else select


def lock_names(connection: Connection, names: Iterable[str]) -> None:
    """Hold names of things that may not exist yet (an e-mail, a cart's key) till the commit, in one order for all."""
    if connection.dialect.name == "postgresql" and (wanted := sorted(set(names))):
        connection.execute(_LOCK_NAMES, {"names": wanted})


@lru_cache(maxsize=256)
def _insert(dialect: str, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table(model))


@lru_cache(maxsize=256)
def _plain(model: type[SQLModel]) -> Executable:
    return table(model).insert()


@lru_cache(maxsize=256)
def _unless_there(dialect: str, model: type[SQLModel], returning: tuple[str, ...]) -> Executable:
    columns = [table(model).c[name] for name in returning]
    return _insert(dialect, model).on_conflict_do_nothing().returning(*columns)


@lru_cache(maxsize=256)
def _update(model: type[SQLModel], columns: tuple[str, ...]) -> Executable:
    of = table(model)
    return of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in columns})
