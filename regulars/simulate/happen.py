"""How does a line of a script happen? As a delivery, a report, a word of consent, or something new of the profile."""

from __future__ import annotations

from typing import Any, assert_never

from regulars.customers.person import ConsentFact
from regulars.delivery.receipt import Receipt
from regulars.journeys.channels import TRAITS_OF
from regulars.simulate import people, telling
from regulars.simulate.chronicle import Chronicle
from regulars.simulate.scenario import Happens, Known, Reaction, Spoken, Told, Word
from regulars.simulate.world import World

Row = dict[str, Any]
_VENDOR = "simulated"


def happen(world: World, chronicle: Chronicle, one: Happens, message: Row | None) -> None:
    """Now. `message`: the row of the one that a reaction is about."""
    what, key = one.what, f"line/{one.line}/{world.now.isoformat()}"
    match what:
        case Told():
            telling.take(world, people.arrival(world, what, key))
        case Known():
            chronicle.profile(what.traits)
            telling.take(world, people.arrival(world, what, key))
        case Word():
            address = world.customer_row[TRAITS_OF[what.channel].address]
            fact = ConsentFact(what.channel, what.granted, world.now, "script", address)
            world.write(telling.agree(world, [fact]))
        case Reaction():
            assert message is not None  # noqa: S101 -- a reaction happens once its message has gone
            about = {"message_id": message["id"], "url": what.url, "text": what.text}
            telling.report(world, Receipt(_VENDOR, key, what.kind, what.channel, None, **about), message)
        case Spoken():
            address = world.customer_row[TRAITS_OF[what.channel].address]
            telling.report(
                world, Receipt(_VENDOR, key, what.kind, what.channel, None, address=address, text=what.text), None
            )
        case _:
            assert_never(what)
