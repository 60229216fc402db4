"""What was bought, and given back? Keeps orders and refunds as senders told them, and customers' sums over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from regulars.ids import new_id
from regulars.intake.arrival import OrderFacts, RefundFacts
from regulars.store.lists import among, grouped, one_of
from regulars.store.orders import Order, OrderLine, Refund
from regulars.store.statements import add, rows_of, save, table

Row = dict[str, Any]
Key = tuple[str, str]
"""A sender, and its id of an order."""

_RANK = {"placed": 0, "paid": 1, "cancelled": 2}
_FACTS = ("currency", "total_minor", "test", "checkout_id", "placed_at", "updated_at")
_KEPT = (*_FACTS, "status", "refunded_minor", "customer_id")


class Orders:
    """Orders and refunds, as they are told. In any order they come to the same: the newest facts stand, a status never
    goes back (placed, paid, cancelled), a refund counts once, whether its order is known yet or not."""

    def __init__(self) -> None:
        self._orders: dict[Key, Row] = {}
        self._refunds: defaultdict[Key, dict[str, Row]] = defaultdict(dict)
        self._new: dict[Key, Row] = {}
        self._changed: dict[Key, Row] = {}
        self._lines: dict[Key, OrderFacts] = {}
        self._given_back: list[Row] = []
        self._adopting: set[Key] = set()

    def owner(self, key: Key) -> str | None:
        """The id of the customer whose order it is, where that is known."""
        order = self._orders.get(key)
        return order["customer_id"] if order else None

    @property
    def owners(self) -> set[str]:
        """All of them."""
        return {row["customer_id"] for row in self._orders.values() if row["customer_id"]}

    def take(self, source: str, facts: OrderFacts, customer: str | None) -> None:
        """What a delivery tells of an order, and of `customer` (an id): an order keeps the first who is known."""
        key = (source, facts.id)
        row = self._orders.get(key)
        if row is None:
            row = self._orders[key] = self._new[key] = _blank(source, facts)
            self._lines[key] = facts
        elif _is_newer(facts, row):
            row |= {name: getattr(facts, name) for name in _FACTS}
            self._lines[key] = facts
        row["status"] = max(row["status"], facts.status, key=_RANK.__getitem__)
        if customer is not None and row["customer_id"] is None:
            row["customer_id"] = customer
            self._adopting.add(key)
        self._reckon(key)

    def give_back(self, source: str, facts: RefundFacts) -> None:
        """Keep a refund once."""
        key = (source, facts.order_id)
        if facts.id not in self._refunds[key]:
            row = _refund(source, facts)
            self._refunds[key][facts.id] = row
            self._given_back.append(row)
        if key in self._orders:
            self._reckon(key)

    def all(self) -> list[tuple[Row, OrderFacts]]:
        """Every order, with what was told of it last."""
        return [(row, self._lines[key]) for key, row in self._orders.items()]

    def _reckon(self, key: Key) -> None:
        """What was given back, in the order's own currency: money of another cannot be taken off it."""
        row = self._orders[key]
        given_back = [one for one in self._refunds.get(key, {}).values() if one["currency"] == row["currency"]]
        row["refunded_minor"] = sum(one["amount_minor"] for one in given_back)
        self._changed[key] = row


class OrderBook(Orders):
    """The orders of which one transaction's deliveries speak: read once, changed in memory, written at `save`.

    Hold `names_of` them first.
    """

    def __init__(self, connection: Connection, wanted: Collection[Key]) -> None:
        super().__init__()
        self._connection = connection
        if wanted:
            self._read(wanted)

    def save(self) -> tuple[set[str], dict[Key, str]]:
        """Write. Gives the ids of the customers whose sums may have changed, and the customer of each order that had
        none before."""
        changed = [row for key, row in self._changed.items() if key not in self._new]
        touched = {row["customer_id"] for row in self._changed.values() if row["customer_id"]}
        adopting = {key: self._orders[key]["customer_id"] for key in self._adopting}
        add(self._connection, Order, list(self._new.values()))
        save(self._connection, Order, changed, *_KEPT)
        self._write_lines()
        add(self._connection, Refund, self._given_back)
        self._new, self._changed, self._lines, self._given_back, self._adopting = {}, {}, {}, [], set()
        return touched, adopting

    def sums_of_new(self, customers: Collection[str]) -> dict[str, Row]:
        """The sums of customers who have no orders but those that are about to be written."""
        groups: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._changed.values():
            if row["customer_id"] in customers:
                groups[row["customer_id"]].append(row)
        return {customer: sums_over(found) for customer, found in groups.items()}

    def _read(self, wanted: Collection[Key]) -> None:
        senders, keys = grouped(wanted)
        for row in self._connection.execute(_orders(senders), keys).mappings():
            self._orders[row["source"], row["external_id"]] = dict(row)
        # By the order alone, which an index finds; another sender's order of the same id is not looked at.
        for row in self._connection.execute(_REFUNDS, {"orders": sorted({order for _, order in wanted})}).mappings():
            self._refunds[row["source"], row["order_external_id"]][row["external_id"]] = dict(row)

    def _write_lines(self) -> None:
        old = [self._orders[key]["id"] for key in self._lines if key not in self._new]
        if old:
            self._connection.execute(_UNSAID, {"of_orders": sorted(old)})
        add(
            self._connection,
            OrderLine,
            [line for key, facts in self._lines.items() for line in _lines(self._orders[key]["id"], facts)],
        )


_ORDER = table(Order)
_REFUNDS = select(table(Refund)).where(one_of(table(Refund).c.order_external_id, "orders"))
_UNSAID = table(OrderLine).delete().where(one_of(table(OrderLine).c.order_id, "of_orders"))
_GROUPS = (
    select(
        _ORDER.c.customer_id,
        _ORDER.c.currency,
        func.count().label("orders"),
        func.sum(_ORDER.c.total_minor - _ORDER.c.refunded_minor).label("spent"),
        func.max(_ORDER.c.placed_at).label("last"),
    )
    .where(one_of(_ORDER.c.customer_id, "customers"), _ORDER.c.test.is_(False), _ORDER.c.status != "cancelled")
    .group_by(_ORDER.c.customer_id, _ORDER.c.currency)
)


@lru_cache
def _orders(senders: int) -> Select[Any]:
    return select(_ORDER).where(among(_ORDER.c.source, _ORDER.c.external_id, senders))


def names_of(orders: Iterable[Key]) -> list[str]:
    """What must be held before the orders are read: they may not exist yet."""
    return [f"order/{source}/{order}" for source, order in orders]


def sum_up(connection: Connection, customers: Collection[str]) -> dict[str, Row]:
    """Count, spend, currency and last order by customer id, over the orders that are neither tests nor cancelled."""
    if not customers:
        return {}
    groups: dict[str, list[Row]] = {customer: [] for customer in customers}
    for row in rows_of(connection, _GROUPS, {"customers": sorted(customers)}):
        groups[row["customer_id"]].append({**row, "spent": int(row["spent"])})  # PostgreSQL sums to Decimal
    return {customer: _sums(found) for customer, found in groups.items()}


def sums_over(orders: Iterable[Row]) -> Row:
    """The sums of a customer who has these orders alone, as `sum_up` gives them."""
    groups: dict[str, Row] = {}
    for row in orders:
        if row["test"] or row["status"] == "cancelled":
            continue
        group = groups.setdefault(
            row["currency"], {"currency": row["currency"], "orders": 0, "spent": 0, "last": row["placed_at"]}
        )
        group["orders"] += 1
        group["spent"] += row["total_minor"] - row["refunded_minor"]
        group["last"] = max(group["last"], row["placed_at"])
    return _sums(list(groups.values()))


def _sums(groups: Sequence[Row]) -> Row:
    """Over one customer's orders by currency. Spend is of one currency: of most orders, then of the latest."""
    main = max(groups, key=lambda one: (one["orders"], one["last"], one["currency"]), default=None)
    return {
        "orders": sum(one["orders"] for one in groups),
        "spent_minor": main["spent"] if main else 0,
        "currency": main["currency"] if main else None,
        "last_order_at": max((one["last"] for one in groups), default=None),
    }


def _is_newer(facts: OrderFacts, row: Row) -> bool:
    """Newer facts stand; of two told for the same instant the same ones do, whichever came first."""
    return _order(facts.updated_at, facts.status, facts.total_minor) > _order(
        row["updated_at"], row["status"], row["total_minor"]
    )


def _order(updated_at: datetime, status: str, total_minor: int) -> tuple[datetime, int, int]:
    return (updated_at, _RANK[status], total_minor)


def _blank(source: str, facts: OrderFacts) -> Row:
    return {
        "id": new_id(),
        "source": source,
        "external_id": facts.id,
        "customer_id": None,
        "refunded_minor": 0,
        "status": facts.status,
        **{name: getattr(facts, name) for name in _FACTS},
    }


def _refund(source: str, facts: RefundFacts) -> Row:
    return {
        "source": source,
        "external_id": facts.id,
        "order_external_id": facts.order_id,
        "amount_minor": facts.amount_minor,
        "currency": facts.currency,
        "occurred_at": facts.occurred_at,
    }


def _lines(order: str, facts: OrderFacts) -> list[Row]:
    return [
        {
            "order_id": order,
            "position": position,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "sku": line.sku,
            "title": line.title,
            "quantity": line.quantity,
            "price_minor": line.price_minor,
        }
        for position, line in enumerate(facts.lines)
    ]
