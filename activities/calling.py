"""How is a webhook's step carried out? One activity answers for every member, whatever its receiver does."""

from __future__ import annotations

from temporalio import activity

from activities import contract
from activities.contract import Asking
from activities.told import Told
from regulars.calls.caller import Caller
from regulars.engine.act import Answer
from regulars.walks.moment import Question


class Calling:
    """The call, on a task queue of its own: a receiver that is slow holds up no message."""

    def __init__(self, caller: Caller, told: Told) -> None:
        self._caller, self._told = caller, told

    @activity.defn(name=contract.CALL)
    async def call(self, asking: Asking) -> list[Answer]:
        now = self._told.running()
        questions = [Question(asking.act, asking.journey, one.enrollment, one.since, now()) for one in asking.members]
        return await self._caller.call(questions, now, activity.heartbeat)
