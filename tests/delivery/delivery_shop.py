"""What do the tests of delivery stand on? A small shop, whose customers come in by the real intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import select

from regulars.clock import identity
from regulars.delivery import files
from regulars.delivery.ledger import Ledger, Said
from regulars.delivery.providers.base import Found, Outgoing, WireRequest
from regulars.delivery.receipt import Receipt
from regulars.delivery.want import Claim, Composed, Dispatch, Fate, Outcome, Settling, Want
from regulars.engine.act import Answer
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival, ConsentFact, Happened, Person
from regulars.intake.receipts import Receipts, Report
from regulars.intake.sent import SentEvents
from regulars.journeys.graph import version_of
from regulars.journeys.happening import Goal, Happening, Start
from regulars.journeys.model import Book, Cap, Channel, House, Journey, QuietHours, Send
from regulars.journeys.span import Span
from regulars.store import shelf
from regulars.store.customers import Identity, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Brake, Message
from regulars.store.shelf import Shelf
from regulars.store.statements import insert, table
from regulars.walks.record import Opening, Record
from regulars.walks.turn import Verdict

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # a Wednesday, twelve o'clock in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEMPLATES = Path(__file__).with_name("templates")
HOUSE = House(
    timezone="America/New_York",
    locale="en-US",
    currency="USD",
    name="Mori & Me",
    postal_address="18 Mulberry Street, New York",
    senders={"email": "Mori & Me <hello@mori.example>", "sms": "+15017122661", "whatsapp": "+15017122662"},
    website="https://mori.example",
    caps={"email": Cap(1, Span(16, "hour")), "sms": Cap(2, Span(7, "day"))},
    quiet_hours={"sms": QuietHours("20:00", "09:00")},
    valid_for={"email": Span(2, "day"), "sms": Span(12, "hour")},
)


def send(kind: Channel = "email", of: str = "cart", **more: Any) -> Send:
    """A message's step, named after its channel."""
    return Send(kind, kind, kind, f"{of}/{kind}", **more)


def journey(name: str = "cart", *steps: Send, **more: Any) -> Journey:
    """A journey that "<Name> Started" lets in, with a mail and a text where nothing else is said."""
    return Journey(
        id=name,
        title=name.title(),
        start=Start(f"{name.title()} Started"),
        steps=steps or (send(of=name), send("sms", of=name)),
        goal=more.pop("goal", Goal("Order Completed", Span(7, "day"))),
        leave=more.pop("leave", (Happening("Order Cancelled"),)),
        **more,
    )


def phone_of(who: str) -> str:
    """Everybody's own number."""
    return f"+1415{crc32(who.encode()) % 10_000_000:07d}"


@dataclass
class Shop:
    """A database in which a book is live, and the sets of functions that work on it."""

    database: Database
    house: House = HOUSE
    journeys: dict[str, Journey] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=lambda: files.read(TEMPLATES)[0])
    shelf: Shelf = field(default_factory=Shelf)
    told: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.shelf, teller=SentEvents(self.shelf))
        self.intake = Intake(self.shelf)
        self.receipts = Receipts(self.shelf, identity())

    def apply(self, *journeys: Journey, **house: Any) -> Shop:
        """Make these journeys, under these house rules, what is live."""
        self.house = replace(self.house, **house)
        self.journeys = {one.id: one for one in journeys}
        with self.database.write() as connection:
            shelf.apply(connection, Book(self.house, self.journeys), NOON - DAY, self.templates)
        return self

    def hear(self, who: str, *events: str, at: datetime = NOON - HOUR, **person: Any) -> None:
        """An arrival about a customer: what happened, and what is known of the person."""
        self.take_in([(who, events, {})], at, **person)

    def consent(self, who: str, channel: Channel, granted: bool, at: datetime = NOON - HOUR) -> None:
        self.take_in([(who, (), {channel: granted})], at)

    def take_in(
        self, told: Sequence[tuple[str, Sequence[str], dict[Channel, bool]]], at: datetime, **person: Any
    ) -> None:
        """Several arrivals in one transaction: who, what happened, and what they consent to."""
        deliveries = []
        for who, events, consents in told:
            self.told += 1
            about = Person((("shop", who),), at, **{"email": f"{who}@example.com", **person})
            happened = tuple(Happened(name, at, {"order_id": who}) for name in events)
            facts = tuple(ConsentFact(channel, granted, at, "test") for channel, granted in consents.items())
            deliveries.append(Delivery(Arrival("test", f"d{self.told}", "test", about, happened, facts), at))
        with self.database.write() as connection:
            self.intake.accept(connection, deliveries)

    def enter(self, who: str = "ann", name: str = "cart", *, at: datetime = NOON - HOUR, **person: Any) -> str:
        """Somebody who consents to everything enters a journey, and its walk begins; the enrollment's id."""
        known = {"phone": phone_of(who), **person}
        self.take_in([(who, (f"{name.title()} Started",), {"email": True, "sms": True})], at, **known)
        enrollment = self.enrollment(who, name)
        with self.database.write() as connection:
            Record(self.shelf).open(connection, [Opening(enrollment, enrollment, at)])
        return enrollment

    def wants(self, people: Sequence[str], name: str, at: datetime, now: datetime) -> list[Want]:
        """Several people enter a journey together; what they want of its first message."""
        self.take_in([(who, (f"{name.title()} Started",), {"email": True}) for who in people], at)
        enrollments = [self.enrollment(who, name) for who in people]
        with self.database.write() as connection:
            Record(self.shelf).open(connection, [Opening(one, one, at) for one in enrollments])
        return [self.want(one, "email", now, name=name) for one in enrollments]

    def enrollment(self, who: str, name: str = "cart") -> str:
        """The id of the customer's latest way through a journey."""
        of = table(Enrollment)
        query = select(of.c.id).where(of.c.customer_id == self.customer(who), of.c.journey == name)
        with self.database.read() as connection:
            return str(connection.execute(query.order_by(of.c.id.desc())).scalars().first())

    def customer(self, who: str) -> str:
        of = table(Identity)
        with self.database.read() as connection:
            return str(connection.execute(select(of.c.customer_id).where(of.c.value == who)).scalar_one())

    def want(
        self,
        enrollment: str,
        step: str = "email",
        now: datetime = NOON,
        *,
        name: str = "cart",
        due: datetime | None = None,
        owner: str = "run/1/1",
        visit: int = 1,
    ) -> Want:
        version = version_of(self.journeys[name])
        return Want(enrollment, name, version, step, step, visit, due or now, owner, now)

    def ask(self, *wants: Want) -> list[Said]:
        """The first transaction."""
        with self.database.write() as connection:
            return self.ledger.claim(connection, wants)

    def asked(self, want: Want) -> Answer:
        """Its answer, where it is held back or refused."""
        (said,) = self.ask(want)
        assert isinstance(said, Answer), f"expected an answer, not {said}"
        return said

    def claimed(self, want: Want) -> Claim:
        """Its claim, where it may go."""
        (said,) = self.ask(want)
        assert isinstance(said, Claim), f"expected a claim, not {said}"
        return said

    def decisions(self, enrollment: str) -> list[dict[str, Any]]:
        """What was decided at its steps, oldest first."""
        of = table(Decision)
        query = select(of).where(of.c.enrollment_id == enrollment, of.c.step.is_not(None)).order_by(of.c.id)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def message(self, want: Want) -> dict[str, Any] | None:
        of = table(Message)
        with self.database.read() as connection:
            row = connection.execute(select(of).where(of.c.send_key == want.send_key)).mappings().first()
            return dict(row) if row else None

    def suppress(self, channel: Channel, address: str) -> None:
        row = {"channel": channel, "address": address, "reason": "bounced", "source": "test", "occurred_at": NOON}
        with self.database.write() as connection:
            connection.execute(insert(connection, Suppression).values(row))

    def brake(self, scope: str, on: bool = True) -> None:
        of = table(Brake)
        with self.database.write() as connection:
            connection.execute(of.delete().where(of.c.scope == scope))
            if on:
                connection.execute(insert(connection, Brake).values(scope=scope, reason="a test", since=NOON))

    def state(self, name: str, state: str) -> None:
        of = table(LiveJourney)
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.journey == name).values(state=state))

    def report(self, receipt: Receipt, at: datetime = NOON) -> None:
        """A vendor's callback comes in."""
        with self.database.write() as connection:
            self.receipts.take(connection, [Report(receipt, at)])

    def dispatched(self, *claims: Claim, now: datetime = NOON) -> list[Verdict]:
        """The second transaction, for claims as if they were rendered."""
        with self.database.write() as connection:
            return self.ledger.dispatch(connection, [dispatch(claim, now) for claim in claims])

    def recorded(self, *outcomes: Outcome) -> list[Answer]:
        """The third transaction."""
        with self.database.write() as connection:
            return self.ledger.record(connection, outcomes)

    def settled(self, fate: Fate, found: Found, now: datetime) -> Answer | None:
        """What was found out by a look-up goes on record."""
        with self.database.write() as connection:
            (answer,) = self.ledger.settle(connection, [Settling(fate, found, now, now + timedelta(minutes=1))])
            return answer


def dispatch(claim: Claim, now: datetime = NOON) -> Dispatch:
    """A claim on its way to the wire, which has twenty minutes to be settled."""
    outgoing = Outgoing(claim.message_id, claim.channel, claim.address, "sender", "text")
    composed = Composed(claim, outgoing, "en", "v1", None)
    return Dispatch(composed, WireRequest("POST", "http://127.0.0.1", {}), now, now + timedelta(minutes=20))
