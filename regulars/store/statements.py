"""How is a set of rows written and locked the same way on both databases?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Select, Table, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from regulars.store.prepared import Prepared

Row = dict[str, Any]
_LOCK_NAMES = text("SELECT pg_advisory_xact_lock(hashtextextended(n, 0)) FROM unnest(CAST(:names AS text[])) AS n")
_SHARE_NAME = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: hot paths run statements on it."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert(connection: Connection, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return insertion(connection.dialect.name, model)


def add(connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if any. All have the same columns; of those left out the defaults are inserted."""
    if not rows:
        return
    insertion = _insertion(connection.dialect, model, tuple(rows[0]))
    if insertion is None:
        connection.execute(table(model).insert(), list(rows))
    else:
        insertion.run(connection, rows)


def add_columns(connection: Connection, model: type[SQLModel], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert many rows, given as the values of each column: none that has a default is left out."""
    count = len(next(iter(columns.values())))
    insertion = _insertion(connection.dialect, model, tuple(columns))
    if insertion is None:
        raise TypeError(f"{model.__name__}: expected all columns that have a default, got {', '.join(columns)}")
    insertion.run_columns(connection, columns, count)


def add_all(connection: Connection, model: type[SQLModel], columns: Mapping[str, Sequence[Any]]) -> bool:
    """Insert rows (the values of each column) of which none is there yet; where one is, none of them, and False. For
    what is hardly ever there: to look first would take as long as to write."""
    try:
        with connection.begin_nested():
            add_columns(connection, model, columns)
    except IntegrityError:
        return False
    return True


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
        _saving(connection.dialect, model, columns).run(connection, ordered)


def rows_of(connection: Connection, statement: Executable, bound: Mapping[str, Any]) -> list[Row]:
    """What a statement finds, by the names of its columns."""
    result = connection.execute(statement, bound)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def locked(connection: Connection, select: Select[Any]) -> Select[Any]:
    """The same select, holding its rows till the commit. SQLite's one writer holds everything already."""
    return for_update(select) if connection.dialect.name == "postgresql" else select


def for_update(select: Select[Any]) -> Select[Any]:
    """The same of a statement that is built once, for both: to SQLite the words are not said."""
    return select.with_for_update(key_share=True)


def lock_names(connection: Connection, names: Iterable[str]) -> None:
    """Hold names of things that may not exist yet (an e-mail, a cart's key) till the commit, in one order for all."""
    if connection.dialect.name == "postgresql" and (wanted := sorted(set(names))):
        connection.execute(_LOCK_NAMES, {"names": wanted})


def share_name(connection: Connection, name: str) -> None:
    """Hold a name along with others who share it, and against who holds it alone, till the commit."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARE_NAME, {"name": name})


@lru_cache(maxsize=256)
def insertion(dialect: str, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """The INSERT of a dialect, by its name."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table(model))


@lru_cache(maxsize=512)
def _insertion(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...]) -> Prepared | None:
    """An INSERT; None where defaults are to be filled in."""
    of = table(model)
    if any(column.default is not None and column.name not in columns for column in of.columns):
        return None
    return Prepared.of(dialect, of.insert(), {name: of.c[name] for name in columns})


@lru_cache(maxsize=256)
def _saving(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...]) -> Prepared:
    of = table(model)
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in columns}
    statement = of.update().where(of.c.id == bindparam("of_id")).values(values)
    return Prepared.of(dialect, statement, {"of_id": of.c.id, **{f"to_{name}": of.c[name] for name in columns}})


@lru_cache(maxsize=256)
def _unless_there(dialect: str, model: type[SQLModel], returning: tuple[str, ...]) -> Executable:
    columns = [table(model).c[name] for name in returning]
    return insertion(dialect, model).on_conflict_do_nothing().returning(*columns)
