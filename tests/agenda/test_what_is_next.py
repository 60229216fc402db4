"""Which is the next of several that the calendar brings, and until when was it looked for?"""

from __future__ import annotations

from datetime import UTC, datetime

from agenda_shop import HOUR, MINUTE, Shop

from regulars.store.audiences import Agenda

NEWS = '  news:\n    start: {broadcast: "2026-03-04 10:00", to: everyone}\n    steps: [wait: 1 day]\n'
DIGEST = '  digest:\n    start: {schedule: {at: "10:00", days: [thursday]}, to: everyone}\n    steps: [wait: 1 day]\n'
ON_WEDNESDAY, ON_THURSDAY = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (4, 5))


def looked(shop: Shop) -> dict[str, datetime]:
    return {row["what"]: row["looked_at"] for row in shop.rows(Agenda) if row["what"] != "*"}


def test_the_ticker_is_told_of_the_first_of_all_that_are_to_come(shop: Shop) -> None:
    shop.apply(DIGEST + NEWS)
    assert shop.tick() == ON_WEDNESDAY
    assert shop.tick(ON_WEDNESDAY) == ON_THURSDAY


def test_each_look_is_on_record_for_every_journey_that_the_calendar_starts(shop: Shop) -> None:
    shop.apply(DIGEST + NEWS)
    for at in (shop.now + MINUTE, ON_WEDNESDAY, ON_WEDNESDAY + MINUTE):
        shop.tick(at)
        assert looked(shop) == {"digest": at, "news": at}


def test_a_look_of_before_the_last_one_takes_nothing_back(shop: Shop) -> None:
    shop.apply(DIGEST + NEWS)
    shop.tick(ON_WEDNESDAY + HOUR)
    last = shop.now
    shop.tick(last - 3 * HOUR)
    assert looked(shop) == {"digest": last, "news": last}
