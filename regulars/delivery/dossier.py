"""What does the gate judge on? Everything about the wanted messages' customers, read set-based in the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, or_, select, union_all

from regulars.clock import Clock
from regulars.customers import consents
from regulars.customers.consents import Standing, Whom
from regulars.delivery.want import Case, Claim
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import House
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.events import Event
from regulars.store.journeys import LiveJourney
from regulars.store.lists import one_of
from regulars.store.messages import COUNTED, Brake, Message, MessageState
from regulars.store.statements import rows_of, table
from regulars.walks import roll
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
    (customer, channel), as is `last_words`: when they last wrote to us, where that says what we may write."""

    consents: dict[Whom, Standing]
    suppressed: dict[tuple[str, str], str]
    brakes: dict[str, str]
    paused: frozenset[str]
    pauses: Pauses
    counted: dict[Whose, list[tuple[datetime, str]]] = field(default_factory=dict)
    held: dict[Whose, dict[str, Row]] = field(default_factory=dict)
    last_words: dict[Whose, datetime] = field(default_factory=dict)

    def file(self, messages: Iterable[Row], now: datetime) -> None:
        """Sort in marketing messages, oldest first: what caps count, and what waits and still asks."""
        for row in messages:
            whose = (row["customer_id"], row["channel"])
            if row["state"] in COUNTED and row["counted_at"] is not None:
                self.counted.setdefault(whose, []).append((row["counted_at"], row["send_key"]))
            elif row["state"] == MessageState.held and row["held_until"] >= now - self.pauses.patience:
                self.held.setdefault(whose, {})[row["send_key"]] = row


def read(connection: Connection, house: House, rows: Roll, cases: Sequence[Case], pauses: Pauses) -> Dossier:
    """For a first judgement. `rows` is held under lock already."""
    whom = {(case.customer["id"], case.send.kind, case.address) for case in cases if case.address}
    dossier = _standing(connection, whom, pauses)
    dossier.last_words = _last_words(connection, whom)
    if not cases:
        return dossier
    first = min(case.want.now for case in cases)
    dossier.file(_marketing(connection, house, rows.customers.keys(), first), first)
    return dossier


def read_again(connection: Connection, claims: Sequence[Claim], pauses: Pauses) -> tuple[dict[str, Row], Dossier]:
    """For the judgement before the wire: the enrollments that something has happened to, as they are now, and the
    dossier without what caps look at.

    They and their customers are locked, as intake locks them: a STOP comes before or after, never between.
    """
    ids = sorted({claim.want.enrollment for claim in claims})
    roll.lock(connection, ids)
    enrollments = {row["id"]: row for row in rows_of(connection, _HAPPENED, {"ids": ids})}
    whom = {(one.case.customer["id"], one.channel, one.address) for one in claims}
    return enrollments, _standing(connection, whom, pauses)


def _standing(connection: Connection, whom: Collection[Whom], pauses: Pauses) -> Dossier:
    stopped = connection.execute(_STOPPED).all()
    return Dossier(
        consents=consents.standing(connection, whom),
        suppressed=consents.suppressed(connection, {(channel, address) for _, channel, address in whom}),
        brakes={row.name: row.reason for row in stopped if row.what == "brake"},
        paused=frozenset(row.name for row in stopped if row.what == "journey"),
        pauses=pauses,
    )


def _last_words(connection: Connection, whom: Collection[Whom]) -> dict[Whose, datetime]:
    """Of channels that have a window alone; nearly always none is asked."""
    found: dict[Whose, datetime] = {}
    for channel, traits in TRAITS_OF.items():
        ids = sorted({customer for customer, of, _ in whom if of == channel}) if traits.window else []
        if ids:
            rows = connection.execute(_SPOKE, {"ids": ids, "names": list(traits.inbound)})
            found |= {(row.customer_id, channel): row.last for row in rows}
    return found


def _marketing(connection: Connection, house: House, customers: Collection[str], now: datetime) -> list[Row]:
    """The customers' marketing messages that caps look at, within the longest window, oldest first."""
    if not house.caps or not customers:
        return []
    longest = max(cap.per.elapsed for cap in house.caps.values())
    values = {"customers": sorted(customers), "since": now - longest}
    return rows_of(connection, _RECENT, values)


_WALK, _HAD, _BRAKE, _LIVE = (table(one) for one in (Enrollment, Message, Brake, LiveJourney))
_EVENT = table(Event)
_SPOKE = (
    select(_EVENT.c.customer_id, func.max(_EVENT.c.occurred_at, type_=_EVENT.c.occurred_at.type).label("last"))
    .where(one_of(_EVENT.c.customer_id, "ids"), one_of(_EVENT.c.name, "names"))
    .group_by(_EVENT.c.customer_id)
)
# Nearly every one is as it was a moment ago, and SQLite hands its rows over one by one.
_HAPPENED = select(_WALK.c.id, _WALK.c.state, _WALK.c.goal_at, _WALK.c.leaving, _WALK.c.reason).where(
    one_of(_WALK.c.id, "ids"),
    or_(_WALK.c.state == EnrollmentState.closed, _WALK.c.goal_at.is_not(None), _WALK.c.leaving.is_not(None)),
)
# Channels that are stopped, and journeys that are paused or off.
_STOPPED = union_all(
    select(literal("brake").label("what"), _BRAKE.c.scope.label("name"), _BRAKE.c.reason.label("reason")),
    select(literal("journey"), _LIVE.c.journey, _LIVE.c.state).where(_LIVE.c.state.in_(("paused", "off"))),
)
_RECENT = (
    select(
        *(_HAD.c.customer_id, _HAD.c.channel, _HAD.c.state, _HAD.c.counted_at, _HAD.c.held_until),
        *(_HAD.c.send_key, _HAD.c.priority, _HAD.c.due_at),
    )
    .where(
        one_of(_HAD.c.customer_id, "customers"),
        _HAD.c.purpose == "marketing",
        (_HAD.c.counted_at > bindparam("since")) | (_HAD.c.state == MessageState.held),
    )
    .order_by(_HAD.c.counted_at)
)
