"""What became of this message? Its gates, its states and instants, its links, and what the vendor told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers.context import Surroundings, surroundings
from regulars.journeys.model import House
from regulars.store.customers import Customer
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.events import Event
from regulars.store.messages import Message, MessageState, ShortLink
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table

Row = dict[str, Any]
MOST = 200  # decisions, and events, that a page shows
_INSTANTS = (
    ("due_at", "wanted"),
    ("ready_at", "free to go"),
    ("held_until", "held back until"),
    ("counted_at", "let through by all gates"),
    ("dispatched_at", "on the wire"),
    ("resolve_by", "to be settled by"),
    ("resent_at", "sent again"),
    ("accepted_at", "accepted by the vendor"),
    ("delivered_at", "delivered"),
    ("opened_at", "opened"),
    ("clicked_at", "clicked"),
    ("failed_at", "failed"),
)
_WHILE = {
    "held_until": {MessageState.held},
    "resolve_by": {MessageState.dispatching, MessageState.unknown},
}


@dataclass(frozen=True, slots=True)
class Dossier:
    """`gates`: the decisions at its step, in their order; a gate that let it pass leaves no decision. `told`: events
    that name the message, in their order."""

    house: House
    row: Row
    customer: Row
    place: Surroundings
    walk: Row
    title: str
    gates: tuple[Row, ...]
    told: tuple[Row, ...]
    links: tuple[Row, ...]

    @property
    def instants(self) -> list[tuple[str, datetime]]:
        """What happened when, in order of time; what was to happen only while it still is."""
        over = {name for name, states in _WHILE.items() if self.row["state"] not in states}
        shown = (pair for pair in _INSTANTS if pair[0] not in over)
        known = [(word, self.row[name]) for name, word in shown if self.row[name] is not None]
        return sorted(known, key=lambda pair: pair[1])


def read(connection: Connection, shelf: Shelf, message: str) -> Dossier | None:
    """None where there is no such message. Raises NothingLive."""
    row = _one(connection, Message, message)
    if row is None:
        return None
    house = shelf.live(connection).house
    customer, walk = _one(connection, Customer, row["customer_id"]), _one(connection, Enrollment, row["enrollment_id"])
    if customer is None or walk is None:
        return None
    gate, event, link = table(Decision), table(Event), table(ShortLink)
    at_step = (gate.c.enrollment_id == row["enrollment_id"], gate.c.step == row["step"])
    gates = select(gate).where(*at_step).order_by(gate.c.decided_at, gate.c.id).limit(MOST)
    told = select(event).where(event.c.message_id == message).order_by(event.c.occurred_at, event.c.id).limit(MOST)
    links = select(link).where(link.c.message_id == message).order_by(link.c.code)
    return Dossier(
        house=house,
        row=row,
        customer=customer,
        place=surroundings(house, customer),
        walk=walk,
        title=shelf.play(connection, row["journey"], row["version"]).graph.title,
        gates=tuple(rows_of(connection, gates, {})),
        told=tuple(rows_of(connection, told, {})),
        links=tuple(rows_of(connection, links, {})),
    )


def _one(connection: Connection, model: Any, identifier: str) -> Row | None:
    of = table(model)
    return next(iter(rows_of(connection, select(of).where(of.c.id == identifier), {})), None)
