"""How does what happens in a world become a timeline? Rows and decisions as entries, with names instead of our ids."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from regulars.delivery.want import Composed
from regulars.engine.member import Member
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.graph import Node
from regulars.simulate.acts import Acts
from regulars.simulate.record import Entry, Kind, Message, Walk
from regulars.simulate.shop import NOWHERE
from regulars.simulate.world import World

Row = dict[str, Any]
_OUT = re.compile(re.escape(NOWHERE) + r"/u/[A-Za-z0-9._=-]+")


class Chronicle:
    """Entries in their order. `take` whatever the world has to tell after each thing that happens in it."""

    def __init__(self, world: World, acts: Acts) -> None:
        self._world, self._acts = world, acts
        self.entries: list[Entry] = []
        self._runs: dict[str, int] = {}
        self._of_journey: Counter[str] = Counter()
        self._rests: dict[str, tuple[str | None, datetime | None]] = {}

    def take(self) -> list[Row]:
        """Put down what has happened since; gives the messages that have gone."""
        world, acts = self._world, self._acts
        for row in world.told:
            if row["message_id"] is None or row["name"] in world.shown.heard:
                ahead = row["occurred_at"] if row["occurred_at"] > world.now else None
                self._add("event", row["name"], seen=_shown(row["properties"]), until=ahead)
        for row in world.decisions:
            self._decided(row)
        for question, url, data in acts.calls:
            row = world.enrollments[question.enrollment]
            seen = {name: self._named(value) for name, value in data.items()}
            self._add("call", url, row, step=question.act.step, seen=seen)
        gone = list(acts.accepted)
        for row in gone:
            self._sent(row)
        for taken in (world.told, world.decisions, acts.calls, acts.accepted):
            taken.clear()
        return gone

    def note(self, text: str) -> None:
        self._add("note", text)

    def profile(self, traits: Row) -> None:
        self._add("profile", "profile", seen=traits)

    def rests(self, row: Row, member: Member, node: Node) -> None:
        """Where a walk rests, once for each rest."""
        if member.act is not None or self._rests.get(row["id"]) == (member.step, member.wake):
            return
        self._rests[row["id"]] = (member.step, member.wake)
        seen: Row = {}
        if node.kind == "wait_for":
            seen = {"then": node.then or "the end", "otherwise": node.otherwise or "the end"}
        self._add("rest", node.title, row, step=member.step or "", until=member.wake, seen=seen)

    def walks(self) -> tuple[Walk, ...]:
        """Every run, in the order of entry."""
        return tuple(
            Walk(
                journey=row["journey"],
                run=self._run(row["id"]),
                entered_at=row["entered_at"],
                outcome=row["outcome"],
                reason=row["reason"],
                closed_at=row["closed_at"],
                goal_at=row["goal_at"],
                step=row["step"] if row["outcome"] is None else None,
                wake=row.get("wake_at") if row["outcome"] is None else None,
            )
            for row in self._world.enrollments.values()
        )

    def _decided(self, row: Row) -> None:
        about = self._world.enrollments.get(row["enrollment_id"] or "")
        seen = {name: self._named(value) for name, value in row["seen"].items()}
        until = seen.get("until")
        self._add(
            "decision",
            row["gate"],
            about,
            journey=row["journey"],
            step=row["step"] or "",
            verdict=row["verdict"],
            seen=seen,
            until=datetime.fromisoformat(until) if isinstance(until, str) else None,
        )

    def _sent(self, row: Row) -> None:
        composed = self._acts.composed[row["id"]]
        outgoing = composed.outgoing
        mail = TRAITS_OF[outgoing.channel].form == "mail"
        message = Message(
            channel=outgoing.channel,
            template=row["template"],
            to=outgoing.to,
            sender=outgoing.sender,
            locale=row["locale"],
            text=_alike(outgoing.text, composed),
            subject=outgoing.subject if mail else None,
            html=_alike(outgoing.html, composed) if mail and outgoing.html else None,
            segments=row["segments"],
        )
        about = self._world.enrollments[row["enrollment_id"]]
        self._add("sent", f"{outgoing.channel} {row['template']}", about, step=row["step"], message=message)

    def _add(self, kind: Kind, what: str, about: Row | None = None, **more: Any) -> None:
        if about is not None:
            more |= {"journey": about["journey"], "run": self._run(about["id"])}
        self.entries.append(Entry(self._world.now, self._world.place.zone, kind, what, **more))

    def _run(self, enrollment: str) -> int:
        found = self._runs.get(enrollment)
        if found is None:
            journey = self._world.enrollments[enrollment]["journey"]
            self._of_journey[journey] += 1
            found = self._runs[enrollment] = self._of_journey[journey]
        return found

    def _named(self, value: Any) -> Any:
        """Our ids are another each time, and tell nobody anything."""
        if not isinstance(value, str):
            return value
        if (event := self._world.past.events.get(value)) is not None:
            return event["name"]
        enrollment, slash, rest = value.partition("/")
        if (row := self._world.enrollments.get(enrollment)) is not None:
            name = f"{row['journey']} ({self._run(enrollment)})"
            return f"{name} {rest.partition('/')[0]}" if slash else name
        return value


def _shown(properties: Row) -> Row:
    """Without our ids and what nobody said."""
    return {name: value for name, value in properties.items() if value not in (None, [], "") and name != "message_id"}


def _alike(text: str, composed: Composed) -> str:
    """The same each time: links of ours are numbered, as long as they are."""
    for number, (code, _) in enumerate(composed.links, 1):
        text = text.replace(f"/l/{code}", f"/l/{str(number).rjust(len(code), '0')}")
    return _OUT.sub(f"{NOWHERE}/u/unsubscribe", text)
