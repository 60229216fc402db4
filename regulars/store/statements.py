"""How is a set of rows written and locked the same way on both databases?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    false,
    or_,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

_Bound = Callable[[Mapping[str, Any]], Any]
_LOCK_NAMES = text("SELECT pg_advisory_xact_lock(hashtextextended(n, 0)) FROM unnest(CAST(:names AS text[])) AS n")


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: hot paths run statements on it."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert(connection: Connection, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return _insert(connection.dialect.name, model)


def add(connection: Connection, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if any. All have the same columns; of those left out the defaults are inserted."""
    if not rows:
        return
    insertion = _insertion(connection.dialect, model, tuple(rows[0]))
    if insertion is None:
        connection.execute(table(model).insert(), list(rows))
    else:
        statement, bound = insertion
        connection.exec_driver_sql(statement, [bound(row) for row in rows])


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


def among(first: ColumnElement[Any], second: ColumnElement[Any], firsts: int) -> ColumnElement[bool]:
    """Is (first, second) among the pairs that `grouped` binds? Spelt out, as SQLite reads a whole table for a row value
    IN a list. A statement made of it is built once for each number of different firsts."""
    each = (and_(first == bindparam(f"first_{n}"), second.in_(listed(f"seconds_{n}"))) for n in range(firsts))
    return or_(false(), *each)


def grouped(pairs: Iterable[tuple[str, str]]) -> tuple[int, dict[str, Any]]:
    """How many different firsts the pairs have, and what binds them in a statement made of `among`."""
    seconds: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(pairs)):
        seconds[one].append(other)
    bound: dict[str, Any] = {f"first_{n}": one for n, one in enumerate(seconds)}
    return len(seconds), bound | {f"seconds_{n}": others for n, others in enumerate(seconds.values())}


def listed(name: str) -> BindParameter[Any]:
    """A list bound in a statement that is built once: `column.in_(listed("ids"))`."""
    return bindparam(name, expanding=True)


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


@lru_cache(maxsize=256)
def _insert(dialect: str, model: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table(model))


@lru_cache(maxsize=512)
def _insertion(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...]) -> tuple[str, _Bound] | None:
    """The INSERT as the driver takes it, and how it takes a row; None where defaults are to be filled in.

    SQLAlchemy compiles the statement and converts the values, as ever; but its general way of binding many rows takes
    longer than SQLite takes to write them.
    """
    of = table(model)
    if any(column.default is not None and column.name not in columns for column in of.columns):
        return None
    compiled = of.insert().compile(dialect=dialect, column_keys=list(columns))
    names = compiled.positiontup if compiled.positiontup is not None else columns
    converted = [(name, of.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
    by_name = compiled.positiontup is None

    def bound(row: Mapping[str, Any]) -> Any:
        values = [row[name] if convert is None else convert(row[name]) for name, convert in converted]
        return dict(zip(names, values, strict=True)) if by_name else tuple(values)

    return str(compiled), bound


@lru_cache(maxsize=256)
def _unless_there(dialect: str, model: type[SQLModel], returning: tuple[str, ...]) -> Executable:
    columns = [table(model).c[name] for name in returning]
    return _insert(dialect, model).on_conflict_do_nothing().returning(*columns)


@lru_cache(maxsize=256)
def _update(model: type[SQLModel], columns: tuple[str, ...]) -> Executable:
    of = table(model)
    return of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in columns})
