"""What did the simulated customer do? Events and orders in memory, and the questions that conditions ask of them."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from regulars.customers.context import Asking, Surroundings
from regulars.intake.order_book import Orders
from regulars.journeys.model import House
from regulars.store.enrollments import EnrollmentState

Row = dict[str, Any]


class Past:
    """Events by name and id, each with the fields of its row; and orders."""

    def __init__(self) -> None:
        self.events: dict[str, Row] = {}
        self.named: dict[str, list[Row]] = {}
        self.instants: dict[str, list[datetime]] = {}
        self.once: set[str] = set()
        self.orders = Orders()

    def add(self, row: Row) -> None:
        """Something happened to the customer, or (no customer_id) to the shop."""
        self.events[row["id"]] = row
        if row["customer_id"] is not None:
            insort(self.named.setdefault(row["name"], []), row, key=_when)
            insort(self.instants.setdefault(row["name"], []), row["occurred_at"])

    def of(self, names: Iterable[str]) -> list[Row]:
        """Events of these names, oldest first."""
        return sorted((row for name in names for row in self.named.get(name, ())), key=_when)


def _when(row: Row) -> datetime:
    at: datetime = row["occurred_at"]
    return at


class Memory(Asking):
    """The questions, answered from memory as the database answers them."""

    def __init__(
        self, past: Past, walks: Iterable[Row], customer: Row, place: Surroundings, house: House, now: datetime
    ) -> None:
        super().__init__(customer, place, house, now)
        self._past, self._walks = past, walks

    def _counted(self, event: str, since: datetime | None) -> int:
        instants = self._past.instants.get(event, [])
        return len(instants) - (bisect_right(instants, since) if since is not None else 0)

    def _has_bought(self, product: str | None, since: datetime | None) -> bool:
        return any(
            row["status"] != "cancelled"
            and not row["test"]
            and (since is None or row["placed_at"] > since)
            and (product is None or any(product in (line.product_id, line.sku) for line in facts.lines))
            for row, facts in self._past.orders.all()
        )

    def in_journey(self, journey: str) -> bool:
        return any(row["journey"] == journey and row["state"] == EnrollmentState.walking for row in self._walks)
