"""How does a statement that is built once take a list, of any length?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, String, TypeDecorator, and_, bindparam, false, or_
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Is the column's text one of the list bound as `name`? The list is one parameter: the statement stays the same
    whatever its length, and is neither spelt out by SQLAlchemy nor planned by the database anew."""
    return _OneOf(column, bindparam(name, type_=_Texts()))


def among(first: ColumnElement[Any], second: ColumnElement[Any], firsts: int) -> ColumnElement[bool]:
    """Is (first, second) among the pairs that `grouped` binds? Spelt out, as SQLite reads a whole table for a row value
    IN a list. A statement made of it is built once for each number of different firsts."""
    each = (and_(first == bindparam(f"first_{n}"), one_of(second, f"seconds_{n}")) for n in range(firsts))
    return or_(false(), *each)


def grouped(pairs: Iterable[tuple[str, str]]) -> tuple[int, dict[str, Any]]:
    """How many different firsts the pairs have, and what binds them in a statement made of `among`."""
    seconds: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in dict.fromkeys(pairs):
        seconds[one].append(other)
    bound: dict[str, Any] = {f"first_{n}": one for n, one in enumerate(seconds)}
    return len(seconds), bound | {f"seconds_{n}": others for n, others in enumerate(seconds.values())}


class _Texts(TypeDecorator[list[str]]):
    """A list of texts as one parameter: JSON on SQLite, an array on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(String()) if dialect.name == "postgresql" else JSON())


class _OneOf(FunctionElement[Any]):
    """Typed as nothing: of what is typed as a boolean SQLite would be asked if it `= 1`, and use no index."""

    type = NullType()
    inherit_cache = True


@compiles(_OneOf)
def _(element: _OneOf, compiler: SQLCompiler, **more: Any) -> str:
    column, texts = (compiler.process(clause, **more) for clause in element.clauses)
    if compiler.dialect.name == "postgresql":
        return f"{column} = ANY ({texts})"
    return f"{column} IN (SELECT value FROM json_each({texts}))"
