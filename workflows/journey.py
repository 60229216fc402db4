"""What can be said to a walk while it walks, and what does it say? The workflow: its run, signal, updates and query.

How it walks stands in workflows.walker. Handlers only put what came in its inbox.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from regulars.engine.member import Hint, Leave, Member, Resume, Skip
    from workflows.walk import REASONS, Order, Progress, Walk
    from workflows.walker import Walker


@workflow.defn(name="Journey")
class JourneyWorkflow:
    """A party of customers on their way through a journey."""

    @workflow.init
    def __init__(self, walk: Walk) -> None:
        self._walker = Walker(walk)

    @workflow.run
    async def run(self, walk: Walk) -> dict[str, int]:
        """Walk until every member is out. Gives how many ended how. Cancelled, it first takes everybody out."""
        walking = asyncio.create_task(self._walker.walk())
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                endings = await asyncio.shield(walking)
                break
            except asyncio.CancelledError as error:
                if walking.done():
                    raise
                cancelled = error
                self._walker.tell_all(Leave("run cancelled"))
        if cancelled:
            raise cancelled
        return endings

    @workflow.signal
    def hint(self, enrollment: str) -> None:
        """The database changed for this member; it will be looked at."""
        self._walker.tell(enrollment, Hint())

    @workflow.update(description='Take the customer out. Needs no data; {"reason": "complaint"} says why.')
    def leave(self, order: Order | None = None) -> str:
        """Take a member out. Confirms receipt: a message under way decides first."""
        self._walker.tell(self._who(order), Leave((order or Order()).reason))
        return "leaving"

    @leave.validator
    def _may_leave(self, order: Order | None = None) -> None:
        if self._member(order).phase == "gone":
            raise ApplicationError("has left already", type="Refused")

    @workflow.update(description="End the present wait now. What holds a message back is asked again. Needs no data.")
    def skip_wait(self, order: Order | None = None) -> str:
        """End a member's present wait now. A message's own gate is asked again, not passed over."""
        self._walker.tell(self._who(order), Skip())
        return "skipping"

    @skip_wait.validator
    def _may_skip(self, order: Order | None = None) -> None:
        if self._member(order).phase != "waiting":
            raise ApplicationError("is not waiting", type="Refused")

    @workflow.update(description="Try again where the customer is parked. Needs no data.")
    def resume(self, order: Order | None = None) -> str:
        """Let a parked member try again, what it stumbled over being mended."""
        self._walker.tell(self._who(order), Resume())
        return "resuming"

    @resume.validator
    def _may_resume(self, order: Order | None = None) -> None:
        if self._member(order).phase != "parked":
            raise ApplicationError("is not parked", type="Refused")

    def _who(self, order: Order | None) -> str:
        """Whom it is about: nobody but the one member need be named."""
        members = self._walker.party.members
        return order.enrollment if order and order.enrollment else next(iter(members)) if len(members) == 1 else ""

    def _member(self, order: Order | None) -> Member:
        if order and order.reason not in REASONS:
            raise ApplicationError(f"the reason must be one of: {', '.join(sorted(REASONS))}", type="Refused")
        member = self._walker.party.members.get(self._who(order))
        if member is None:
            known = next(iter(self._walker.party.members), "")
            raise ApplicationError(f'is not in this walk; {{"enrollment": "{known}"}} is', type="Refused")
        return member

    @workflow.query
    def progress(self) -> list[Progress]:
        """Where each member is."""
        return [
            Progress(who, member.phase, member.step, member.version, member.wake, member.reason, member.last)
            for who, member in self._walker.party.members.items()
        ]
