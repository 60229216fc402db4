"""Who is this customer, and how do they stand? Profile, journeys, consents and suppressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers import consents
from regulars.customers.consents import Standing
from regulars.customers.context import Surroundings, surroundings, tags_of
from regulars.desk.ahead import Ahead, ahead
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import Channel, House
from regulars.store.audiences import SegmentMember
from regulars.store.customers import Consent, Customer, Suppression
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.lists import among, grouped
from regulars.store.messages import FINAL, Message
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table

Row = dict[str, Any]
MOST = 50  # journeys, and words of consent, that a page shows


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through one journey. `row`: the enrollment."""

    row: Row
    title: str
    ahead: Ahead

    @property
    def open(self) -> bool:
        return bool(self.row["state"] != EnrollmentState.closed)


@dataclass(frozen=True, slots=True)
class Reach:
    """May they be written to on a channel? `standing`: the word that counts, None where there is none."""

    channel: Channel
    address: str
    standing: Standing | None
    suppressed: Mapping[str, Any] | None

    @property
    def may(self) -> bool:
        return self.suppressed is None and self.standing is not None and self.standing.granted


@dataclass(frozen=True, slots=True)
class Card:
    """`walks`: open ones first, then the latest. `words`: of consent, latest first. `house`: what holds now.
    `segments`: the titles of those that the customer is written down in; `tags`: the shop's and our own."""

    house: House
    row: Row
    place: Surroundings
    walks: tuple[Walk, ...]
    reach: tuple[Reach, ...]
    words: tuple[Row, ...]
    segments: tuple[str, ...]
    tags: tuple[str, ...]


def read(connection: Connection, shelf: Shelf, customer: str) -> Card | None:
    """None where there is no such customer. Raises NothingLive."""
    of = table(Customer)
    row = next(iter(rows_of(connection, select(of).where(of.c.id == customer), {})), None)
    if row is None:
        return None
    house = shelf.live(connection).house
    return Card(
        house=house,
        row=row,
        place=surroundings(house, row),
        walks=tuple(_walks(connection, shelf, customer)),
        reach=tuple(_reach(connection, house, row)),
        words=tuple(_words(connection, customer)),
        segments=tuple(_segments(connection, house, customer)),
        tags=tuple(tags_of(row)),
    )


def _walks(connection: Connection, shelf: Shelf, customer: str) -> list[Walk]:
    of, message = table(Enrollment), table(Message)
    latest = select(of).where(of.c.customer_id == customer).order_by(of.c.entered_at.desc(), of.c.id).limit(MOST)
    rows = rows_of(connection, latest, {})
    unended = select(message.c.enrollment_id, message.c.step, message.c.state, message.c.reason, message.c.held_until)
    unended = unended.where(message.c.customer_id == customer, message.c.state.not_in(sorted(FINAL)))
    held = {row["enrollment_id"]: row for row in rows_of(connection, unended, {})}
    walks = []
    for row in rows:
        play = shelf.play(connection, row["journey"], row["version"])  # kept by the shelf, by version
        walks.append(Walk(row, play.graph.title, ahead(play, row, held.get(row["id"]))))
    return sorted(walks, key=lambda walk: not walk.open)


def _reach(connection: Connection, house: House, row: Row) -> list[Reach]:
    """On the channels on which the house writes."""
    addresses = ((one, row[traits.address]) for one, traits in TRAITS_OF.items() if one in house.senders)
    whom = [(row["id"], channel, address) for channel, address in addresses if address]
    standing = consents.standing(connection, whom)
    of = table(Suppression)
    firsts, bound = grouped((channel, address) for _, channel, address in whom)
    query = select(of).where(among(of.c.channel, of.c.address, firsts))
    stopped = {(one["channel"], one["address"]): one for one in rows_of(connection, query, bound)}
    return [
        Reach(channel, address, standing.get((who, channel, address)), stopped.get((channel, address)))
        for who, channel, address in whom
    ]


def _segments(connection: Connection, house: House, customer: str) -> list[str]:
    of = table(SegmentMember)
    found = connection.execute(select(of.c.segment).where(of.c.customer_id == customer)).scalars().all()
    return [house.segments[name].title for name in sorted(found) if name in house.segments]


def _words(connection: Connection, customer: str) -> list[Row]:
    of = table(Consent)
    query = select(of).where(of.c.customer_id == customer).order_by(of.c.occurred_at.desc(), of.c.id).limit(MOST)
    return rows_of(connection, query, {})
