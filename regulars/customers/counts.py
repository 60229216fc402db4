"""How often did something happen to each of many customers? Asked for all of them, when the first is asked about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from regulars.store.events import Event
from regulars.store.lists import one_of
from regulars.store.statements import table


class Counts:
    """Of these customers, within one transaction that changes nothing of theirs."""

    def __init__(self, connection: Connection, customers: Collection[str]) -> None:
        self._connection, self._customers = connection, sorted(customers)
        self._known: dict[tuple[str, datetime | None], dict[str, int]] = {}

    def of(self, customer: str, event: str, since: datetime | None) -> int:
        """How often `event` happened to the customer, after `since` if that is said."""
        found = self._known.get((event, since))
        if found is None:
            found = self._known[event, since] = self._ask(event, since)
        return found.get(customer, 0)

    def _ask(self, event: str, since: datetime | None) -> dict[str, int]:
        bound: dict[str, Any] = {"customers": self._customers, "name": event}
        if since is not None:
            bound["since"] = since
        return {row.customer_id: row.many for row in self._connection.execute(_asked(since is not None), bound)}


@lru_cache
def _asked(since: bool) -> Select[Any]:
    of = table(Event)
    query = select(of.c.customer_id, func.count().label("many")).where(
        one_of(of.c.customer_id, "customers"), of.c.name == bindparam("name")
    )
    if since:
        query = query.where(of.c.occurred_at > bindparam("since"))
    return query.group_by(of.c.customer_id)
