"""How does a party walk a journey? One activity for equal acts, one timer at the earliest wake, one loop that takes in.

Loaded once and not with every run: what stands in the workflow's own module is read anew by every run's sandbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

from activities import contract
from activities.contract import Asked, Asking, Closing, Opening, Resting
from regulars.engine import story
from regulars.engine.act import Act, Answer
from regulars.engine.advance import deadline
from regulars.engine.member import Answered, Go, Happening
from regulars.engine.standing import Opened, Position
from workflows.party import Party
from workflows.walk import PARKED, STEP, Walk

_ASK_AGAIN = timedelta(minutes=5)  # real time, after an activity failed altogether
_APART = timedelta(seconds=1)  # real time: the same act is not asked again and again faster than that


class Walker:
    """Walks a party from a run's input to its end, or to the next run. Whoever has something to say tells it."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.party = Party(walk.graphs, walk.members)
        self._inbox: list[tuple[str, Happening]] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._rang = False
        self._held: dict[str, datetime] = {}
        self._mirrored: dict[str, Position] = {}
        self._steps = list(workflow.info().typed_search_attributes.get(STEP, []))
        self._closed: set[str] = set()
        self._describe()

    def tell(self, who: str, happening: Happening) -> None:
        """Put something in the inbox; it is taken in at the next turn."""
        self._inbox.append((who, happening))

    def tell_all(self, happening: Happening) -> None:
        """The same for everybody who is still inside."""
        self._inbox += [(who, happening) for who in self.party.alive()]

    async def walk(self) -> dict[str, int]:
        """Until every member is out. Gives how many ended how."""
        if self._walk.runs == 1:
            await self._open()
        while await self._turn():
            pass
        return self.party.endings()

    async def _turn(self) -> bool:
        """One turn: take in what came, start what is wanted, put on record, sleep. False once all are out."""
        self._drain()
        moving_on = workflow.info().is_continue_as_new_suggested()
        if not moving_on:
            self._launch()
        await self._settle()
        if self._inbox:
            return True
        if not self._flying and (moving_on or not self.party.alive()):
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._inbox:
                return True  # came while we waited: not lost
            if not self.party.alive():
                return False
            self._go_on()
        self._arm()
        await workflow.wait_condition(lambda: bool(self._inbox) or self._rang)
        return True

    async def _open(self) -> None:
        ask = Opening(self._walk.party, list(self.party.members), self._now())
        opened: list[Opened] = await workflow.execute_local_activity(
            contract.OPEN, ask, result_type=list[Opened], **contract.STAND
        )
        for one in opened:
            member = replace(self.party.members[one.enrollment], zone=one.zone)
            if one.ending or not one.walking:
                member = replace(member, phase="gone", ending=one.ending or "left", reason=one.reason)
            self.party.members[one.enrollment] = member
            self._inbox.append((one.enrollment, Go(one.due)))
        self._closed = {one.enrollment for one in opened if not one.walking}  # not ours: nothing to close

    def _drain(self) -> None:
        """Move every member by what came, and by the time."""
        now, self._rang = self._now(), False
        inbox, self._inbox = self._inbox, []
        for who, happening in [*inbox, *self.party.due(now)]:
            error = self.party.move(who, happening, now)
            if error is not None:
                workflow.logger.error("member %s is parked", who, exc_info=error)

    def _launch(self) -> None:
        """Start one activity for each act that some members want."""
        for act, who in self.party.launch().items():
            task = asyncio.create_task(self._perform(act, who))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)

    async def _perform(self, act: Act, who: list[str]) -> None:
        """One act. A failure is an answer too, else its members would act for ever, unseen."""
        try:
            journey = self.party.graphs[act.version].journey
            ask = Asking(act, journey, [self._asked(one, act) for one in who], self._now())
            answers = await self._execute(act, ask)
            if len(answers) != len(who):
                raise ValueError(f"{len(answers)} answers for {len(who)} members")
        except Exception as error:
            workflow.logger.warning("%s of %s failed", act.kind, act.step, exc_info=error)
            until = self._now() + self._walk.clock.passing(_ASK_AGAIN)
            zones = [self.party.members[one].zone for one in who]
            answers = [Answer("later", self._now(), zone, until, "activity failed") for zone in zones]
        self._inbox += [
            (one, Answered(act, self._paced(one, answer))) for one, answer in zip(who, answers, strict=True)
        ]

    async def _execute(self, act: Act, ask: Asking) -> Sequence[Answer]:
        self._walk.acts += 1
        graph = self.party.graphs[act.version]
        summary = story.doing(graph, act, len(ask.members))
        if act.kind in ("send", "call"):
            name, queue = contract.OUTWARD[graph.nodes[act.step].kind]
            sent: list[Answer] = await workflow.execute_activity(
                name,
                ask,
                result_type=list[Answer],
                task_queue=queue,
                activity_id=f"{act.step}#{act.visit}.{self._walk.acts}",
                summary=summary,
                **contract.SEND,
            )
            return sent
        decided: list[Answer] = await workflow.execute_local_activity(
            contract.DECISIONS[act.kind], ask, result_type=list[Answer], summary=summary, **contract.DECIDE
        )
        return decided

    def _asked(self, who: str, act: Act) -> Asked:
        member, now = self.party.members[who], self._now()
        node = self.party.graphs[act.version].nodes[act.step]
        until = deadline(member, node) if act.kind == "look" and node.kind == "wait_for" else None
        return Asked(who, member.since or now, member.due or now, until)

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
        gone = self.party.gone(self._closed, self._now())
        resting = [one for one in self.party.positions() if self._mirrored.get(one.enrollment) != one]
        if gone:
            self._closed |= {one.enrollment for one in gone}
            await workflow.execute_local_activity(contract.CLOSE, Closing(gone), **contract.STAND)
        if resting:
            self._mirrored |= {one.enrollment: one for one in resting}
            self._publish()
            await workflow.execute_local_activity(contract.REST, Resting(resting), **contract.STAND)

    def _arm(self) -> None:
        """One timer, at the earliest wake, set anew only when that moves. With nobody waiting it may stand."""
        first = self.party.next()
        if first is None or (first[0] == self._alarm_at and self._alarm and not self._alarm.done()):
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_at, member = first
        summary = story.waiting(self.party.graphs[member.version], member)
        self._alarm = asyncio.create_task(self._ring(self._alarm_at, summary))

    async def _ring(self, at: datetime, summary: str) -> None:
        real = self._walk.clock.real(at) - workflow.now()
        await workflow.sleep(max(real, timedelta(milliseconds=1)), summary=summary)
        self._rang = True

    def _go_on(self) -> None:
        """Continue as new, with those who are still inside and the graphs they walk."""
        party = self.party
        workflow.continue_as_new(
            replace(self._walk, graphs=party.used(), members=party.alive(), runs=self._walk.runs + 1)
        )

    def _publish(self) -> None:
        steps = self.party.steps(PARKED)
        if steps != self._steps:
            self._steps = steps
            workflow.upsert_search_attributes([STEP.value_set(steps)])

    def _describe(self) -> None:
        workflow.set_current_details(story.party(self.party.graphs, self.party.members))

    def _now(self) -> datetime:
        return self._walk.clock.shop(workflow.now())
