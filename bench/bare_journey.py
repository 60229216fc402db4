"""What would a letter, a wait and a letter be, written by hand as a Temporal workflow? What walks are held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import contract


@dataclass
class Letter:
    """Which letter to whom."""

    customer: str
    letter: str


@workflow.defn(name="BareJourney")
class BareJourney:
    """[send, wait, send] and nothing else: no definition, no record, no search attributes, no way to leave."""

    @workflow.run
    async def run(self, customer: str, seconds: float) -> None:
        await workflow.execute_activity(
            "bare_send", Letter(customer, "one"), task_queue=contract.CHANNEL_QUEUES["email"], **contract.SEND
        )
        await workflow.sleep(timedelta(seconds=seconds))
        await workflow.execute_activity(
            "bare_send", Letter(customer, "two"), task_queue=contract.CHANNEL_QUEUES["email"], **contract.SEND
        )
