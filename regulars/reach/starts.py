"""Whom would a start let in? The past once more, those of a segment now, or dates that come: by the rules of intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from regulars.agenda import announcements
from regulars.agenda.scan import Round, near_dates, reached
from regulars.intake import enter, event_log
from regulars.intake.arrival import Happened
from regulars.intake.occurrence import Occurrence, Written
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule
from regulars.journeys.model import EVERYONE
from regulars.journeys.play import Play, is_about
from regulars.reach.gates import Entry
from regulars.reach.ground import Ground, Judged
from regulars.reach.pages import Known
from regulars.simulate.beginning import natural
from regulars.simulate.scenario import Told
from regulars.simulate.shop import Shop

Row = dict[str, Any]
Kind = Literal["events", "segment", "dates"]
Trial = Callable[[Known], "Counter[Entry] | None"]


@dataclass(frozen=True, slots=True)
class Span:
    """As of `now`, so many `days` back, or ahead where a start lies there."""

    now: datetime
    days: int

    @property
    def since(self) -> datetime:
        return self.now - timedelta(days=self.days)

    @property
    def until(self) -> datetime:
        return self.now + timedelta(days=self.days)


def kind_of(play: Play) -> Kind:
    """events: what happened to customers is replayed. segment: who is in it now. dates: whose date comes."""
    if isinstance(play.journey.start.on, OnDate):
        return "dates"
    return "events" if segment_of(play) is None else "segment"


def segment_of(play: Play) -> str | None:
    """Whom the journey is for, by name: the segment that somebody enters, or that is let in as a whole."""
    start = play.journey.start
    if start.to is None and start.event == "Segment Entered" and start.about is not None:
        return start.about[1]
    return start.to


def trial(of: Judged, span: Span, told: Row | None) -> Trial:
    """How to judge a customer: what each start of theirs came to, None where there was none. `told`: what the shop said
    of its own event the last time."""
    match kind_of(of.play):
        case "events":
            return lambda known: _replayed(of, known, span)
        case "dates":
            return lambda known: _dated(of, known, span)
        case "segment":
            event = called_by(of.shop, of.play, span.now, told)
            return lambda known: _in_segment(of, known, event, span.now)


def called_by(shop: Shop, play: Play, now: datetime, told: Row | None) -> Written:
    """The event that would let a segment in now: as time brings it about, as it was told last, else a made-up one."""
    start, properties = play.journey.start, dict[str, Any](told["properties"] if told else {})
    if isinstance(start.on, OnSchedule | OnBroadcast):
        at = announcements.following(start.on, shop.house.timezone, now) or now
        properties = announcements.announced(play.journey.id, start.on, at, shop.house.timezone).happened.properties
    elif start.about is not None:
        properties = dict([start.about])
    elif told is None:
        made_up = [one.what for one in natural(shop, play)[0].happens]
        properties = made_up[0].properties if made_up and isinstance(made_up[0], Told) else {}
    return Written("now", start.event, now, properties, None)


def _replayed(of: Judged, known: Known, span: Span) -> Counter[Entry] | None:
    start = of.play.journey.start
    again = [row for row in known.events.values() if row["name"] == start.event and row["occurred_at"] > span.since]
    again = [row for row in again if is_about(start.about, row["properties"])]
    if not again:
        return None
    ground = Ground(of, known, span.since, frozenset(row["id"] for row in again))
    tried: Counter[Entry] = Counter()
    for row in sorted(known.events.values(), key=lambda row: (row["received_at"], row["occurred_at"], row["id"])):
        heard = "properties" in row
        if heard:
            ground.until(row["received_at"])
        ground.remember(row)
        if heard:
            event_log.spread(ground.world, ground.world, [ground.told(row)])
            tried.update(ground.came())
    return _settled(ground, tried, span.now)


def _in_segment(of: Judged, known: Known, event: Written, now: datetime) -> Counter[Entry] | None:
    ground = _present(of, known, now)
    world, play = ground.world, of.play
    segment = segment_of(play) or EVERYONE
    if segment != EVERYONE and not world.asks.in_segment(segment):
        return None
    enter.let_many_in(world, world, event, play, [world.customer_row])
    return Counter(ground.came())


def _dated(of: Judged, known: Known, span: Span) -> Counter[Entry] | None:
    ground, play = _present(of, known, span.now), of.play
    world, tried = ground.world, Counter[Entry]()
    round = Round(span.now, span.until, {play.journey.id: span.now}, {})
    for near in near_dates(play, world.customer_row, world.asks.segment_names(), world.place.zone, round):
        row = _row(reached(near))
        ground.until(row["occurred_at"])
        ground.remember(row)
        enter.let_in(world, world, [ground.told(row)])
        tried.update(ground.came())
    return _settled(ground, tried, span.until) if tried else None


def _row(date: Occurrence) -> Row:
    told: Happened = date.happened
    row = {"id": told.once, "name": told.name, "customer_id": date.customer, "occurred_at": told.occurred_at}
    return {**row, "properties": told.properties}


def _present(of: Judged, known: Known, now: datetime) -> Ground:
    ground = Ground(of, known, now)
    for row in known.events.values():
        ground.remember(row)
    return ground


def _settled(ground: Ground, tried: Counter[Entry], until: datetime) -> Counter[Entry]:
    """With what became, by then, of those who were let in."""
    ground.until(until)
    if before := ground.settled().count(Entry.before):
        tried[Entry.before] += before
        tried[Entry.entered] -= before
    return +tried
