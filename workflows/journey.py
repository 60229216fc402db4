"""How does a party walk a journey? Drives the engine: coalesces equal acts, keeps one timer at the earliest wake.

The engine walks one customer and never hears of parties; a party stores no groups. An event-started journey is a party of
one. Dividing and rejoining need no code: members whose next act is equal share an activity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities import contract
    from activities.contract import Asked, Asking, Closed, Closing, Opened, Opening, Position, Resting
    from regulars.clock import Clock
    from regulars.engine import story
    from regulars.engine.act import Act, Answer
    from regulars.engine.advance import advance, started
    from regulars.engine.member import Answered, Go, Happening, Hint, Leave, Member, Skip, Time
    from regulars.journeys.graph import Graph

STEP = SearchAttributeKey.for_keyword_list("Step")
_ASK_AGAIN = timedelta(minutes=5)
_BUCKET = timedelta(seconds=60)


@dataclass
class Walk:
    """A run's input, and all it carries on to the next run. Members by enrollment id, graphs by version.

    `engine` names the interpreter's behaviour that this walk began with.
    """

    party: str
    clock: Clock
    graphs: dict[str, Graph]
    members: dict[str, Member]
    runs: int = 1
    engine: int = 1
    acts: int = 0


@dataclass
class Order:
    """What support asks for one member. `reason` is for the record."""

    enrollment: str
    reason: str = "support"


@dataclass
class Progress:
    """Where one member is, for a live look."""

    enrollment: str
    phase: str
    step: str | None
    version: str
    wake: datetime | None
    last: str


@dataclass
class _Alarm:
    at: datetime | None = None
    task: asyncio.Task[None] | None = None
    rang: bool = False
    flying: set[asyncio.Task[None]] = field(default_factory=set)


@workflow.defn(name="Journey")
class JourneyWorkflow:
    """A party of customers on their way through a journey."""

    @workflow.init
    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._inbox: list[tuple[str, Happening]] = []
        self._alarm = _Alarm()
        self._mirrored: dict[str, tuple[str | None, datetime | None]] = {}
        self._steps: list[str] = []
        self._closed: set[str] = set()
        self._describe()

    @workflow.run
    async def run(self, walk: Walk) -> dict[str, int]:
        """Walk until every member is out. Gives how many ended how."""
        if walk.runs == 1:
            await self._open()
        while True:
            try:
                if not await self._turn():
                    return self._endings()
            except asyncio.CancelledError:  # somebody cancelled the run: its customers leave, with that on record
                self._inbox += [(who, Leave("run cancelled")) for who in self._alive()]

    async def _turn(self) -> bool:
        """One turn: take in what came, start what is wanted, rest, sleep. False once all are out."""
        self._drain()
        moving_on = workflow.info().is_continue_as_new_suggested()
        if not moving_on:
            self._launch()
        await self._settle()
        if self._inbox:
            return True
        if not self._alarm.flying and (moving_on or not self._alive()):
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._inbox:
                return True  # came while we waited: not lost
            if not self._alive():
                return False
            self._go_on()
        self._arm()
        await workflow.wait_condition(lambda: bool(self._inbox) or self._alarm.rang)
        return True

    async def _open(self) -> None:
        ask = Opening(self._walk.party, list(self._walk.members))
        opened: list[Opened] = await workflow.execute_local_activity(
            contract.OPEN, ask, result_type=list[Opened], summary="open", **contract.STAND
        )
        for one in opened:
            member = replace(self._walk.members[one.enrollment], zone=one.zone)
            if not one.walking:  # the row is closed, or another party's: nothing to do, nothing to close
                self._mirrored[one.enrollment] = (None, None)
                member = replace(member, phase="gone", ending="left", reason=one.reason)
            elif one.ending:
                member = replace(member, phase="gone", ending=one.ending, reason=one.reason)
            self._walk.members[one.enrollment] = member
            self._inbox.append((one.enrollment, Go()))
        self._closed = {one.enrollment for one in opened if not one.walking}

    def _drain(self) -> None:
        """Move every member by what came. A member that cannot be moved is parked and harms nobody else."""
        now, self._alarm.rang = self._now(), False
        inbox, self._inbox = self._inbox, []
        inbox += [(who, Time()) for who, member in self._walk.members.items() if self._wakes_at(member, now) <= now]
        for who, happening in inbox:
            member = self._walk.members.get(who)
            if member is None:
                continue  # a stranger: one stray signal must not wedge a hundred
            try:
                self._walk.members[who] = advance(self._walk.graphs, member, happening, now)
            except Exception as error:
                workflow.logger.exception("member %s is parked", who)
                self._walk.members[who] = replace(member, phase="parked", reason=type(error).__name__)

    def _launch(self) -> None:
        """Start one activity for each act that some members want."""
        wanting: dict[Act, list[str]] = {}
        for who, member in self._walk.members.items():
            if member.phase == "ready" and member.act is not None:
                wanting.setdefault(member.act, []).append(who)
        for act, who in wanting.items():
            asked = [self._asked(one) for one in who]
            for one in who:
                self._walk.members[one] = started(self._walk.members[one])
            task = asyncio.create_task(self._perform(act, asked))
            self._alarm.flying.add(task)
            task.add_done_callback(self._alarm.flying.discard)

    def _asked(self, who: str) -> Asked:
        member = self._walk.members[who]
        now = self._now()
        return Asked(who, member.since or now, member.due or now, member.wake)

    async def _perform(self, act: Act, members: list[Asked]) -> None:
        """One act. A failure is an answer too, else its members would act for ever, unseen."""
        graph = self._walk.graphs[act.version]
        ask = Asking(act, graph.journey, members)
        try:
            answers = await self._execute(act, ask, story.doing(graph, act, len(members)))
        except ActivityError:
            until = self._now() + _ASK_AGAIN
            zones = [self._walk.members[one.enrollment].zone for one in members]
            answers = [Answer("later", self._now(), zone, until, "activity failed") for zone in zones]
        self._inbox += [(one.enrollment, Answered(act, answer)) for one, answer in zip(members, answers, strict=True)]

    async def _execute(self, act: Act, ask: Asking, summary: str) -> Sequence[Answer]:
        self._walk.acts += 1
        if act.kind == "send":
            kind = self._walk.graphs[act.version].nodes[act.step].kind
            return await workflow.execute_activity(
                contract.SENDS[kind],
                ask,
                result_type=list[Answer],
                task_queue=contract.CHANNEL_QUEUES[kind],
                activity_id=f"{act.step}#{act.visit}.{self._walk.acts}",
                summary=summary,
                **contract.SEND,
            )
        name = contract.BRANCH if act.kind == "branch" else contract.LOOK
        return await workflow.execute_local_activity(
            name, ask, result_type=list[Answer], summary=summary, **contract.DECIDE
        )

    async def _settle(self) -> None:
        """Put on record where members rest, and close those who are out, before the run sleeps or completes."""
        gone = [
            Closed(who, member.ending or "left", member.reason, self._now())
            for who, member in self._walk.members.items()
            if member.phase == "gone" and who not in self._closed
        ]
        resting = [
            Position(who, member.version, member.step, member.visits[self._key(member)], member.wake)
            for who, member in self._walk.members.items()
            if member.phase == "waiting" and member.step and member.wake
            if self._mirrored.get(who) != (member.step, member.wake)
        ]
        if gone:
            self._closed |= {one.enrollment for one in gone}
            await workflow.execute_local_activity(contract.CLOSE, Closing(gone), summary="close", **contract.STAND)
        if resting:
            self._mirrored |= {one.enrollment: (one.step, one.wake) for one in resting}
            self._publish()
            await workflow.execute_local_activity(contract.REST, Resting(resting), summary="rest", **contract.STAND)
        self._describe()

    def _arm(self) -> None:
        """One timer, at the earliest wake; set anew only when that moves."""
        waiting = [member for member in self._alive().values() if member.phase == "waiting" and member.wake]
        first = min(waiting, key=lambda member: self._wakes_at(member, self._now()), default=None)
        at = self._wakes_at(first, self._now()) if first else None
        alarm = self._alarm
        if at == alarm.at and alarm.task and not alarm.task.done():
            return
        if alarm.task:
            alarm.task.cancel()
        alarm.at, alarm.task = at, None
        if first is not None and at is not None:
            alarm.task = asyncio.create_task(self._ring(at, story.waiting(self._walk.graphs[first.version], first)))

    async def _ring(self, at: datetime, summary: str) -> None:
        real = self._walk.clock.real(at) - workflow.now()
        await workflow.sleep(max(real, timedelta(milliseconds=1)), summary=summary)
        self._alarm.rang = True

    def _wakes_at(self, member: Member, now: datetime) -> datetime:
        """When a member is woken: its wake rounded up a little, so that those who drifted apart by moments meet again."""
        if member.phase != "waiting" or member.wake is None:
            return datetime.max.replace(tzinfo=now.tzinfo)
        bucket = min(_BUCKET, (member.wake - (member.since or member.wake)) / 100).total_seconds()
        if bucket < 1 or len(self._walk.members) == 1:
            return member.wake
        seconds = -(-member.wake.timestamp() // bucket) * bucket
        return datetime.fromtimestamp(seconds, member.wake.tzinfo)

    def _go_on(self) -> None:
        """Continue as new, with the graphs that somebody still walks."""
        used = {member.version for member in self._alive().values()}
        graphs = {version: graph for version, graph in self._walk.graphs.items() if version in used}
        workflow.continue_as_new(replace(self._walk, graphs=graphs, members=self._alive(), runs=self._walk.runs + 1))

    def _publish(self) -> None:
        steps = sorted({member.step for member in self._alive().values() if member.step})
        if steps != self._steps:
            self._steps = steps
            workflow.upsert_search_attributes([STEP.value_set(steps)])

    def _describe(self) -> None:
        workflow.set_current_details(story.party(self._walk.graphs, self._walk.members))

    def _alive(self) -> dict[str, Member]:
        return {who: member for who, member in self._walk.members.items() if member.phase != "gone"}

    def _endings(self) -> dict[str, int]:
        endings: dict[str, int] = {}
        for member in self._walk.members.values():
            endings[member.ending] = endings.get(member.ending, 0) + 1
        return endings

    def _key(self, member: Member) -> str:
        return self._walk.graphs[member.version].nodes[member.step or ""].key

    def _now(self) -> datetime:
        return self._walk.clock.shop(workflow.now())

    @workflow.signal
    def hint(self, enrollment: str) -> None:
        """The database changed for this member; it will be looked at."""
        self._inbox.append((enrollment, Hint()))

    @workflow.update
    def leave(self, order: Order) -> str:
        """Take a member out. Confirms receipt: a message under way decides first."""
        self._inbox.append((order.enrollment, Leave(order.reason)))
        return "leaving"

    @leave.validator
    def _may_leave(self, order: Order) -> None:
        if self._member(order).phase == "gone":
            raise ApplicationError("has left already", type="Refused")

    @workflow.update
    def skip_wait(self, order: Order) -> str:
        """End a member's present wait now. A message's own gate is asked again, not passed over."""
        self._inbox.append((order.enrollment, Skip()))
        return "skipping"

    @skip_wait.validator
    def _may_skip(self, order: Order) -> None:
        if self._member(order).phase != "waiting":
            raise ApplicationError("is not waiting", type="Refused")

    def _member(self, order: Order) -> Member:
        member = self._walk.members.get(order.enrollment)
        if member is None:
            raise ApplicationError("is not in this walk", type="Refused")
        return member

    @workflow.query
    def progress(self) -> list[Progress]:
        """Where each member is."""
        return [
            Progress(who, member.phase, member.step, member.version, member.wake, member.last)
            for who, member in self._walk.members.items()
        ]


def description(walk: Walk) -> dict[str, Any]:
    """What Temporal's lists show of a walk from its start: one line, and the attributes it can be found by."""
    graph = next(iter(walk.graphs.values()))
    return {"static_summary": story.headline(graph, list(walk.members))}
