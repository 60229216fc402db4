"""Which events could not be taken in, and why? The newest first, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from regulars.desk.timeline import Mark
from regulars.store.events import Rejected
from regulars.store.statements import rows_of, table

Row = dict[str, Any]
PAGE = 30


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the table, `body` laid out where it is whole. `more`: where the next page begins; None on the last."""

    rows: tuple[Row, ...]
    more: Mark | None


def read(connection: Connection, before: Mark | None = None) -> Page:
    """Those that came before the mark, newest first."""
    of = table(Rejected)
    query = select(of).order_by(of.c.received_at.desc(), of.c.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(or_(of.c.received_at < before.at, and_(of.c.received_at == before.at, of.c.id < before.id)))
    rows = rows_of(connection, query, {})
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    shown = tuple({**row, "body": _laid_out(row["body"])} for row in rows[:PAGE])
    return Page(shown, Mark(last["received_at"], last["id"]) if last else None)


def _laid_out(body: str) -> str:
    """As people read JSON; what was cut is shown as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    except ValueError:
        return body
