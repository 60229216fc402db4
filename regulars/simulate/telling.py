"""What does the world make of what it is told? Deliveries and vendors' reports, as the way in takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.customers import consents, identity
from regulars.customers.consents import STOPPED, Standing
from regulars.customers.person import ConsentFact
from regulars.delivery.receipt import Receipt
from regulars.intake import fates, order_book, receipts
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.occurrence import Occurrence, of_consent
from regulars.journeys.channels import TRAITS_OF
from regulars.simulate.world import World

Row = dict[str, Any]


def take(world: World, arrival: Arrival) -> None:
    """A delivery, with all that it lets happen."""
    world.write(_learnt(world, arrival))


def remember(world: World, arrival: Arrival) -> None:
    """A delivery of the past: it is known, and lets nothing happen."""
    for one in _learnt(world, arrival):
        world.note(one)


def report(world: World, receipt: Receipt, message: Row | None) -> None:
    """What a vendor tells of a message (its row), or of the customer's address."""
    customer, address = world.customer_row, message["address"] if message else receipt.address
    facts: list[ConsentFact] = []
    if receipt.kind in receipts.CONSENT:
        facts.append(receipts.word_of(receipt, world.now, address))
    occurrences: list[Occurrence] = []
    name = TRAITS_OF[receipt.channel].event(receipt.kind)
    if name and not receipt.machine:
        happened = Happened(name, world.now, receipts.properties_of(receipt, message))
        occurrences.append(Occurrence(happened, receipt.source, customer["id"], message["id"] if message else None))
    world.write([*occurrences, *agree(world, facts)])
    if address:
        _suppress(world, receipt, address)
    if message is not None:
        fates.fill(message, receipt, world.now)


def agree(world: World, facts: Sequence[ConsentFact]) -> list[Occurrence]:
    """Put words of consent on record; what they changed, as events."""
    customer = world.customer_row
    rows, changed = consents.said_anew([(customer, fact) for fact in facts], world.words, world.now)
    for row in rows:
        word = Standing(row["granted"], row["source"], row["occurred_at"], row["address"])
        world.words.setdefault((customer["id"], row["channel"]), []).append(word)
    return [of_consent(fact, who) for who, fact in changed]


def _learnt(world: World, arrival: Arrival) -> list[Occurrence]:
    """What is known by it of the customer, their orders and consents; its events."""
    customer, orders = world.customer_row, world.past.orders
    whose = customer["id"] if arrival.person is not None else None
    if arrival.person is not None and identity.learn(customer, arrival.person):
        customer["touched_at"] = world.now
        world.dirty = True
    if arrival.order:
        orders.take(arrival.source, arrival.order, whose)
    if arrival.refund:
        orders.give_back(arrival.source, arrival.refund)
    if arrival.order or arrival.refund:
        customer |= {**order_book.sums_over(row for row, _ in orders.all()), "touched_at": world.now}
        world.dirty = True
    occurrences = agree(world, arrival.consents)
    return occurrences + [Occurrence(one, arrival.source, whose) for one in arrival.events]


def _suppress(world: World, receipt: Receipt, address: str) -> None:
    """The first reason stays; but a STOP, which its address can take back, makes way for one that it cannot."""
    reason, whose = receipts.SUPPRESSED.get(receipt.kind), (receipt.channel, address)
    known = world.suppressed.get(whose)
    if reason and (known is None or (known == STOPPED and reason != STOPPED)):
        world.suppressed[whose] = reason


def delivered(world: World, message: Row) -> None:
    """The vendor has delivered a message."""
    key, channel = f"delivered/{message['id']}", message["channel"]
    report(world, Receipt("simulated", key, "delivered", channel, None, message["id"]), message)
