"""Whom does an event of the shop's let in, where there is but one customer? As production pages through a segment."""

from __future__ import annotations

from regulars.agenda.pages import stays_out
from regulars.intake import enter
from regulars.intake.occurrence import Written
from regulars.journeys.model import EVERYONE
from regulars.journeys.play import Play
from regulars.simulate.world import World


def let_in(world: World, event: Written, play: Play) -> None:
    """Who is not written down in the segment is not asked about: nobody is there."""
    start = play.journey.start
    if start.to != EVERYONE and start.to not in world.segments:
        world.decide(play.journey.id, "start", "nobody there", seen={"segment": start.to})
    elif not stays_out(world, world.asks, world.customer_row, event.id, start.to, play.journey.id):
        enter.let_many_in(world, world, event, play, [world.customer_row])
