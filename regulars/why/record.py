"""What is on record of one customer? All that an answer is made of, in a fixed number of statements, as of an instant.

What was written later than that is left out; of rows that change, what later instants filled in is taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from regulars.customers import consent_history
from regulars.customers.consent_history import History
from regulars.customers.context import Surroundings, surroundings
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import House
from regulars.store.audiences import Audience, SegmentMember
from regulars.store.customers import Customer, Suppression
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.events import Event
from regulars.store.journeys import JourneyVersion, LiveJourney
from regulars.store.lists import among, grouped, one_of
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table
from regulars.why import as_of

Row = dict[str, Any]
MOST = 500  # of each kind of row, the latest; nobody reads more
_WHO, _WALK, _DECISION, _MESSAGE, _EVENT = (table(one) for one in (Customer, Enrollment, Decision, Message, Event))


@dataclass(frozen=True, slots=True)
class Record:
    """`at`: the instant as of which all this is; `past`: it is not now. `events`: by id, the ones that decisions name;
    `came`: those by which journeys start, of the customer, of their `namesakes` (who share an e-mail or number) and of
    the shop. `applied`: by journey, what became live or was taken off, oldest first. `others`: enrollments that
    decisions name. `live`: rows of LiveJourney."""

    at: datetime
    past: bool
    house: House
    customer: Row
    place: Surroundings
    enrollments: tuple[Row, ...]
    decisions: tuple[Row, ...]
    messages: tuple[Row, ...]
    events: Mapping[str, Row]
    came: tuple[Row, ...]
    namesakes: Mapping[str, Row]
    others: Mapping[str, Row]
    consents: History
    suppressed: Mapping[tuple[str, str], Row]
    segments: frozenset[str]
    audiences: tuple[Row, ...]
    live: Mapping[str, Row]
    applied: Mapping[str, tuple[Row, ...]]

    def version(self, journey: str) -> str | None:
        """The version that new customers entered at the time; None where none was live."""
        last = self.applied[journey][-1] if self.applied.get(journey) else None
        return last["seen"]["version"] if last is not None and last["verdict"] == "live" else None


def read(
    connection: Connection, shelf: Shelf, customer: str, journey: str | None, at: datetime, now: datetime
) -> Record | None:
    """None where there is no such customer. `journey`: the only one that is asked about. Raises NothingLive."""
    row = next(iter(rows_of(connection, select(_WHO).where(_WHO.c.id == customer), {})), None)
    if row is None:
        return None
    house, past = shelf.live(connection).house, at < now
    only = journey, at
    decisions = _mine(connection, _DECISION, _DECISION.c.decided_at, customer, *only)
    shop = _shops(connection, at)
    walks = _mine(connection, _WALK, _WALK.c.entered_at, customer, journey, None)
    messages = _mine(connection, _MESSAGE, _MESSAGE.c.due_at, customer, None, at)  # a cap looks at all journeys'
    live = {one["journey"]: one for one in rows_of(connection, select(table(LiveJourney)), {})}
    namesakes = _namesakes(connection, row)
    names = _start_names(connection, shelf, live, journey)
    came = _came(connection, {customer, *namesakes}, names, at)
    named = {str(one["seen"]["event"]) for one in decisions if one["seen"].get("event")}
    others = {str(one["seen"][name]) for one in decisions for name in ("by", "from") if one["seen"].get(name)}
    addresses = {(one["channel"], one["address"]) for one in messages if one["address"]}
    addresses |= {(channel, row[traits.address]) for channel, traits in TRAITS_OF.items() if row[traits.address]}
    return Record(
        at=at,
        past=past,
        house=house,
        customer=row,
        place=surroundings(house, row),
        enrollments=tuple(as_of.enrollment(one, at) for one in walks if as_of.entered(one, decisions, at)),
        decisions=tuple(decisions + [one for one in shop if one["gate"] == "start"]),
        messages=tuple(_as_of(messages, walks, decisions, at) if past else messages),
        events=_by_id(connection, _EVENT, named),
        came=came,
        namesakes=namesakes,
        others=_by_id(connection, _WALK, others),
        consents=consent_history.read(connection, customer, addresses),
        suppressed=_suppressed(connection, addresses, at),
        segments=_segments(connection, customer),
        audiences=tuple(_audiences(connection, came)),
        live=live,
        applied=_applied(connection, shop, at),
    )


def _mine(
    connection: Connection, of: Any, when: ColumnElement[Any], customer: str, journey: str | None, at: datetime | None
) -> list[Row]:
    """The customer's latest rows, oldest first."""
    query = select(of).where(of.c.customer_id == customer)
    query = query.where(of.c.journey == journey) if journey else query
    query = query.where(when <= at) if at else query
    return rows_of(connection, query.order_by(when.desc(), of.c.id.desc()).limit(MOST), {})[::-1]


def _as_of(messages: Iterable[Row], walks: Iterable[Row], decisions: list[Row], at: datetime) -> list[Row]:
    over = {row["id"] for row in walks if row["closed_at"] is not None and row["closed_at"] <= at}
    return [as_of.message(one, decisions, one["enrollment_id"] in over, at) for one in messages]


def _shops(connection: Connection, at: datetime) -> list[Row]:
    """What was decided of no customer in particular: applies, and calls of audiences."""
    query = select(_DECISION).where(_DECISION.c.customer_id.is_(None), _DECISION.c.decided_at <= at)
    return rows_of(connection, query.order_by(_DECISION.c.decided_at, _DECISION.c.id), {})


def _applied(connection: Connection, shop: Iterable[Row], at: datetime) -> dict[str, tuple[Row, ...]]:
    """By journey; one that went live before that was put on record counts from its oldest version on."""
    found: dict[str, tuple[Row, ...]] = {}
    for one in shop:
        if one["gate"] == "apply":
            found[one["journey"]] = (*found.get(one["journey"], ()), one)
    of = table(JourneyVersion)
    query = select(of.c.journey, of.c.version, of.c.created_at).where(of.c.created_at <= at).order_by(of.c.created_at)
    for row in connection.execute(query).all():
        if row.journey not in found:
            told = {"decided_at": row.created_at, "verdict": "live", "seen": {"version": row.version}}
            found[row.journey] = (told,)
    return found


def _namesakes(connection: Connection, row: Row) -> dict[str, Row]:
    """Other customers with the same e-mail or number."""
    same = [_WHO.c[name] == row[name] for name in ("email", "phone") if row[name]]
    if not same:
        return {}
    query = select(_WHO).where(or_(*same), _WHO.c.id != row["id"]).limit(MOST)
    return {one["id"]: one for one in rows_of(connection, query, {})}


def _start_names(connection: Connection, shelf: Shelf, live: Mapping[str, Row], journey: str | None) -> list[str]:
    asked = [row for row in live.values() if journey in (None, row["journey"])]
    return sorted({shelf.play(connection, row["journey"], row["version"]).journey.start.event for row in asked})


def _came(connection: Connection, customers: Collection[str], names: list[str], at: datetime) -> tuple[Row, ...]:
    """Events by which journeys start: these customers', and the shop's own; the latest."""
    mine = _EVENT.c.customer_id.in_(sorted(customers)), _EVENT.c.name.in_(names), _EVENT.c.received_at <= at
    shops = _EVENT.c.customer_id.is_(None), _EVENT.c.name.in_(names), _EVENT.c.received_at <= at
    found: list[Row] = []
    for where in (mine, shops):
        query: Select[Any] = select(_EVENT).where(*where).order_by(_EVENT.c.occurred_at.desc()).limit(MOST)
        found += rows_of(connection, query, {})[::-1]
    return tuple(found)


def _by_id(connection: Connection, of: Any, ids: Collection[str]) -> dict[str, Row]:
    if not ids:
        return {}
    query = select(of).where(one_of(of.c.id, "ids"))
    return {row["id"]: row for row in rows_of(connection, query, {"ids": sorted(ids)})}


def _suppressed(
    connection: Connection, addresses: Collection[tuple[str, str]], at: datetime
) -> dict[tuple[str, str], Row]:
    firsts, bound = grouped(addresses)
    of = table(Suppression)
    query = select(of).where(among(of.c.channel, of.c.address, firsts), of.c.occurred_at <= at)
    return {(row["channel"], row["address"]): row for row in rows_of(connection, query, bound)}


def _segments(connection: Connection, customer: str) -> frozenset[str]:
    of = table(SegmentMember)
    return frozenset(connection.execute(select(of.c.segment).where(of.c.customer_id == customer)).scalars())


def _audiences(connection: Connection, came: Iterable[Row]) -> list[Row]:
    ids = sorted(row["id"] for row in came if row["customer_id"] is None)
    of = table(Audience)
    return rows_of(connection, select(of).where(one_of(of.c.event_id, "ids")), {"ids": ids}) if ids else []
