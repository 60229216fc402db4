"""Is it noticed where a run goes its own way? Its time must be where it was led."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rehearsed_side_by_side import START, rehearsal
from sqlalchemy import select
from temporalio.testing import TimeSkipper
from test_rehearsed_journeys import NATURAL

from regulars.cli.rehearse import Stage
from regulars.rehearse import past
from regulars.rehearse.happen import Teller
from regulars.rehearse.house import open_house
from regulars.rehearse.mirror import Mirror
from regulars.rehearse.stuck import Overran
from regulars.simulate.shop import Shop
from regulars.store.enrollments import Enrollment
from regulars.store.statements import table

HOUR = timedelta(hours=1)


async def test_a_run_whose_time_passed_on_its_own_spoils_the_rehearsal(on_stage: Stage) -> None:
    asked, client = rehearsal(NATURAL["welcome"], 5), on_stage.clients[0]
    async with open_house(client, on_stage.config, pace=0.01) as house:
        shop = Shop.of(asked.book, asked.templates)
        past.put(house.database, shop, asked.customer)
        past.open_shop(house.database, asked.book, asked.templates, START)
        house.clock.set(START + HOUR)
        await Teller(house, Mirror(shop, house, asked.customer.id, START)).happen(asked.script.happens[0], None)
        await house.relay()
        with house.database.read() as connection:
            run = connection.execute(select(table(Enrollment).c.party_id)).scalar_one()
        await house.runs.wake(run, START + 2 * HOUR)
        house.clock.set(START + 3 * HOUR)
        await TimeSkipper(client).fast_forward(client.get_workflow_handle(run), 100 * 2 * HOUR)
        with pytest.raises(Overran, match="ahead of its time"):
            await house.runs.wake(run, START + 5 * HOUR)
