"""How are many rows read without a fight for the interpreter?

SQLite hands its rows over one by one, and Python gives up its lock for each: beside an event loop that works, a thread
loses more time to getting it back than to the database. So it is asked for all rows as one value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Dialect, Float, LargeBinary, Numeric, Select, func, select

_Conversion = tuple[int, Callable[[Any], Any]]  # the place of a value in its row, and what makes it Python's


def rows(connection: Connection, statement: Select[Any], bound: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """What a statement finds, in its order. It is one that is built once. Raises TypeError where it asks for numbers
    that are not whole, or for bytes: JSON would not give them back as they are."""
    if connection.dialect.name != "sqlite":
        return connection.execute(statement, bound).all()
    at_once, conversions = _at_once(connection.dialect, statement)
    found: list[list[Any]] = from_json(connection.execute(at_once, bound).scalar_one())
    for place, convert in conversions:
        for row in found:
            row[place] = convert(row[place])
    return found


@lru_cache(maxsize=256)
def _at_once(dialect: Dialect, statement: Select[Any]) -> tuple[Select[Any], tuple[_Conversion, ...]]:
    """The statement that finds a list of lists, as JSON; JSON inside of it is a text."""
    columns = tuple(statement.subquery().c)
    if strange := [column.name for column in columns if isinstance(column.type, Float | Numeric | LargeBinary)]:
        raise TypeError(f"{', '.join(strange)}: expected columns that JSON can hold")
    found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    conversions = tuple((place, convert) for place, convert in enumerate(found) if convert is not None)
    return select(func.json_group_array(func.json_array(*columns))), conversions
