"""How does a line of a script happen to a rehearsed shop? As a delivery, or a vendor's report, to its real way in."""

from __future__ import annotations

from typing import Any, assert_never

from regulars.customers.person import NEVER, ConsentFact, Person
from regulars.delivery.receipt import Receipt
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival
from regulars.intake.receipts import Receipts, Report
from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.rehearse.house import House
from regulars.rehearse.mirror import Mirror
from regulars.simulate import people
from regulars.simulate.scenario import Happens, Known, Reaction, Spoken, Told, Word

Row = dict[str, Any]
_VENDOR = "simulated"  # as a simulation has it, and so on the same record


class Teller:
    """Tells the shop, at the instant that its clock shows."""

    def __init__(self, house: House, mirror: Mirror) -> None:
        self._house, self._mirror = house, mirror
        self._intake, self._receipts = Intake(house.shelf), Receipts(house.shelf, house.clock)

    async def happen(self, one: Happens, message: Row | None) -> None:
        """Now. `message`: the row of the one that a reaction is about."""
        what, now = one.what, self._house.clock.now()
        self._mirror.world.now = now
        key = f"line/{one.line}/{now.isoformat()}"
        match what:
            case Told():
                await self._deliver(people.arrival(self._mirror.world, what, key))
            case Known():
                self._mirror.chronicle.profile(what.traits)
                await self._deliver(people.arrival(self._mirror.world, what, key))
            case Word():
                fact = ConsentFact(what.channel, what.granted, now, "script", self._address(what.channel))
                who = Person((("user", self._mirror.world.customer_row["id"]),), NEVER)
                await self._deliver(Arrival("script", key, "consent", who, (), (fact,)))
            case Reaction():
                assert message is not None  # noqa: S101 -- a reaction happens once its message has gone
                about = {"message_id": message["id"], "url": what.url, "text": what.text}
                await self._report(Receipt(_VENDOR, key, what.kind, what.channel, None, **about))
            case Spoken():
                address = self._address(what.channel)
                await self._report(
                    Receipt(_VENDOR, key, what.kind, what.channel, None, address=address, text=what.text)
                )
            case _:
                assert_never(what)

    async def delivered(self, message: Row) -> None:
        """The vendor has delivered a message."""
        key, channel = f"delivered/{message['id']}", message["channel"]
        await self._report(Receipt(_VENDOR, key, "delivered", channel, None, message["id"]))

    async def _deliver(self, arrival: Arrival) -> None:
        await self._house.writer.ask(self._intake.accept, Delivery(arrival, self._house.clock.now()))

    async def _report(self, receipt: Receipt) -> None:
        await self._house.writer.ask(self._receipts.take, Report(receipt, self._house.clock.now()))

    def _address(self, channel: Channel) -> str | None:
        found: str | None = self._mirror.world.customer_row[TRAITS_OF[channel].address]
        return found
