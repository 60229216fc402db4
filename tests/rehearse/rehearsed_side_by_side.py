"""How are many customers rehearsed at once? Each in a namespace of its own, on one server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from rehearsed_people import Invented

from regulars.cli.rehearse import Stage
from regulars.delivery import book
from regulars.delivery.templates import Templates
from regulars.journeys.model import Book
from regulars.rehearse.compare import differences
from regulars.rehearse.walk import Rehearsal, rehearse
from regulars.simulate.load_profile import profile_of
from regulars.simulate.load_script import names_of, script_of
from regulars.simulate.record import Record
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


@cache
def shipped() -> tuple[Book, Templates, Shop]:
    """The journeys of this repository."""
    found, templates = book.read(ROOT / "journeys.yaml", ROOT / "templates", ())
    return found, templates, Shop.of(found, templates)


def rehearsal(one: Invented, days: float, journey: str = "") -> Rehearsal:
    """What is asked of the shipped journeys."""
    found, templates, shop = shipped()
    names = names_of(shop)
    who = profile_of(one.customer, "customer.yaml", one.start, names.events)
    script = script_of(one.script, "events.yaml", names)
    return Rehearsal(found, templates, who, script, one.start, one.start + timedelta(days=days), journey)


def simulated(asked: Rehearsal) -> Record:
    """The same, simulated."""
    span = {"start": asked.start, "until": asked.until}
    return simulate(Shop.of(asked.book, asked.templates), asked.customer, asked.script, journey=asked.journey, **span)


async def both(asked: Sequence[Rehearsal], on: Stage) -> list[tuple[Record, Record]]:
    """Each simulated and rehearsed; as many at once as there are namespaces."""
    free: asyncio.Queue[int] = asyncio.Queue()
    for number in range(len(on.clients)):
        free.put_nowait(number)

    async def one(what: Rehearsal) -> tuple[Record, Record]:
        number = await free.get()
        try:
            return simulated(what), await rehearse(what, on.clients[number], on.config)
        finally:
            free.put_nowait(number)

    return await asyncio.gather(*map(one, asked))


async def different(asked: Sequence[Rehearsal], on: Stage) -> list[list[str]]:
    """How each differs from its simulation."""
    return [differences(mine, yours) for mine, yours in await both(asked, on)]
