"""What was bought, and given back? Keeps orders and refunds as senders told them, and customers' sums over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, tuple_

from regulars.ids import new_id
from regulars.intake.arrival import OrderFacts, RefundFacts
from regulars.store.customers import Customer
from regulars.store.orders import Order, OrderLine, Refund
from regulars.store.statements import add, add_new, insert, table

Row = dict[str, Any]
_KEPT = ("currency", "total_minor", "status", "test", "checkout_id", "updated_at")


def owners(connection: Connection, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The customer by (source, sender's order id), of orders known to have one."""
    if not wanted:
        return {}
    of = table(Order)
    query = select(of.c.source, of.c.external_id, of.c.customer_id).where(
        tuple_(of.c.source, of.c.external_id).in_(sorted(wanted)), of.c.customer_id.is_not(None)
    )
    return {(row.source, row.external_id): row.customer_id for row in connection.execute(query)}


def write_orders(connection: Connection, orders: Sequence[tuple[str, OrderFacts, str | None]]) -> None:
    """Keep each (source, order, customer id) where it is newer than what is known; a cancelled one stays cancelled."""
    latest: dict[tuple[str, str], Row] = {}
    lines: dict[tuple[str, str], OrderFacts] = {}
    for source, facts, customer in orders:
        key = (source, facts.id)
        row = _order(source, facts, customer)
        before = latest.get(key)
        if before is None or before["updated_at"] <= row["updated_at"]:
            latest[key] = row | {"customer_id": customer or (before or row)["customer_id"]}
            lines[key] = facts
    if not latest:
        return
    of = table(Order)
    statement = insert(connection, Order).values(list(latest.values()))
    new = statement.excluded
    upsert = statement.on_conflict_do_update(
        index_elements=["source", "external_id"],
        set_={
            **{name: new[name] for name in _KEPT},
            "customer_id": func.coalesce(of.c.customer_id, new.customer_id),
            "status": case(
                (of.c.status == "cancelled", of.c.status),
                ((of.c.status == "paid") & (new.status == "placed"), of.c.status),
                else_=new.status,
            ),
        },
        where=new.updated_at >= of.c.updated_at,
    ).returning(of.c.id, of.c.source, of.c.external_id)
    written = {(row.source, row.external_id): row.id for row in connection.execute(upsert)}
    _write_lines(connection, {written[key]: facts for key, facts in lines.items() if key in written})
    _take_refunds(connection, list(latest))


def write_refunds(connection: Connection, refunds: Sequence[tuple[str, RefundFacts]]) -> None:
    """Keep each (source, refund) once, and take it off its order, whichever was told first."""
    rows = [
        {
            "source": source,
            "external_id": facts.id,
            "order_external_id": facts.order_id,
            "amount_minor": facts.amount_minor,
            "currency": facts.currency,
            "occurred_at": facts.occurred_at,
        }
        for source, facts in refunds
    ]
    add_new(connection, Refund, rows, "external_id")
    _take_refunds(connection, [(source, facts.order_id) for source, facts in refunds])


def sum_up(connection: Connection, customers: Collection[str]) -> dict[str, Row]:
    """Set customers' order count, spend and last order from their orders; gives these by customer id."""
    if not customers:
        return {}
    order, customer = table(Order), table(Customer)
    counted = order.c.test.is_(False) & (order.c.status != "cancelled")
    query = (
        select(
            order.c.customer_id,
            func.sum(case((counted, 1), else_=0)).label("orders"),
            func.sum(case((counted, order.c.total_minor - order.c.refunded_minor), else_=0)).label("spent_minor"),
            func.max(case((counted, order.c.placed_at), else_=None)).label("last_order_at"),
            func.max(order.c.currency).label("currency"),
        )
        .where(order.c.customer_id.in_(sorted(customers)))
        .group_by(order.c.customer_id)
    )
    sums = {row["customer_id"]: dict(row) for row in connection.execute(query).mappings()}
    names = ("orders", "spent_minor", "last_order_at", "currency")
    statement = customer.update().where(customer.c.id == bindparam("of_id"))
    for row in sums.values():
        row["orders"], row["spent_minor"] = int(row["orders"]), int(row["spent_minor"])  # PostgreSQL sums to Decimal
        del row["customer_id"]
    if sums:
        connection.execute(
            statement.values({name: bindparam(f"to_{name}") for name in names}),
            [{"of_id": key, **{f"to_{name}": row[name] for name in names}} for key, row in sums.items()],
        )
    return sums


def _order(source: str, facts: OrderFacts, customer: str | None) -> Row:
    return {
        "id": new_id(),
        "source": source,
        "external_id": facts.id,
        "customer_id": customer,
        "currency": facts.currency,
        "total_minor": facts.total_minor,
        "refunded_minor": 0,
        "status": facts.status,
        "test": facts.test,
        "checkout_id": facts.checkout_id,
        "placed_at": facts.placed_at,
        "updated_at": facts.updated_at,
    }


def _write_lines(connection: Connection, orders: dict[str, OrderFacts]) -> None:
    if not orders:
        return
    of = table(OrderLine)
    connection.execute(of.delete().where(of.c.order_id.in_(sorted(orders))))
    rows = [
        {
            "order_id": identifier,
            "position": position,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "sku": line.sku,
            "title": line.title,
            "quantity": line.quantity,
            "price_minor": line.price_minor,
        }
        for identifier, facts in orders.items()
        for position, line in enumerate(facts.lines)
    ]
    add(connection, OrderLine, rows)


def _take_refunds(connection: Connection, orders: Sequence[tuple[str, str]]) -> None:
    """Set what was given back on these orders from the refunds known: idempotent, in any order."""
    order, refund = table(Order), table(Refund)
    given_back = (
        select(func.coalesce(func.sum(refund.c.amount_minor), 0))
        .where(refund.c.source == order.c.source, refund.c.order_external_id == order.c.external_id)
        .scalar_subquery()
    )
    connection.execute(
        order.update()
        .where(tuple_(order.c.source, order.c.external_id).in_(sorted(set(orders))))
        .values(refunded_minor=given_back)
    )
