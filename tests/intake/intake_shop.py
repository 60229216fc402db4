"""What do the tests of the way in stand on? A shop: tell it what was delivered, look at what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from regulars.clock import identity
from regulars.customers import consents
from regulars.customers.consents import Standing, Whom
from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import Receipt
from regulars.intake.accept import Accepted, Delivery, Intake
from regulars.intake.arrival import Arrival, Happened, OrderFacts, OrderLine, RefundFacts
from regulars.intake.receipts import Receipts, Report
from regulars.journeys.load import load_book
from regulars.store import shelf
from regulars.store.customers import Consent, Customer, Identity, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment, Outbox
from regulars.store.events import Event
from regulars.store.orders import Order
from regulars.store.orders import OrderLine as Line
from regulars.store.schema import METADATA
from regulars.store.shelf import Shelf
from regulars.store.statements import table

Row = dict[str, Any]
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SHOP = ("live", "live_journey", "journey_version", "house_version")


class Shop:
    """A shop with the journeys of this folder's journeys.yaml. Its clock stands at `now` until it is moved."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, START + 2 * DAY
        self.shelf = Shelf()
        self.intake, self.receipts = Intake(self.shelf), Receipts(self.shelf, identity())
        self._deliveries = 0
        with database.write() as connection:
            shelf.apply(connection, load_book(Path(__file__).with_name("journeys.yaml")), START)

    def take(self, *arrivals: Arrival) -> list[Accepted]:
        """Deliver them together, in one transaction."""
        return self.deliver([Delivery(arrival, self.now) for arrival in arrivals])

    def deliver(self, deliveries: Sequence[Delivery]) -> list[Accepted]:
        with self.database.write() as connection:
            return self.intake.accept(connection, deliveries)

    def report(self, *receipts: Receipt) -> list[bool]:
        """Have vendors report together, in one transaction."""
        with self.database.write() as connection:
            return self.receipts.take(connection, [Report(one, self.now) for one in receipts])

    def arrival(self, *events: Happened, key: str = "", **more: Any) -> Arrival:
        """An arrival; with a dedupe key of its own unless one is given."""
        self._deliveries += 1
        return Arrival("shopify", key or f"delivery {self._deliveries}", "topic", events=events, **more)

    def rows(self, model: type[SQLModel], **where: Any) -> list[Row]:
        """Rows in the order of their ids."""
        of = table(model)
        query = select(of).filter_by(**where)
        with self.database.read() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda row: str(row.get("id", "")))

    def one(self, model: type[SQLModel], **where: Any) -> Row:
        (row,) = self.rows(model, **where)
        return row

    def walk(self, enrollment: Row) -> None:
        """As when a run has opened it."""
        of = table(Enrollment)
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.id == enrollment["id"]).values(state="walking"))

    def verdicts(self, journey: str, gate: str = "start") -> list[str]:
        """What was decided at a gate, in the order of the alphabet."""
        return sorted(row["verdict"] for row in self.rows(Decision, journey=journey, gate=gate))

    def outbox(self) -> Counter[tuple[str, str]]:
        """How many rows of each kind, by journey."""
        journeys = {row["id"]: row["journey"] for row in self.rows(Enrollment)}
        return Counter((row["kind"], journeys[row["enrollment_id"]]) for row in self.rows(Outbox))

    def standings(self) -> dict[Whom, Standing]:
        """What holds of every customer's consents, at the addresses that they have now."""
        whom = {(row["id"], "email", row["email"]) for row in self.rows(Customer) if row["email"]}
        whom |= {(row["id"], "sms", row["phone"]) for row in self.rows(Customer) if row["phone"]}
        with self.database.read() as connection:
            return consents.standing(connection, whom)

    def clear(self) -> None:
        """Empty of customers and all that concerns them."""
        with self.database.write() as connection:
            for one in reversed(METADATA.sorted_tables):
                if one.name not in _SHOP:
                    connection.execute(one.delete())

    def count(self) -> dict[str, int]:
        """How many rows every table has."""
        with self.database.read() as connection:
            return {
                one.name: len(connection.execute(select(*one.primary_key.columns)).all())
                for one in METADATA.sorted_tables
            }


def person(name: str = "mei", at: datetime = START, **more: Any) -> Person:
    """Somebody with an id of the shop's and an e-mail."""
    email = f"{name}@example.com"
    return Person((("shopify", name), ("email", email)), at, **{"email": email, **more})


def order(identifier: str, at: datetime = START, **more: Any) -> OrderFacts:
    """An order over 40.00 USD, unless said otherwise."""
    facts: Row = {
        "currency": "USD",
        "total_minor": 4000,
        "placed_at": at,
        "updated_at": at,
        "status": "placed",
        "test": False,
        "lines": (OrderLine("5", "6", "A", "Sencha", 1, 4000),),
    }
    return OrderFacts(identifier, **{**facts, **more})


def completed(facts: OrderFacts, **properties: Any) -> Happened:
    """Order Completed, told once however often."""
    told = {"order_id": facts.id, "checkout_id": facts.checkout_id, **properties}
    return Happened("Order Completed", facts.placed_at, told, once=f"shopify/order/{facts.id}/completed")


def refund(identifier: str, order_id: str, amount: int, currency: str = "USD", at: datetime = START) -> RefundFacts:
    return RefundFacts(identifier, order_id, amount, currency, at)


def consent(granted: bool, at: datetime = START, channel: Any = "email") -> ConsentFact:
    return ConsentFact(channel, granted, at, "test")


Snapshot = dict[str, Any]


def _sorted(value: Any) -> Any:
    return [(name, _sorted(one)) for name, one in sorted(value.items())] if isinstance(value, dict) else value


def snapshot(shop: Shop) -> Snapshot:
    """All that the shop holds, in words that do not depend on ids or on when it came."""
    names: dict[str | None, frozenset[tuple[str, str]]] = {None: frozenset()}
    for row in shop.rows(Identity):
        found = names.setdefault(row["customer_id"], frozenset())
        names[row["customer_id"]] = found | {(row["kind"], row["value"])}
    events = {row["id"]: (row["name"], row["occurred_at"], repr(row["properties"])) for row in shop.rows(Event)}
    orders = {row["id"]: row for row in shop.rows(Order)}
    ours = (
        "id",
        "customer_id",
        "created_at",
        "start_event_id",
        "party_id",
        "recorded_at",
        "decided_at",
        "enrollment_id",
    )

    def decided(row: Row) -> Row:
        seen = {name: value for name, value in row["seen"].items() if name != "by"}
        return {**row, "seen": seen | ({"event": events.get(seen["event"])} if "event" in seen else {})}

    def plain(rows: Iterable[Row], *left_out: str) -> Counter[str]:
        told = [{name: value for name, value in row.items() if name not in (*ours, *left_out)} for row in rows]
        who = [sorted(names[row.get("customer_id")]) for row in rows]
        start = [events.get(row.get("start_event_id")) for row in rows]
        return Counter(repr((_sorted(one), by, by_event)) for one, by, by_event in zip(told, who, start, strict=True))

    lines = [{**row, "order_id": orders[row["order_id"]]["external_id"]} for row in shop.rows(Line)]
    return {
        "customers": Counter(
            repr((sorted(names[row["id"]]), _sorted({k: v for k, v in row.items() if k not in ours})))
            for row in shop.rows(Customer)
        ),
        "orders": plain(list(orders.values())),
        "lines": plain(lines),
        "consents": plain(shop.rows(Consent)),
        "standings": {(names[customer], channel): word for (customer, channel, _), word in shop.standings().items()},
        "suppressions": plain(shop.rows(Suppression)),
        "events": plain(shop.rows(Event), "received_at"),
        "entered": {(row["journey"], names[row["customer_id"]], row["key"]) for row in shop.rows(Enrollment)},
        "enrollments": plain(shop.rows(Enrollment)),
        "decisions": plain([decided(row) for row in shop.rows(Decision)]),
        "outbox": Counter({pair: number for pair, number in shop.outbox().items() if pair[0] == "start"}),
        "hinted": {pair for pair in shop.outbox() if pair[0] == "hint"},
    }
