"""On what are answers tried? A shop that is told things, ticks, and whose walks turn and send, by the real functions.

Only Temporal and the wire are left out: what a worker would ask when, a test asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import agenda_shop
from agenda_shop import DAY, HOUR, MINUTE, NOW
from delivery_shop import dispatch
from sqlalchemy import select

from regulars.calls.tries import decided
from regulars.calls.verdict import Trying
from regulars.calls.verdict import Verdict as Called
from regulars.clock import identity
from regulars.customers.person import ConsentFact, Person
from regulars.delivery.ledger import Ledger, Said
from regulars.delivery.providers.base import Found
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.delivery.want import Claim, Fate, Outcome, Settling, Want
from regulars.engine.act import Act, ActKind
from regulars.engine.standing import Closed
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.receipts import Receipts, Report
from regulars.journeys.model import Channel
from regulars.store.customers import Customer, Identity
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.journeys import Live, LiveJourney
from regulars.store.messages import Brake, Message, MessageState
from regulars.store.statements import add, insert, table
from regulars.walks.change import Changes
from regulars.walks.look import Lookout
from regulars.walks.moment import Question
from regulars.walks.record import Opening, Record
from regulars.walks.when import Calendar
from regulars.why import ask
from regulars.why.answer import Reason, Why
from regulars.why.why import why

__all__ = ["DAY", "HOUR", "MINUTE", "NOW", "Shop", "reasons"]
Row = dict[str, Any]
HOUSE = """\
house:
  name: Leaf
  website: https://leaf.example
  email_from: Leaf <hello@leaf.example>
  sms_from: "+14155550100"
  whatsapp_from: "+14155550101"
  postal_address: Leaf, 18 Mulberry Street, New York
  timezone: Europe/Berlin
  locale: en-US
  currency: USD
  quiet_hours: {sms: "20:00-09:00"}
  caps: {email: 1 per 16 hours}
  valid_for: {email: 2 days}
"""
CART = "  cart: {start: {event: Checkout Started, again: always}, steps: [{email: cart/reminder}]}\n"


def reasons(found: Why) -> Iterator[Reason]:
    """Every sentence of an answer, in its order."""
    for story in found.stories:
        for way in story.ways:
            yield from way.reasons
            for case in way.cases:
                yield from case.reasons
        yield from story.refused


class Shop(agenda_shop.Shop):
    """Customers are Tom, unless said otherwise, in Berlin."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ledger, self.receipts = Ledger(self.shelf), Receipts(self.shelf, identity())

    def open(self, journeys: str, house: str = HOUSE) -> Shop:
        """Make these journeys live."""
        self.apply(journeys, house=house)
        return self

    def meet(self, name: str = "Tom", *, consents: str = "email sms", traits: Row | None = None, **known: Any) -> str:
        """A customer who consents to these channels; gives the id."""
        identifier = self.customer(name, traits, **{"email": f"{name.lower()}@example.com", **known})
        for channel in consents.split():
            self.consent(name, channel, True, self.now - DAY)
        return identifier

    def consent(self, name: str, channel: Any, granted: bool, at: datetime | None = None) -> None:
        who = Person((("shop", name),), self.now - 400 * DAY)
        fact = ConsentFact(channel, granted, at or self.now, "shopify checkout" if granted else "shopify consent")
        self._take(Arrival("test", uuid4().hex, "consent", who, (), (fact,)))

    def id_of(self, name: str = "Tom") -> str:
        of = table(Identity)
        with self.database.read() as connection:
            return str(connection.execute(select(of.c.customer_id).where(of.c.value == name)).scalar_one())

    def enter(self, event: str = "Checkout Started", name: str = "Tom", **properties: Any) -> Row:
        """Something happens that lets in; the walk has begun."""
        self.tell(name, event, **properties)
        return self.begin(name)

    def begin(self, name: str = "Tom") -> Row:
        """The walk of their latest enrollment begins, as a run would have it."""
        row = self.rows(Enrollment, customer_id=self.id_of(name))[-1]
        with self.database.write() as connection:
            Record(self.shelf).open(connection, [Opening(row["party_id"], row["id"], self.now)])
        return row

    def want(self, walk: Row, step: str, visit: int = 1) -> Want:
        return Want(walk["id"], walk["journey"], walk["version"], step, step, visit, self.now, "run/1/1", self.now)

    def asks(self, walk: Row, step: str, visit: int = 1) -> Said:
        """The step's message is asked for: the first transaction."""
        with self.database.write() as connection:
            return self.ledger.claim(connection, [self.want(walk, step, visit)])[0]

    def claims(self, walk: Row, step: str) -> Claim:
        said = self.asks(walk, step)
        assert isinstance(said, Claim), said
        return said

    def wires(self, walk: Row, step: str) -> Claim:
        """It is on the wire: the second."""
        claim = self.claims(walk, step)
        with self.database.write() as connection:
            (said,) = self.ledger.dispatch(connection, [dispatch(claim, self.now)])
        assert getattr(said, "result", "") == "go", said
        return claim

    def comes_to(self, claim: Claim, state: MessageState, attempt: int | None = 1, **more: Any) -> None:
        """What the vendor said: the third."""
        with self.database.write() as connection:
            self.ledger.record(connection, [Outcome(claim, attempt, state, self.now, **more)])

    def sends(self, walk: Row, step: str) -> Claim:
        claim = self.wires(walk, step)
        self.comes_to(claim, MessageState.accepted, vendor_id="SM41f9")
        return claim

    def settles(self, walk: Row, step: str) -> None:
        """A message in doubt, of which the vendor knows nothing when its time has run out."""
        fate = self.asks(walk, step)
        assert isinstance(fate, Fate), fate
        with self.database.write() as connection:
            self.ledger.settle(connection, [Settling(fate, Found("unsure"), self.now, self.now)])

    def reports(self, kind: ReceiptKind, claim: Claim, channel: Channel = "email", **more: Any) -> None:
        receipt = Receipt("sendgrid", uuid4().hex, kind, channel, self.now, claim.message_id, **more)
        with self.database.write() as connection:
            self.receipts.take(connection, [Report(receipt, self.now)])

    def turns(self, walk: Row, kind: ActKind, step: str, *, final: bool = True) -> str:
        """The walk asks at a step which way it turns."""
        question = self._question(walk, kind, step, final)
        look, part = Lookout(self.shelf), {"branch": "branch", "split": "split", "look": "look", "until": "branch"}
        with self.database.write() as connection:
            if kind == "when":
                return Calendar(self.shelf).when(connection, [question])[0].result
            if kind == "change":
                return Changes(self.shelf).change(connection, [question])[0].result
            return str(getattr(look, part[kind])(connection, [question])[0].result)

    def called(self, walk: Row, step: str, status: int) -> None:
        """The step's webhook was called, and this came of it."""
        question = self._question(walk, "call", step, True)
        verdict = (
            Called("done", "received", "", None, status) if status < 400 else Called("failed", "refused", "", None)
        )
        row = decided(
            question, walk["customer_id"], "erp.example", Trying("call", 1, self.now + DAY), verdict, self.now
        )
        with self.database.write() as connection:
            add(connection, Decision, [row])

    def closes(self, walk: Row, ending: Any, reason: str = "") -> None:
        with self.database.write() as connection:
            Record(self.shelf).close(connection, [Closed(walk["id"], ending, reason, self.now)])

    def switch(self, journey: str, state: str) -> None:
        """Somebody switches a journey off, pauses it or lets it go on."""
        of, live = table(LiveJourney), table(Live)
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.journey == journey).values(state=state))
            connection.execute(live.update().values(revision=live.c.revision + 1))

    def brake(self, scope: str) -> None:
        with self.database.write() as connection:
            connection.execute(insert(connection, Brake).values(scope=scope, reason="complaints", since=self.now))

    def unbrake(self) -> None:
        with self.database.write() as connection:
            connection.execute(table(Brake).delete())

    def forget_starts(self) -> None:
        """As in a shop of the time before decisions were kept."""
        of = table(Decision)
        with self.database.write() as connection:
            connection.execute(of.delete().where(of.c.gate == "start"))

    def rows_of_tom(self) -> list[Row]:
        return self.rows(Enrollment, customer_id=self.id_of())

    def event_of_shop(self, name: str) -> None:
        """The shop itself tells something, and whoever it lets in is let in."""
        self.tell(None, name)
        self.let_in()

    def why(self, about: str | None = None, name: str = "Tom", at: datetime | None = None) -> Why:
        """The answer, as the command would ask for it."""
        with self.database.read() as connection:
            asked = ask.asked(connection, self.shelf, self.id_of(name), about)
            found = why(connection, self.shelf, asked, self.now, at)
        assert found is not None
        return found

    def message(self, step: str) -> Row:
        return self.rows(Message, step=step)[-1]

    def late(self, name: str, event: str, since: datetime) -> None:
        """Something is told so late that it is history."""
        who = Person((("shop", name),), self.now - 400 * DAY)
        self._take(Arrival("test", uuid4().hex, event, who, (Happened(event, since, {}),)))

    def known_since(self, name: str, at: datetime) -> None:
        """When the customer came to be known."""
        of = table(Customer)
        with self.database.write() as connection:
            connection.execute(of.update().where(of.c.id == self.id_of(name)).values(created_at=at))

    def _question(self, walk: Row, kind: ActKind, step: str, final: bool) -> Question:
        act = Act(kind, walk["version"], step, step, 1, final)
        return Question(act, walk["journey"], walk["id"], self.now - DAY, self.now)
