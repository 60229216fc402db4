"""Who and what is asked about? A customer by id, e-mail or phone; all their journeys, one, or one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from regulars.customers.context import surroundings
from regulars.desk import find
from regulars.engine import calendar
from regulars.journeys.channels import CHANNELS
from regulars.journeys.nearest import instead
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.walks import roll


class Unanswerable(ValueError):
    """There is nobody, or nothing, of that name. Says what was asked and what would be right."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`customer`: their id. `journey`, `step` and `message` narrow it down; a message says its journey and step."""

    customer: str
    journey: str | None = None
    step: str | None = None
    message: str | None = None


def asked(connection: Connection, shelf: Shelf, customer: str, about: str | None = None) -> Asked:
    """`customer`: an id, e-mail or phone number; `about` as in `narrowed`. Raises Unanswerable."""
    found = find.find(connection, shelf, customer)
    if found.kind == "several":
        ids = ", ".join(row["id"] for row in found.customers)
        raise Unanswerable(f"{customer!r} is several customers: ask by id, one of {ids}")
    if found.kind != "customer":
        raise Unanswerable(f"there is no customer {customer!r}: expected an id, an e-mail or a phone number")
    return narrowed(connection, shelf, found.id, about)


def instant(text: str, zone: str) -> datetime:
    """An instant: ISO 8601 with an offset, or without one by the clock of `zone`. Raises Unanswerable."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        words = f"{text!r} is no time: expected one as 2026-03-10T16:00, by the customer's clock, or with its offset"
        raise Unanswerable(words) from None
    if found.tzinfo is not None:
        return found
    midnight = calendar.midnight(found.date(), zone)
    return calendar.at_clock(midnight, f"{found:%H:%M}", zone)


def narrowed(connection: Connection, shelf: Shelf, customer: str, about: str | None) -> Asked:
    """`customer`: an id. `about`: a journey's name, a message's id (ours or the vendor's), or `journey/step`; nothing
    for all of it. Raises Unanswerable."""
    if not about:
        return Asked(customer)
    of = table(Message)
    names = select(of.c.id, of.c.journey, of.c.step).where(of.c.customer_id == customer)
    row = connection.execute(names.where((of.c.id == about) | (of.c.vendor_id == about))).first()
    if row is not None:
        return Asked(customer, row.journey, row.step, row.id)
    journey, _, step = about.partition("/")
    live = table(LiveJourney)
    versions = {one.journey: one.version for one in connection.execute(select(live)).all()}
    if journey not in versions:
        words = f"this customer has no message {about!r}, and there is no journey of that name"
        raise Unanswerable(f"{words}{instead(journey, versions)}")
    if not step:
        return Asked(customer, journey)
    nodes = shelf.play(connection, journey, versions[journey]).graph.nodes
    messages = [name for name, node in nodes.items() if node.kind in CHANNELS]
    if step not in messages:
        raise Unanswerable(f"the journey {journey} has no message {step!r}{instead(step, messages)}")
    return Asked(customer, journey, step)


def zone_of(connection: Connection, shelf: Shelf, customer: str) -> str:
    """By whose clock the customer lives; the house's where there is no such customer."""
    house = shelf.live(connection).house
    row = roll.customers(connection, [customer]).get(customer)
    return surroundings(house, row).zone if row else house.timezone
