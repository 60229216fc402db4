"""May we write to them? Consent given and withdrawn, append-only, and addresses that are suppressed.

What holds is a function of the words on record, whichever came in first: the latest counts, and of words of the same
instant the withdrawal. Who withdraws an address does so for every customer who has it. A grant is the person's, and
goes with them to another e-mail address; but a grant of texts is for the number that it was given for, and no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, tuple_

from regulars.customers.person import ConsentFact
from regulars.ids import new_id
from regulars.journeys.channels import TRAITS_OF
from regulars.store import reading
from regulars.store.customers import Consent, Suppression
from regulars.store.lists import among, grouped, one_of
from regulars.store.statements import add, insert, table

STOPPED = "stopped"  # the reason that its own address can take back


Row = dict[str, Any]
Whom = tuple[str, str, str]  # a customer, a channel, and the address that is to be written to


@dataclass(frozen=True, slots=True)
class Standing:
    """The word that counts on a channel and purpose, and where it came from. `address`: whose it is, where known."""

    granted: bool
    source: str
    occurred_at: datetime
    address: str | None = None


def record(
    connection: Connection,
    facts: Sequence[tuple[Row, ConsentFact]],
    now: datetime,
    purpose: str = "marketing",
    strangers: Collection[str] = (),
) -> list[tuple[str, ConsentFact]]:
    """Append what customers (their locked rows) said, one after the other; gives, by id, what changed what they said.

    The same word of the same instant is one row however often it is told; told of another address it is another row. A
    word without an address is about the one that is known of the customer now. A later one is a row of its own even
    where it repeats what holds: what came between may still arrive. `strangers`: ids of customers of whom nothing can
    be on record yet.
    """
    if not facts:
        return []
    told = _told(connection, {customer["id"] for customer, _ in facts}.difference(strangers), purpose)
    rows, changed = said_anew(facts, told, now, purpose)
    add(connection, Consent, rows)
    return changed


def said_anew(
    facts: Sequence[tuple[Row, ConsentFact]],
    told: Mapping[tuple[str, str], Sequence[Standing]],
    now: datetime,
    purpose: str = "marketing",
) -> tuple[list[Row], list[tuple[str, ConsentFact]]]:
    """The rows to be appended, and what changed what holds. `told`: what customers said before, by id and channel."""
    standing = {whose: max(words, key=_order) for whose, words in told.items()}
    seen = {(whose, word.granted, word.occurred_at, word.address) for whose, words in told.items() for word in words}
    seen |= {(*word[:3], None) for word in seen}
    rows: list[Row] = []
    changed: list[tuple[str, ConsentFact]] = []
    for customer, fact in facts:
        whose = (customer["id"], fact.channel)
        known = replace(fact, address=fact.address or customer[TRAITS_OF[fact.channel].address])
        word = (whose, fact.granted, fact.occurred_at)
        if (*word, fact.address) in seen or (*word, known.address) in seen:
            continue
        seen |= {(*word, known.address), (*word, None)}
        rows.append(_row(customer["id"], known, purpose, now))
        before = standing.get(whose)
        if before is None or _order(fact) > _order(before):
            standing[whose] = Standing(fact.granted, fact.source, fact.occurred_at, known.address)
            if before is None or before.granted != fact.granted:
                changed.append((customer["id"], known))
    return rows, changed


def standing(connection: Connection, whom: Collection[Whom], purpose: str = "marketing") -> dict[Whom, Standing]:
    """What holds for each; those of whom there is no word that counts are not in it."""
    if not whom:
        return {}
    own = _told(connection, {customer for customer, _, _ in whom}, purpose)
    withdrawn = _withdrawn(connection, {(channel, address) for _, channel, address in whom}, purpose)
    found: dict[Whom, Standing] = {}
    for one in whom:
        customer, channel, address = one
        taken_back = withdrawn.get((channel, address))
        word = weighed(own.get((customer, channel), ()), [taken_back] if taken_back else (), channel, address)
        if word is not None:
            found[one] = word
    return found


def weighed(own: Iterable[Standing], said: Collection[Standing], channel: str, address: str | None) -> Standing | None:
    """The word that counts for an address. `own`: what the customer said on the channel; `said`: what anybody said of
    the address: where that ends in a withdrawal, nothing else counts."""
    if said and not (last := max(said, key=_order)).granted:
        return last
    words = _counting(own, channel, address)
    return (words[0] if len(words) == 1 else max(words, key=_order)) if words else None


def resumed(
    connection: Connection, starts: Sequence[tuple[Row, ConsentFact]], purpose: str = "marketing"
) -> list[tuple[Row, ConsentFact]]:
    """Those of `starts` (START, from an address) that give back a consent: the last word before was a STOP by the same
    vendor, and before that stood a grant. Who never gave one, or withdrew it elsewhere, gives none by saying START."""
    told = _told(connection, {customer["id"] for customer, _ in starts}, purpose)
    return [
        (customer, fact) for customer, fact in starts if takes_back(told.get((customer["id"], fact.channel), ()), fact)
    ]


def suppress(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Suppress addresses (channel, address, reason, source, occurred_at), one after the other.

    The earliest reason stays, whichever came in first; but a hard bounce or a complaint takes the place of a STOP, as a
    START would take that back.
    """
    if not rows:
        return
    suppression, statement = table(Suppression), insert(connection, Suppression)
    told = statement.excluded
    names = ("reason", "source", "occurred_at")
    upsert = statement.on_conflict_do_update(
        index_elements=["channel", "address"],
        set_={name: told[name] for name in names},
        where=or_(
            (suppression.c.reason == STOPPED) & (told.reason != STOPPED),
            ((suppression.c.reason == STOPPED) == (told.reason == STOPPED))
            & (tuple_(told.occurred_at, told.reason) < tuple_(suppression.c.occurred_at, suppression.c.reason)),
        ),
    )
    connection.execute(upsert, sorted(rows, key=lambda row: (row["channel"], row["address"])))


def lift(connection: Connection, channel: str, address: str) -> None:
    """Take an address's own STOP back (START). A hard bounce or a complaint is not taken back by a word."""
    suppression = table(Suppression)
    connection.execute(
        suppression.delete().where(
            suppression.c.channel == channel, suppression.c.address == address, suppression.c.reason == STOPPED
        )
    )


def suppressed(connection: Connection, addresses: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The reason by (channel, address) of those that are suppressed."""
    if not addresses:
        return {}
    channels, bound = grouped(addresses)
    return {(row.channel, row.address): row.reason for row in connection.execute(_suppressed(channels), bound)}


def _told(
    connection: Connection, customers: Collection[str], purpose: str
) -> defaultdict[tuple[str, str], list[Standing]]:
    """What customers themselves said, by id and channel."""
    told: defaultdict[tuple[str, str], list[Standing]] = defaultdict(list)
    if customers:
        bound = {"customers": sorted(customers), "of_purpose": purpose}
        for customer, channel, *word in reading.rows(connection, _TOLD, bound):
            told[customer, channel].append(Standing(*word))
    return told


def _withdrawn(
    connection: Connection, addresses: Collection[tuple[str, str]], purpose: str
) -> dict[tuple[str, str], Standing]:
    """Those of the (channel, address) of which the last word, whoever's it was, is a withdrawal."""
    channels, bound = grouped(addresses)
    bound["of_purpose"] = purpose
    of_address: defaultdict[tuple[str, str], list[Standing]] = defaultdict(list)
    for _, channel, *word in connection.execute(_withdrawals(channels), bound).all():
        of_address[channel, word[-1]].append(Standing(*word))
    if not of_address:  # as is nearly always so
        return {}
    channels, bound = grouped(of_address)
    bound["of_purpose"] = purpose
    for _, channel, *word in connection.execute(_of_addresses(channels), bound).all():
        of_address[channel, word[-1]].append(Standing(*word))
    last = {whose: max(words, key=_order) for whose, words in of_address.items()}
    return {whose: word for whose, word in last.items() if not word.granted}


_CONSENT = table(Consent)
_WORDS = select(
    *(_CONSENT.c[name] for name in ("customer_id", "channel", "granted", "source", "occurred_at", "address"))
).where(_CONSENT.c.purpose == bindparam("of_purpose"))
_TOLD = _WORDS.where(one_of(_CONSENT.c.customer_id, "customers"))


@lru_cache
def _of_addresses(channels: int) -> Select[Any]:
    """Everybody's words about addresses."""
    return _WORDS.where(among(_CONSENT.c.channel, _CONSENT.c.address, channels))


@lru_cache
def _withdrawals(channels: int) -> Select[Any]:
    return _of_addresses(channels).where(_CONSENT.c.granted.is_(False))


@lru_cache
def _suppressed(channels: int) -> Select[Any]:
    of = table(Suppression)
    return select(of.c.channel, of.c.address, of.c.reason).where(among(of.c.channel, of.c.address, channels))


def _counting(words: Iterable[Standing], channel: str, address: str | None) -> list[Standing]:
    """Those of a customer's words on a channel that count for an address: of texts the withdrawals, and the grants that
    were given for this number. One that was told of two numbers went along with the profile, and is for neither."""
    if channel == "email":
        return list(words)
    numbers: defaultdict[datetime, set[str]] = defaultdict(set)
    for word in words:
        if word.granted and word.address is not None:
            numbers[word.occurred_at].add(word.address)
    return [word for word in words if not word.granted or numbers[word.occurred_at] == {address}]


def takes_back(told: Iterable[Standing], start: ConsentFact) -> bool:
    """Do the words before the START end in a grant and then nothing but STOPs of the same vendor?"""
    words = _counting(told, start.channel, start.address)
    vendor = start.source.partition(":")[0]
    stops = {f"{vendor}: stopped", f"{vendor}: unsubscribed"}
    before = sorted((word for word in words if word.occurred_at <= start.occurred_at), key=_order)
    count = len(before)
    while before and not before[-1].granted and before[-1].source in stops:
        before.pop()
    return len(before) < count and bool(before) and before[-1].granted


def _order(word: Standing | ConsentFact) -> tuple[datetime, bool, str, str]:
    """What holds among words is the last by this. Of the same word at the same instant one is told of, whichever came
    in first."""
    return (word.occurred_at, not word.granted, word.source, word.address or "")


def _row(customer: str, fact: ConsentFact, purpose: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "customer_id": customer,
        "channel": fact.channel,
        "purpose": purpose,
        "granted": fact.granted,
        "source": fact.source,
        "address": fact.address,
        "occurred_at": fact.occurred_at,
        "recorded_at": now,
    }
