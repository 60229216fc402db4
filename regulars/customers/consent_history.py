"""What held of consent at some instant of the past? Words are only ever added, so those known by then say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from regulars.customers.consents import Standing, Whom, weighed
from regulars.store.customers import Consent
from regulars.store.lists import among, grouped, one_of
from regulars.store.statements import table

_Word = tuple[datetime, Standing]  # when it became known, and what was said


@dataclass(frozen=True, slots=True)
class History:
    """All words on record: `own` by customer and channel, `said` (by anybody) by channel and address."""

    own: dict[tuple[str, str], list[_Word]]
    said: dict[tuple[str, str], list[_Word]]

    def standing(self, whom: Whom, at: datetime) -> Standing | None:
        """What held for `whom` at `at`, by what was known then; None where no word counted."""
        customer, channel, address = whom
        own = [word for known, word in self.own.get((customer, channel), ()) if known <= at]
        said = [word for known, word in self.said.get((channel, address), ()) if known <= at]
        return weighed(own, said, channel, address)


def read(
    connection: Connection, customer: str, addresses: Collection[tuple[str, str]], purpose: str = "marketing"
) -> History:
    """The words of one customer, and everybody's about the (channel, address) pairs: one statement."""
    channels, bound = grouped(addresses)
    own: defaultdict[tuple[str, str], list[_Word]] = defaultdict(list)
    said: defaultdict[tuple[str, str], list[_Word]] = defaultdict(list)
    wanted = set(addresses)
    for row in connection.execute(_words(channels), {**bound, "customers": [customer], "of_purpose": purpose}).all():
        word = (row.recorded_at, Standing(row.granted, row.source, row.occurred_at, row.address))
        if row.customer_id == customer:
            own[customer, row.channel].append(word)
        if (row.channel, row.address) in wanted:
            said[row.channel, row.address].append(word)
    return History(own, said)


@lru_cache
def _words(channels: int) -> Select[Any]:
    of = table(Consent)
    mine = one_of(of.c.customer_id, "customers")
    columns = ("customer_id", "channel", "granted", "source", "occurred_at", "address", "recorded_at", "purpose")
    found = select(*(of.c[name] for name in columns))
    return found.where(or_(mine, among(of.c.channel, of.c.address, channels)), of.c.purpose == bindparam("of_purpose"))
