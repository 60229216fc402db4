"""Who of a party wants what, and when is the next one to be woken? Pure; it stores no groups.

The engine walks one customer and never hears of parties. An event-started journey is a party of one. Dividing and
rejoining need no code: members whose next act is equal share an activity.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from regulars.engine.act import Act
from regulars.engine.advance import advance, parked, started
from regulars.engine.member import Happening, Member, Time
from regulars.engine.standing import Closed, Position
from regulars.journeys.graph import Graph

_BUCKET = timedelta(seconds=60)
_LEAST = timedelta(seconds=1)


class Party:
    """Members by enrollment id, and the graphs they walk by version. Changed in place, by one caller."""

    def __init__(self, graphs: dict[str, Graph], members: dict[str, Member]) -> None:
        self.graphs, self.members = graphs, members
        for who, member in members.items():
            if not _is_known(graphs, member):
                members[who] = parked(member, "its version or step is not in its graphs")

    def move(self, who: str, happening: Happening, now: datetime) -> Exception | None:
        """Move one member. Who cannot be moved is parked, and harms nobody else; a stranger is ignored: one stray
        signal must not wedge a hundred. Gives what went wrong, for the log."""
        member = self.members.get(who)
        if member is None:
            return None
        try:
            self.members[who] = advance(self.graphs, member, happening, now)
        except Exception as error:
            self.members[who] = parked(member, type(error).__name__)
            return error
        return None

    def due(self, now: datetime) -> list[tuple[str, Happening]]:
        """Word that it is time, for each whose wake has come."""
        return [(who, Time()) for who, member in self.members.items() if (at := self._wake(member)) and at <= now]

    def launch(self) -> dict[Act, list[str]]:
        """The acts that are wanted, and by whom; from here on they are under way."""
        wanted: dict[Act, list[str]] = {}
        for who, member in self.members.items():
            if member.phase == "ready" and member.act is not None:
                wanted.setdefault(member.act, []).append(who)
                self.members[who] = started(member)
        return wanted

    def next(self) -> tuple[datetime, Member] | None:
        """The earliest wake, and whose it is."""
        wakes = [(at, member) for member in self.members.values() if (at := self._wake(member))]
        return min(wakes, key=lambda one: one[0], default=None)

    def alive(self) -> dict[str, Member]:
        return {who: member for who, member in self.members.items() if member.phase != "gone"}

    def used(self) -> dict[str, Graph]:
        """The graphs that somebody still walks."""
        versions = {member.version for member in self.alive().values()}
        return {version: graph for version, graph in self.graphs.items() if version in versions}

    def steps(self, parked_mark: str) -> list[str]:
        """Where members are, in order; `parked_mark` is among them where somebody needs a person."""
        alive = self.alive().values()
        found = {member.step for member in alive if member.step}
        return sorted(found | {parked_mark for member in alive if member.phase == "parked"})

    def positions(self) -> list[Position]:
        """Where members rest or are parked."""
        return [
            Position(who, member.phase, member.version, member.step, self._visit(member), member.wake)
            for who, member in self.members.items()
            if member.phase == "parked" or (member.phase == "waiting" and member.wake)
        ]

    def gone(self, known: Sequence[str] | set[str], now: datetime) -> list[Closed]:
        """Those who are out, less those known to be."""
        return [
            Closed(who, member.ending or "left", member.reason, now)
            for who, member in self.members.items()
            if member.phase == "gone" and who not in known
        ]

    def endings(self) -> dict[str, int]:
        """How many ended how."""
        return dict(Counter(member.ending for member in self.members.values()))

    def _wake(self, member: Member) -> datetime | None:
        """When a member is woken: its wake rounded up a little, so that those who drifted by moments meet again."""
        if member.phase != "waiting" or member.wake is None:
            return None
        if len(self.members) == 1 or member.since is None:
            return member.wake
        bucket = min(_BUCKET, (member.wake - member.since) / 100)
        if bucket < _LEAST:
            return member.wake
        seconds = bucket.total_seconds()
        return datetime.fromtimestamp(math.ceil(member.wake.timestamp() / seconds) * seconds, member.wake.tzinfo)

    def _visit(self, member: Member) -> int:
        graph = self.graphs.get(member.version)
        node = graph.nodes.get(member.step or "") if graph else None
        return member.visits.get(node.key, 0) if node else 0


def _is_known(graphs: dict[str, Graph], member: Member) -> bool:
    graph = graphs.get(member.version)
    return graph is not None and (member.step is None or member.step in graph.nodes)
