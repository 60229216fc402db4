"""How does a whole segment enter a journey? Page by page; where it stands is kept in the database."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import contract
    from activities.contract import LetIn, LettingIn
    from regulars.clock import Clock


@dataclass
class Audience:
    """Its input. `id`: the audience's row."""

    id: str
    journey: str
    clock: Clock


@workflow.defn(name="Audience")
class AudienceWorkflow:
    """Lets in whom one event of the shop's concerns."""

    @workflow.run
    async def run(self, audience: Audience) -> LetIn:
        """Until there is no further page; gives how many entered."""
        while not workflow.info().is_continue_as_new_suggested():
            ask = LettingIn(audience.id, audience.clock.shop(workflow.now()))
            page: LetIn = await workflow.execute_activity(
                contract.LET_IN, ask, result_type=LetIn, summary="the next page", **contract.LOOK_ROUND
            )
            workflow.set_current_details(f"{page.entered} entered {audience.journey}, {page.refused} did not")
            if page.done:
                return page
        workflow.continue_as_new(audience)
