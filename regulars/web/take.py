"""How does what senders of own events told get into the store? On disk when it returns, with the names that are new."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from regulars.intake import rejects
from regulars.intake.accept import Delivery
from regulars.intake.arrival import Arrival
from regulars.intake.rejects import Reject

if TYPE_CHECKING:
    from regulars.web.app import House


async def take(house: House, arrivals: Sequence[Arrival], refused: Sequence[Reject] = ()) -> None:
    """Write them: arrivals in one transaction; all of it is on disk when this returns."""
    now = house.clock.now()
    names = house.learnt.new(arrivals, now)
    told = house.writer.ask_all(house.intake.accept, list(map(Delivery._make, zip(arrivals, repeat(now)))))
    if refused or names:
        await asyncio.gather(
            told, house.writer.ask_all(rejects.keep, refused), house.writer.ask_all(house.learnt.record, names)
        )
        house.learnt.know(names)
    else:
        await told
