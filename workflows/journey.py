"""How does a party walk a journey? Drives the engine: one activity for equal acts, one timer at the earliest wake.

What came is taken in by one loop; handlers only put it in the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities import contract
    from activities.contract import Asked, Asking, Closing, Opened, Opening, Position, Resting
    from regulars.engine import story
    from regulars.engine.act import Act, Answer
    from regulars.engine.member import Answered, Go, Happening, Hint, Leave, Member, Resume, Skip
    from workflows.party import Party
    from workflows.walk import PARKED, STEP, Order, Progress, Walk

_ASK_AGAIN = timedelta(minutes=5)  # real time, after an activity failed altogether
_APART = timedelta(seconds=1)  # real time: the same act is not asked again and again faster than that


@workflow.defn(name="Journey")
class JourneyWorkflow:
    """A party of customers on their way through a journey."""

    @workflow.init
    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._party = Party(walk.graphs, walk.members)
        self._inbox: list[tuple[str, Happening]] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._rang = False
        self._held: dict[str, datetime] = {}
        self._mirrored: dict[str, Position] = {}
        self._steps: list[str] = []
        self._closed: set[str] = set()
        self._describe()

    @workflow.run
    async def run(self, walk: Walk) -> dict[str, int]:
        """Walk until every member is out. Gives how many ended how. Cancelled, it first takes everybody out."""
        walking = asyncio.create_task(self._walk_on())
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                endings = await asyncio.shield(walking)
                break
            except asyncio.CancelledError as error:
                if walking.done():
                    raise
                cancelled = error
                self._inbox += [(who, Leave("run cancelled")) for who in self._party.alive()]
        if cancelled:
            raise cancelled
        return endings

    async def _walk_on(self) -> dict[str, int]:
        if self._walk.runs == 1:
            await self._open()
        while await self._turn():
            pass
        return self._party.endings()

    async def _turn(self) -> bool:
        """One turn: take in what came, start what is wanted, put on record, sleep. False once all are out."""
        self._drain()
        moving_on = workflow.info().is_continue_as_new_suggested()
        if not moving_on:
            self._launch()
        await self._settle()
        if self._inbox:
            return True
        if not self._flying and (moving_on or not self._party.alive()):
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._inbox:
                return True  # came while we waited: not lost
            if not self._party.alive():
                return False
            self._go_on()
        self._arm()
        await workflow.wait_condition(lambda: bool(self._inbox) or self._rang)
        return True

    async def _open(self) -> None:
        ask = Opening(self._walk.party, list(self._party.members), self._now())
        opened: list[Opened] = await workflow.execute_local_activity(
            contract.OPEN, ask, result_type=list[Opened], summary="open", **contract.STAND
        )
        for one in opened:
            member = replace(self._party.members[one.enrollment], zone=one.zone)
            if one.ending or not one.walking:
                member = replace(member, phase="gone", ending=one.ending or "left", reason=one.reason)
            self._party.members[one.enrollment] = member
            self._inbox.append((one.enrollment, Go()))
        self._closed = {one.enrollment for one in opened if not one.walking}  # not ours: nothing to close

    def _drain(self) -> None:
        """Move every member by what came, and by the time."""
        now, self._rang = self._now(), False
        inbox, self._inbox = self._inbox, []
        for who, happening in [*inbox, *self._party.due(now)]:
            error = self._party.move(who, happening, now)
            if error is not None:
                workflow.logger.error("member %s is parked", who, exc_info=error)

    def _launch(self) -> None:
        """Start one activity for each act that some members want."""
        for act, who in self._party.launch().items():
            task = asyncio.create_task(self._perform(act, who))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)

    async def _perform(self, act: Act, who: list[str]) -> None:
        """One act. A failure is an answer too, else its members would act for ever, unseen."""
        ask = Asking(act, self._party.graphs[act.version].journey, [self._asked(one) for one in who], self._now())
        try:
            answers = await self._execute(act, ask)
            if len(answers) != len(who):
                raise ValueError(f"{len(answers)} answers for {len(who)} members")
        except Exception as error:
            workflow.logger.warning("%s of %s failed", act.kind, act.step, exc_info=error)
            until = self._now() + self._walk.clock.passing(_ASK_AGAIN)
            zones = [self._party.members[one].zone for one in who]
            answers = [Answer("later", self._now(), zone, until, "activity failed") for zone in zones]
        self._inbox += [
            (one, Answered(act, self._paced(one, answer))) for one, answer in zip(who, answers, strict=True)
        ]

    async def _execute(self, act: Act, ask: Asking) -> Sequence[Answer]:
        self._walk.acts += 1
        graph = self._party.graphs[act.version]
        summary = story.doing(graph, act, len(ask.members))
        if act.kind == "send":
            kind = graph.nodes[act.step].kind
            sent: list[Answer] = await workflow.execute_activity(
                contract.SENDS[kind],
                ask,
                result_type=list[Answer],
                task_queue=contract.CHANNEL_QUEUES[kind],
                activity_id=f"{act.step}#{act.visit}.{self._walk.acts}",
                summary=summary,
                **contract.SEND,
            )
            return sent
        name = contract.BRANCH if act.kind == "branch" else contract.LOOK
        decided: list[Answer] = await workflow.execute_local_activity(
            name, ask, result_type=list[Answer], summary=summary, **contract.DECIDE
        )
        return decided

    def _asked(self, who: str) -> Asked:
        member, now = self._party.members[who], self._now()
        return Asked(who, member.since or now, member.due or now)

    def _paced(self, who: str, answer: Answer) -> Answer:
        """The answer, its `later` put off where the last one was a moment ago: a time that has passed must not spin."""
        if answer.result != "later":
            return answer
        now, apart = self._now(), self._walk.clock.passing(_APART)
        last, self._held[who] = self._held.get(who), now
        soonest = now + apart if last is not None and now - last < apart else now
        return replace(answer, until=max(answer.until or answer.at, soonest))

    async def _settle(self) -> None:
        """Put on record who is out and where the others rest, before the run sleeps or completes."""
        self._describe()
        gone = self._party.gone(self._closed, self._now())
        resting = [one for one in self._party.positions() if self._mirrored.get(one.enrollment) != one]
        if gone:
            self._closed |= {one.enrollment for one in gone}
            await workflow.execute_local_activity(contract.CLOSE, Closing(gone), summary="close", **contract.STAND)
        if resting:
            self._mirrored |= {one.enrollment: one for one in resting}
            self._publish()
            await workflow.execute_local_activity(contract.REST, Resting(resting), summary="rest", **contract.STAND)

    def _arm(self) -> None:
        """One timer, at the earliest wake, set anew only when that moves. With nobody waiting it may stand."""
        first = self._party.next()
        if first is None or (first[0] == self._alarm_at and self._alarm and not self._alarm.done()):
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_at, member = first
        summary = story.waiting(self._party.graphs[member.version], member)
        self._alarm = asyncio.create_task(self._ring(self._alarm_at, summary))

    async def _ring(self, at: datetime, summary: str) -> None:
        real = self._walk.clock.real(at) - workflow.now()
        await workflow.sleep(max(real, timedelta(milliseconds=1)), summary=summary)
        self._rang = True

    def _go_on(self) -> None:
        """Continue as new, with those who are still inside and the graphs they walk."""
        party = self._party
        workflow.continue_as_new(
            replace(self._walk, graphs=party.used(), members=party.alive(), runs=self._walk.runs + 1)
        )

    def _publish(self) -> None:
        steps = self._party.steps(PARKED)
        if steps != self._steps:
            self._steps = steps
            workflow.upsert_search_attributes([STEP.value_set(steps)])

    def _describe(self) -> None:
        workflow.set_current_details(story.party(self._party.graphs, self._party.members))

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

    @workflow.update
    def resume(self, order: Order) -> str:
        """Let a parked member try again, what it stumbled over being mended."""
        self._inbox.append((order.enrollment, Resume()))
        return "resuming"

    @resume.validator
    def _may_resume(self, order: Order) -> None:
        if self._member(order).phase != "parked":
            raise ApplicationError("is not parked", type="Refused")

    def _member(self, order: Order) -> Member:
        if not order.is_plain:
            raise ApplicationError("the reason must be a few plain words, without digits or addresses", type="Refused")
        member = self._party.members.get(order.enrollment)
        if member is None:
            raise ApplicationError("is not in this walk", type="Refused")
        return member

    @workflow.query
    def progress(self) -> list[Progress]:
        """Where each member is."""
        return [
            Progress(who, member.phase, member.step, member.version, member.wake, member.reason, member.last)
            for who, member in self._party.members.items()
        ]
