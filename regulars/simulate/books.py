"""What is on record of a customer? All that a simulation needs of somebody real, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from regulars.customers.consents import Standing
from regulars.intake.arrival import OrderFacts, RefundFacts
from regulars.intake.arrival import OrderLine as Line
from regulars.simulate.shop import Shop
from regulars.simulate.world import World
from regulars.store.customers import Consent, Customer, Suppression
from regulars.store.events import Event
from regulars.store.messages import Message
from regulars.store.orders import Order, OrderLine, Refund
from regulars.store.statements import table

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """Rows, as they are now. Where the customer is inside of a journey is left out: they are asked about as somebody
    who walks through none."""

    customer: Row
    events: Sequence[Row]
    orders: Sequence[Row]
    lines: Sequence[Row]
    refunds: Sequence[Row]
    consents: Sequence[Row]
    suppressed: Sequence[Row]
    messages: Sequence[Row]


def read(connection: Connection, customer: str) -> Books | None:
    """By our id; None where there is none."""
    who, event, order, consent, message = (table(one) for one in (Customer, Event, Order, Consent, Message))
    found = _rows(connection, select(who).where(who.c.id == customer))
    if not found:
        return None
    orders = _rows(connection, select(order).where(order.c.customer_id == customer).order_by(order.c.placed_at))
    line, refund, gone = table(OrderLine), table(Refund), table(Suppression)
    addresses = [one for one in (found[0]["email"], found[0]["phone"]) if one]
    given_back = select(refund).where(refund.c.order_external_id.in_([one["external_id"] for one in orders]))
    return Books(
        customer=found[0],
        events=_rows(connection, select(event).where(event.c.customer_id == customer).order_by(event.c.occurred_at)),
        orders=orders,
        lines=_rows(connection, select(line).where(line.c.order_id.in_([one["id"] for one in orders]))),
        refunds=_rows(connection, given_back),
        consents=_rows(connection, select(consent).where(consent.c.customer_id == customer)),
        suppressed=_rows(connection, select(gone).where(gone.c.address.in_(addresses))),
        messages=_rows(connection, select(message).where(message.c.customer_id == customer)),
    )


def world_of(shop: Shop, books: Books, now: datetime) -> World:
    """Their world at `now`, of which nothing new is on record yet."""
    world = World(shop, dict(books.customer), now)
    for row in books.events:
        world.past.add(row)
        if row["once"] is not None:
            world.past.once.add(row["once"])
    _order_again(world, books)
    for row in books.consents:
        if row["purpose"] == "marketing":
            word = Standing(row["granted"], row["source"], row["occurred_at"], row["address"])
            world.words.setdefault((row["customer_id"], row["channel"]), []).append(word)
    world.suppressed = {(row["channel"], row["address"]): row["reason"] for row in books.suppressed}
    world.messages = {row["send_key"]: row for row in books.messages}
    world.weigh(silent=True)
    return world


def _order_again(world: World, books: Books) -> None:
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for row in sorted(books.lines, key=lambda row: int(row["position"])):
        named = (row["product_id"], row["variant_id"], row["sku"], row["title"], row["quantity"], row["price_minor"])
        lines[row["order_id"]].append(Line(*named))
    for row in books.orders:
        world.past.orders.take(row["source"], _order(row, tuple(lines[row["id"]])), row["customer_id"])
    for row in books.refunds:
        refund = (row["external_id"], row["order_external_id"], row["amount_minor"], row["currency"])
        world.past.orders.give_back(row["source"], RefundFacts(*refund, row["occurred_at"]))


def _order(row: Row, lines: tuple[Line, ...]) -> OrderFacts:
    return OrderFacts(
        id=row["external_id"],
        currency=row["currency"],
        total_minor=row["total_minor"],
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
        status=row["status"],
        test=row["test"],
        checkout_id=row["checkout_id"],
        lines=lines,
    )


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
