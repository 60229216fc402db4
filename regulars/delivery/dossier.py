"""What does the gate judge on? Everything about the wanted messages' customers, read set-based in the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, literal, select, union_all

from regulars.clock import Clock
from regulars.customers import consents
from regulars.customers.consents import Standing
from regulars.delivery.want import Claim, Want
from regulars.journeys.model import House
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.journeys import LiveJourney
from regulars.store.messages import COUNTED, Brake, Message, MessageState
from regulars.store.statements import locked, table
from regulars.walks.roll import Roll

Row = dict[str, Any]
Whose = tuple[str, str]  # customer and channel


@dataclass(frozen=True, slots=True)
class Pauses:
    """How soon a message asks again that is stopped (`braked`) or let another go first (`behind`), and how long one
    that could go but does not ask still counts as a rival (`patience`). Shop time."""

    braked: timedelta
    behind: timedelta
    patience: timedelta

    @staticmethod
    def of(clock: Clock) -> Pauses:
        """The shop's minutes, but never less than asking takes in real time: a demo's clock passes days in seconds."""
        return Pauses(
            braked=max(timedelta(minutes=5), clock.passing(timedelta(seconds=5))),
            behind=max(timedelta(minutes=1), clock.passing(timedelta(seconds=0.5))),
            patience=max(timedelta(minutes=10), clock.passing(timedelta(seconds=3))),
        )


@dataclass(slots=True)
class Dossier:
    """`counted`: instants and send keys of what caps count, and `held`: messages that wait, by send key; both by
    (customer, channel)."""

    consents: dict[Whose, Standing]
    suppressed: dict[tuple[str, str], str]
    brakes: dict[str, str]
    paused: frozenset[str]
    pauses: Pauses
    counted: dict[Whose, list[tuple[datetime, str]]] = field(default_factory=dict)
    held: dict[Whose, dict[str, Row]] = field(default_factory=dict)


def read(connection: Connection, house: House, rows: Roll, wants: Sequence[Want], pauses: Pauses) -> Dossier:
    """For a first judgement. `rows` is held under lock already."""
    addresses = {("email", row["email"]) for row in rows.customers.values() if row["email"]}
    addresses |= {("sms", row["phone"]) for row in rows.customers.values() if row["phone"]}
    dossier = _standing(connection, rows.customers.keys(), addresses, pauses)
    first = min(want.now for want in wants)
    for row in _marketing(connection, house, rows.customers.keys(), first):
        whose = (row["customer_id"], row["channel"])
        if row["state"] in COUNTED and row["counted_at"] is not None:
            dossier.counted.setdefault(whose, []).append((row["counted_at"], row["send_key"]))
        elif row["state"] == MessageState.held and row["held_until"] >= first - pauses.patience:
            dossier.held.setdefault(whose, {})[row["send_key"]] = row
    return dossier


def read_again(connection: Connection, claims: Sequence[Claim], pauses: Pauses) -> tuple[dict[str, Row], Dossier]:
    """For the judgement before the wire: the enrollments as they are now, and the dossier without what caps look at.

    Customers first and enrollments next are locked, as intake locks them: a STOP comes before or after, never between.
    """
    customers = {claim.case.customer["id"] for claim in claims}
    if connection.dialect.name == "postgresql":
        of = table(Customer)
        connection.execute(locked(connection, select(of.c.id).where(of.c.id.in_(sorted(customers))).order_by(of.c.id)))
    walks = table(Enrollment)
    columns = (walks.c.id, walks.c.state, walks.c.goal_at, walks.c.leaving, walks.c.reason)
    ids = sorted({claim.want.enrollment for claim in claims})
    query = locked(connection, select(*columns).where(walks.c.id.in_(ids)).order_by(walks.c.id))
    enrollments = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    return enrollments, _standing(connection, customers, {(one.channel, one.address) for one in claims}, pauses)


def _standing(
    connection: Connection, customers: Collection[str], addresses: Collection[tuple[str, str]], pauses: Pauses
) -> Dossier:
    stopped = connection.execute(_stopped()).all()
    return Dossier(
        consents=consents.latest(connection, customers),
        suppressed=consents.suppressed(connection, addresses),
        brakes={row.name: row.reason for row in stopped if row.what == "brake"},
        paused=frozenset(row.name for row in stopped if row.what == "journey"),
        pauses=pauses,
    )


@cache
def _stopped() -> CompoundSelect[Any]:
    """Channels that are stopped, and journeys that are paused or off."""
    brake, live = table(Brake), table(LiveJourney)
    brakes = select(literal("brake").label("what"), brake.c.scope.label("name"), brake.c.reason.label("reason"))
    paused = select(literal("journey"), live.c.journey, live.c.state).where(live.c.state.in_(("paused", "off")))
    return union_all(brakes, paused)


def _marketing(connection: Connection, house: House, customers: Collection[str], now: datetime) -> list[Row]:
    """The customers' marketing messages that caps look at, within the longest window, oldest first."""
    if not house.caps or not customers:
        return []
    longest = max(cap.per.elapsed for cap in house.caps.values())
    values = {"customers": sorted(customers), "since": now - longest}
    return [dict(row) for row in connection.execute(_recent(), values).mappings()]


@cache
def _recent() -> Select[Any]:
    of = table(Message)
    recent = (of.c.counted_at > bindparam("since")) | (of.c.state == MessageState.held)
    columns = (of.c.customer_id, of.c.channel, of.c.state, of.c.counted_at, of.c.held_until)
    return (
        select(*columns, of.c.send_key, of.c.priority, of.c.due_at)
        .where(of.c.customer_id.in_(bindparam("customers", expanding=True)), of.c.purpose == "marketing", recent)
        .order_by(of.c.counted_at)
    )
