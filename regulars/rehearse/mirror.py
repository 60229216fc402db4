"""What stands in the books of a rehearsed shop? Its rows, told in the form of a simulation's timeline."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from regulars.engine.act import Act
from regulars.engine.member import Member
from regulars.journeys.channels import is_channel
from regulars.rehearse.house import House
from regulars.simulate.acts import Acts
from regulars.simulate.chronicle import Chronicle
from regulars.simulate.record import Record
from regulars.simulate.shop import Shop
from regulars.simulate.world import World
from regulars.store.customers import Customer
from regulars.store.enrollments import Decision, Enrollment, EnrollmentState
from regulars.store.events import Event
from regulars.store.messages import Message
from regulars.store.statements import table
from regulars.walks.moment import Question

Row = dict[str, Any]
MOMENT = timedelta(milliseconds=100)  # what a server's work may take of a run's time


class Mirror:
    """Reads what is new. `world`: the rows as they are now; nothing is decided by it."""

    def __init__(self, shop: Shop, house: House, customer: str, start: datetime) -> None:
        self._house, self._customer = house, customer
        self.world = World(shop, self._rows(Customer)[0], start)
        self._acts = Acts(self.world)
        self.chronicle = Chronicle(self.world, self._acts)
        # What the customer did before, and what making the journeys live left behind.
        self._known: set[str] = {row["id"] for model in (Event, Decision) for row in self._rows(model)}

    def read(self, now: datetime) -> list[Row]:
        """Put down what is new, each by its own instant; gives the messages that have gone."""
        world = self.world
        world.customer_row = self._rows(Customer)[0]
        world.enrollments = {row["id"]: row for row in self._rows(Enrollment)}
        world.messages = {row["send_key"]: row for row in self._rows(Message)}
        gone = [row for row in world.messages.values() if row["accepted_at"] and row["id"] not in self._known]
        self._known |= {row["id"] for row in gone}
        happened, decided = self._new(Event), self._new(Decision)
        # Ids are in the order of making; a message has gone when that is an event.
        made = {row["message_id"]: row["id"] for row in happened if row["name"].endswith(" Sent")}
        new = [(row["id"], row["received_at"], partial(self._happened, row)) for row in happened]
        new += [(row["id"], row["decided_at"], partial(self._decided, row)) for row in decided]
        new += [(made.get(row["id"], row["id"]), row["accepted_at"], partial(self._sent, row)) for row in gone]
        new += [("~", now, partial(self._called, *call)) for call in self._made()]
        for _, at, tell in sorted(new, key=lambda one: one[0]):
            world.now = now if abs(at - now) < MOMENT else at
            tell()
            self.chronicle.take()
        world.now = now
        return gone

    def rest(self) -> None:
        """Put down where walks rest."""
        for row in self.world.enrollments.values():
            if row["state"] != EnrollmentState.walking or row["phase"] != "waiting":
                continue
            node = self.world.play(row["journey"], row["version"]).graph.nodes[row["step"]]
            if not (is_channel(node.kind) or node.kind == "webhook"):  # held back: a decision has said so
                member = Member(row["version"], "UTC", step=row["step"], wake=row["wake_at"])
                self.chronicle.rests(row, member, node)

    def record(self, journey: str, start: datetime, until: datetime) -> Record:
        """All of it."""
        entries, walks = tuple(self.chronicle.entries), self.chronicle.walks()
        return Record(journey, start, until, self.world.customer_row, entries, walks)

    def _happened(self, row: Row) -> None:
        self.world.past.add(row)
        self.world.told.append(row)

    def _decided(self, row: Row) -> None:
        seen = {name: value for name, value in row["seen"].items() if name != "audience"}  # an id of ours
        self.world.decisions.append({**row, "seen": seen})

    def _called(self, url: str, data: Row) -> None:
        row, at = self.world.enrollments[data["enrollment"]], self.world.now
        act = Act("call", row["version"], data["step"], data["step"], 1)
        self._acts.calls.append((Question(act, row["journey"], row["id"], at, at), url, data))

    def _sent(self, row: Row) -> None:
        self._acts.composed[row["id"]] = self._house.composer.kept[row["id"]]
        self._acts.accepted.append(row)

    def _made(self) -> list[tuple[str, Row]]:
        made, self._house.wire.calls[:] = list(self._house.wire.calls), []
        return made

    def _new(self, model: Any) -> list[Row]:
        found = [row for row in self._rows(model) if row["id"] not in self._known]
        self._known |= {row["id"] for row in found}
        return found

    def _rows(self, model: Any) -> list[Row]:
        of = table(model)
        with self._house.database.read() as connection:
            return [dict(row) for row in connection.execute(select(of).order_by(of.c.id)).mappings()]
