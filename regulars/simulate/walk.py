"""How does a customer walk in simulated time? From instant to instant, each event, look and wake in its order.

As the workflow does it (workflows.walker): what happened moves members, members that are ready act, what comes of the
acts moves them on, and when nobody is ready any more, time goes on to the next instant.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import partial
from itertools import count
from typing import Any

from regulars.delivery.want import RANK
from regulars.engine.act import Act, Answer
from regulars.engine.advance import advance, deadline, started
from regulars.engine.member import Answered, Go, Happening, Hint, Member, Time
from regulars.engine.standing import Closed
from regulars.simulate import audience, books, people, telling
from regulars.simulate.acts import Acts
from regulars.simulate.agenda import Agenda
from regulars.simulate.books import Books
from regulars.simulate.chronicle import Chronicle
from regulars.simulate.happen import happen
from regulars.simulate.record import Record
from regulars.simulate.scenario import Happens, Profile, Script
from regulars.simulate.scripted import Scripted, impossible
from regulars.simulate.shop import Shop
from regulars.simulate.world import World
from regulars.store.enrollments import EnrollmentState
from regulars.walks import turn
from regulars.walks.record import ended

Row = dict[str, Any]
MOST_ACTS = 20_000  # of one simulation: who walks on and on is stopped
_APART = timedelta(seconds=1)  # the same act is not asked again and again faster than that


class _Order(IntEnum):
    """Of what happens at the same instant."""

    script = 0
    announcement = 1
    look = 2
    open = 3
    wake = 4
    report = 5


def simulate(
    shop: Shop,
    customer: Profile | Books,
    script: Script,
    *,
    start: datetime,
    until: datetime,
    journey: str = "",
    most_acts: int = MOST_ACTS,
) -> Record:
    """Everything that happens to the customer from `start` on until `until`, with all journeys of the shop on.

    `journey`: the one that is asked about, of which nothing depends. `most_acts`: who walks on and on is stopped. Pure
    but for ids, which are on no record.
    """
    return _Walking(_world_of(shop, customer, start), script, start, until, most_acts).run(journey)


def zone_of(shop: Shop, customer: Profile | Books, at: datetime) -> str:
    """The time zone in which the customer is."""
    return _world_of(shop, customer, at).place.zone


def _world_of(shop: Shop, customer: Profile | Books, now: datetime) -> World:
    if isinstance(customer, Profile):
        return people.world_of(shop, customer, now)
    return books.world_of(shop, customer, now)


class _Walking:
    def __init__(self, world: World, script: Script, start: datetime, until: datetime, most_acts: int) -> None:
        self._start, self._until, self._world, self._most = start, until, world, most_acts
        self._acts = Acts(self._world)
        self._agenda = Agenda(self._world, start, until)
        self._chronicle = Chronicle(self._world, self._acts)
        self._scripted = Scripted.of(script, start, self._world.place.zone)
        self._members: dict[str, Member] = {}
        self._queue: list[tuple[datetime, int, int, Callable[[], None]]] = []
        self._number, self._count = count(), 0
        self._woken: dict[str, datetime] = {}
        self._held: dict[str, datetime] = {}
        self._look_at: datetime | None = None

    def run(self, journey: str) -> Record:
        for at, one in self._scripted.fixed:
            self._later(at, _Order.script, partial(self._happens, one))
        self._later(self._start, _Order.look, self._look)
        self._announce_after(self._start)
        while self._queue and self._queue[0][0] <= self._until and self._count < self._most:
            self._world.now = self._queue[0][0]
            self._instant()
        self._world.now = self._until
        for line, text in impossible(self._scripted.waiting):
            self._chronicle.note(f"line {line}: {text}" if line else text)
        entries, walks = tuple(self._chronicle.entries), self._chronicle.walks()
        truncated = self._count >= self._most
        return Record(journey, self._start, self._until, self._world.customer_row, entries, walks, truncated)

    # What happens.

    def _later(self, at: datetime, order: _Order, what: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (at, order, next(self._number), what))

    def _instant(self) -> None:
        """All that happens now, and what comes of it."""
        now = self._world.now
        while self._queue and self._queue[0][0] <= now:
            heapq.heappop(self._queue)[3]()
            self._follow()
        while (who := self._ready()) is not None and self._count < self._most:
            self._perform(who)
            self._follow()
        self._settle()
        look = self._agenda.next_look(now)
        if look is not None and look != self._look_at:
            self._look_at = look
            self._later(look, _Order.look, partial(self._look, look))

    def _happens(self, one: Happens, message: Row | None = None) -> None:
        happen(self._world, self._chronicle, one, message)

    def _look(self, at: datetime | None = None) -> None:
        if at is None or at == self._look_at:
            self._world.write(self._agenda.look(self._world.now))

    def _announce(self) -> None:
        now = self._world.now
        self._world.write(self._agenda.announcements(now))
        self._announce_after(now)

    def _announce_after(self, now: datetime) -> None:
        at = self._agenda.next_announcement(now)
        if at is not None and at <= self._until:
            self._later(at, _Order.announcement, self._announce)

    def _follow(self) -> None:
        """What production does next of its own: audiences let in, walks begun, hints given, reports come."""
        world = self._world
        called, world.called = world.called, []
        for event, play in called:
            audience.let_in(world, event, play)
        opening, world.opening = world.opening, []
        for row in opening:
            self._later(row["due_at"], _Order.open, partial(self._open, row, row["due_at"]))
        hinted, world.hinted = world.hinted, {}
        for who in hinted:
            self._move(who, Hint())
        for message in self._chronicle.take():
            self._gone(message)

    def _gone(self, message: Row) -> None:
        """The vendor delivers at once, unless the script has it bounce; then the customer reacts."""
        if self._scripted.spares(message):
            self._later(self._world.now, _Order.report, partial(telling.delivered, self._world, message))
        for at, one in self._scripted.reactions(message, self._world.place.zone):
            self._later(at, _Order.script, partial(self._happens, one, message))

    # How members walk.

    def _open(self, row: Row, due: datetime) -> None:
        world = self._world
        if row["state"] != EnrollmentState.due or row["due_at"] != due:
            return
        play, zone = world.play(row["journey"], row["version"]), world.place.zone
        over = turn.opening(play, row, partial(world.names, row), zone)
        row["state"] = EnrollmentState.walking
        world.stirred()
        member = Member(play.graph.version, zone)
        if over is not None:
            ending = "goal" if over.result == "goal" else "left"
            self._members[row["id"]] = replace(member, phase="gone", ending=ending, reason=over.reason)  # type: ignore[arg-type]
            return
        self._members[row["id"]] = member
        self._move(row["id"], Go(due))

    def _move(self, who: str, happening: Happening) -> None:
        member = self._members.get(who)
        if member is not None:
            graph = self._world.play(self._world.enrollments[who]["journey"], member.version).graph
            self._members[who] = advance({member.version: graph}, member, happening, self._world.now)

    def _ready(self) -> str | None:
        """Who acts next: whoever does not send; of those who do, by priority and due time, as the ledger has it."""
        ready = [(who, member.act) for who, member in self._members.items() if member.phase == "ready" and member.act]
        return min(ready, key=self._rank, default=(None, None))[0]

    def _rank(self, one: tuple[str, Act]) -> tuple[Any, ...]:
        who, act = one
        if act.kind != "send":
            return (0, 0, 0)
        journey = self._world.shop.play(self._world.enrollments[who]["journey"]).journey
        return (1, RANK[journey.priority], self._members[who].due or self._world.now)

    def _perform(self, who: str) -> None:
        self._count += 1
        world, now = self._world, self._world.now
        member = self._members[who] = started(self._members[who])
        row, act = world.enrollments[who], member.act
        assert act is not None  # noqa: S101 -- whoever is ready has one
        node = world.play(row["journey"], act.version).graph.nodes[act.step]
        until = deadline(member, node) if act.kind == "look" and node.kind == "wait_for" else None
        answer = self._acts.answer(row, act, member.since or now, member.due or now, until)
        self._move(who, Answered(act, self._paced(who, answer)))

    def _paced(self, who: str, answer: Answer) -> Answer:
        """As workflows.walker has it: a time that has passed must not spin."""
        if answer.result != "later":
            return answer
        now, last = self._world.now, self._held.get(who)
        self._held[who] = now
        soonest = now + _APART if last is not None and now - last < _APART else now
        return replace(answer, until=max(answer.until or answer.at, soonest))

    def _settle(self) -> None:
        """Put on record who is out and where the others rest."""
        world = self._world
        for who, member in list(self._members.items()):
            row = world.enrollments[who]
            if member.phase == "gone":
                del self._members[who]
                self._close(row, member)
            elif member.phase == "waiting" and member.wake is not None and member.step is not None:
                row |= {"step": member.step, "phase": "waiting", "wake_at": member.wake}
                node = world.play(row["journey"], member.version).graph.nodes[member.step]
                self._chronicle.rests(row, member, node)
                # Who was busy at the very instant of their wake has slept through it.
                if self._woken.get(who) != member.wake or member.wake <= world.now:
                    self._woken[who] = member.wake
                    self._later(max(member.wake, world.now), _Order.wake, partial(self._move, who, Time()))

    def _close(self, row: Row, member: Member) -> None:
        world = self._world
        if row["state"] != EnrollmentState.closed:
            closed = Closed(row["id"], member.ending or "left", member.reason, world.now)
            world.decisions.append(ended(closed, row))
            row |= {"state": EnrollmentState.closed, "outcome": closed.ending, "reason": closed.reason or None}
            row |= {"closed_at": world.now, "phase": None, "wake_at": None}
        world.stirred()
        self._follow()
