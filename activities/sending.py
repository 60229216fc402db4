"""How is a message's step carried out? One activity answers for every member, whatever happens to the message."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from temporalio import activity

from activities import contract
from activities.contract import Asking
from activities.told import Told
from regulars.delivery.courier import Courier
from regulars.delivery.want import Want
from regulars.engine.act import Answer
from regulars.journeys.channels import Channel


class Sending:
    """The send of each channel, on its own task queue."""

    def __init__(self, courier: Courier, told: Told) -> None:
        self._courier, self._told = courier, told

    def of(self, channel: Channel) -> Callable[[Asking], Awaitable[list[Answer]]]:
        """The activity that sends on a channel."""

        @activity.defn(name=contract.SENDS[channel])
        async def send(asking: Asking) -> list[Answer]:
            return await self._send(asking)

        return send

    async def _send(self, asking: Asking) -> list[Answer]:
        info, now, act = activity.info(), self._told.running(), asking.act
        owner = f"{info.workflow_run_id}/{info.activity_id}/{info.attempt}"
        step = (asking.journey, act.version, act.step, act.key, act.visit)
        wants = [Want(one.enrollment, *step, one.due, owner, now(), leaving=act.final) for one in asking.members]
        return [_reticent(answer) for answer in await self._courier.deliver(wants, now, activity.heartbeat)]


_OUR_WORDS = re.compile(r"[a-z' ]{0,40}")


def _reticent(answer: Answer) -> Answer:
    """The answer without a vendor's words, which may quote an address: the message's row keeps them. Ours are plain."""
    if answer.result in ("later", "failed") and not _OUR_WORDS.fullmatch(answer.reason):
        return replace(answer, reason="see the message")
    return answer
