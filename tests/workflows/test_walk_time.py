"""Do local hours hold across the changes of clocks, in a real run?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from walk_stage import DAY, Run, Shop

from workflows.journey import JourneyWorkflow

ZONE = ZoneInfo("America/New_York")


def _changes(begin: date) -> Iterator[tuple[date, timedelta]]:
    """Days with a change of clocks, and by how much their clocks go forward."""
    for ahead in range(2, 380):
        day = begin + timedelta(days=ahead)
        noon, before = (datetime.combine(one, time(12), ZONE) for one in (day, day - timedelta(days=1)))
        if change := (noon.utcoffset() or timedelta()) - (before.utcoffset() or timedelta()):
            yield day, change


def _change(*, forward: bool) -> date:
    today = datetime.now(UTC).date()
    return next(day for day, change in _changes(today) if (change > timedelta()) is forward)


async def _from_noon_before(shop: Shop, event: str, day: date) -> Run:
    """A walk whose long first wait is ended at noon of the day before."""
    run = await shop.enter(shop.guest(timezone=ZONE.key), event)
    await run.rests("wait_1")
    noon = datetime.combine(day - timedelta(days=1), time(12), ZONE)
    await run.forward(noon.astimezone(UTC) - await run.now())
    await run.update(JourneyWorkflow.skip_wait)
    await run.ends()
    return run


@pytest.mark.parametrize(
    ("event", "forward", "shows"), [("Began Gap Hour", True, "03:30 -0400"), ("Began Fold Hour", False, "01:30 -0400")]
)
async def test_a_skipped_hour_is_later_and_a_repeated_one_is_the_first(
    shop: Shop, event: str, forward: bool, shows: str
) -> None:
    day = _change(forward=forward)
    run = await _from_noon_before(shop, event, day)
    local = run.at("one").astimezone(ZONE)
    assert (f"{local:%H:%M %z}", local.date()) == (shows, day)


@pytest.mark.parametrize(("forward", "hours"), [(True, 23), (False, 25)])
async def test_a_day_is_a_calendar_day_and_24_hours_are_24(shop: Shop, forward: bool, hours: int) -> None:
    day = _change(forward=forward)
    noon = datetime.combine(day - timedelta(days=1), time(12), ZONE).astimezone(UTC)
    by_day = await _from_noon_before(shop, "Began Day", day)
    by_hours = await _from_noon_before(shop, "Began Hours", day)
    assert timedelta() <= by_day.at("one") - noon - timedelta(hours=hours) < timedelta(minutes=1)
    assert timedelta() <= by_hours.at("one") - noon - DAY < timedelta(minutes=1)
