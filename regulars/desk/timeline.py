"""What happened to one customer, latest first? Events, decisions and messages as one line of time, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, or_, select

from regulars.store.enrollments import Decision
from regulars.store.events import Event
from regulars.store.messages import Message
from regulars.store.statements import rows_of, table

PAGE = 40
Kind = Literal["event", "decision", "message"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the line: what stands behind it is older. Written `microseconds.id`: both are opaque."""

    at: datetime
    id: str

    def __str__(self) -> str:
        since = self.at - _EPOCH
        return f"{(since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds}.{self.id}"

    @staticmethod
    def read(text: str) -> Mark | None:
        """None where it is no mark of ours."""
        number, dot, identifier = text.partition(".")
        if not dot or not identifier or not number.isascii() or not number.isdigit() or len(number) > 18:
            return None
        try:
            seconds, micro = divmod(int(number), 1_000_000)
            return Mark(datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), identifier)
        except (OverflowError, ValueError, OSError):
            return None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened. `row`: what its table holds of it."""

    kind: Kind
    at: datetime
    row: Mapping[str, Any]

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.row["id"])


@dataclass(frozen=True, slots=True)
class Page:
    """`more`: where the next, older page begins; None on the last."""

    items: tuple[Item, ...]
    more: Mark | None


def read(connection: Connection, customer: str, before: Mark | None = None, size: int = PAGE) -> Page:
    """The latest `size` things that happened before a mark: three statements, whatever the page."""
    found = [
        Item(kind, row["at_"], row)
        for kind, source, at in _SOURCES
        for row in _some(connection, source, at, customer, before, size + 1)
    ]
    found.sort(key=lambda item: (item.at, item.row["id"]), reverse=True)
    return Page(tuple(found[:size]), found[size - 1].mark if len(found) > size else None)


def _some(
    connection: Connection, source: FromClause, at: ColumnElement[Any], customer: str, before: Mark | None, size: int
) -> list[dict[str, Any]]:
    query = select(source, at.label("at_")).where(source.c.customer_id == customer)
    if before is not None:
        query = query.where(or_(at < before.at, and_(at == before.at, source.c.id < before.id)))
    return rows_of(connection, query.order_by(at.desc(), source.c.id.desc()).limit(size), {})


_EVENT, _DECISION, _MESSAGE = table(Event), table(Decision), table(Message)
_WENT = func.coalesce(_MESSAGE.c.dispatched_at, _MESSAGE.c.due_at)
_SOURCES: tuple[tuple[Kind, FromClause, ColumnElement[Any]], ...] = (
    ("event", _EVENT, _EVENT.c.occurred_at),
    ("decision", _DECISION, _DECISION.c.decided_at),
    ("message", _MESSAGE, _WENT),
)
