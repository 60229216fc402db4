"""When is a schedule due, and a broadcast? By the house's clock, once each; never what had passed when it came."""

from __future__ import annotations

from datetime import UTC, datetime

from agenda_shop import DAY, HOUR, MINUTE, NOW, Shop

from regulars.store.audiences import Audience
from regulars.store.enrollments import Enrollment

DIGEST = """\
  digest:
    start: {schedule: {at: "10:00", days: [monday, thursday]}, to: vip}
    steps: [wait: 1 day]
"""
NEWS = """\
  news:
    start: {broadcast: "2026-03-04 10:00", to: everyone}
    steps: [wait: 1 day]
"""


def regular(shop: Shop, name: str) -> None:
    for _ in range(3):
        shop.order(name, first_name=name)


def test_a_schedule_calls_its_segment_at_its_hour_on_its_days(shop: Shop) -> None:
    shop.apply(DIGEST)
    shop.tick()
    regular(shop, "mei")
    shop.order("tom", first_name="tom")
    shop.ticks(NOW + 8 * DAY)
    at = [event["occurred_at"].isoformat() for event in shop.events("Schedule Due")]
    assert at == ["2026-03-05T09:00:00+00:00", "2026-03-09T09:00:00+00:00"]
    assert shop.events("Schedule Due")[0]["properties"] == {"journey": "digest", "at": "2026-03-05T10:00:00"}
    shop.let_in()
    assert shop.inside("digest") == ["mei"]


def test_the_ticker_is_told_when_the_next_one_is_due(shop: Shop) -> None:
    shop.apply(DIGEST)
    assert shop.tick() == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_a_monthly_schedule_is_due_on_its_day(shop: Shop) -> None:
    shop.apply(DIGEST.replace("days: [monday, thursday]", "day: 28"))
    shop.ticks(NOW + 65 * DAY, every=DAY)
    at = [event["occurred_at"].isoformat() for event in shop.events("Schedule Due")]
    assert at == ["2026-03-28T09:00:00+00:00", "2026-04-28T08:00:00+00:00"]


def test_of_what_was_missed_while_the_ticker_was_away_the_last_is_made_good(shop: Shop) -> None:
    shop.apply(DIGEST.replace("days: [monday, thursday]", "days: [monday, tuesday, wednesday]"))
    shop.tick()
    shop.tick(datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert [event["occurred_at"].day for event in shop.events("Schedule Due")] == [4]
    assert len(shop.rows(Audience)) == 1


def test_what_was_missed_for_days_calls_nobody(shop: Shop) -> None:
    shop.apply(DIGEST)
    shop.tick()
    shop.tick(datetime(2026, 3, 8, 23, tzinfo=UTC))
    assert (shop.rows(Audience), shop.verdicts("digest")) == ([], ["too long ago"])


def test_a_broadcast_goes_once_to_everyone(shop: Shop) -> None:
    for name in ("mei", "tom"):
        shop.customer(name)
    shop.apply(NEWS)
    shop.ticks(NOW + 4 * DAY)
    assert [page.entered for page in shop.let_in()] == [2]
    assert sorted(shop.inside("news")) == ["mei", "tom"]
    assert [event["occurred_at"].isoformat() for event in shop.events("Broadcast Due")] == ["2026-03-04T09:00:00+00:00"]


def test_a_broadcast_whose_time_had_passed_is_on_record_and_sent_to_nobody(shop: Shop) -> None:
    shop.customer("mei")
    shop.apply(NEWS.replace("2026-03-04 10:00", "2026-03-02 10:00"))
    shop.ticks(NOW + DAY)
    assert (shop.rows(Audience), shop.verdicts("news")) == ([], ["its time has passed"])


def test_a_broadcast_that_is_put_off_goes_at_its_new_time_and_to_nobody_twice(shop: Shop) -> None:
    shop.customer("mei")
    shop.apply(NEWS)
    shop.tick(NOW + HOUR)
    shop.apply(NEWS.replace("03-04", "03-05"))
    shop.ticks(NOW + 5 * DAY)
    assert len(shop.events("Broadcast Due")) == 1
    shop.let_in()
    shop.apply(NEWS.replace("03-04", "03-09"))
    shop.customer("tom")
    shop.ticks(NOW + 8 * DAY)
    shop.let_in()
    assert sorted(shop.inside("news")) == ["mei", "tom"]


def test_a_journey_that_was_away_begins_anew(shop: Shop) -> None:
    shop.apply(DIGEST)
    shop.tick()
    shop.apply(NEWS)
    shop.now = datetime(2026, 3, 5, 9, 1, tzinfo=UTC)
    shop.apply(DIGEST)
    shop.tick(shop.now + MINUTE)
    assert shop.rows(Audience, journey="digest") == []


def test_a_kill_between_the_look_and_the_next_tells_nothing_twice(shop: Shop) -> None:
    shop.apply(DIGEST)
    shop.tick()
    regular(shop, "mei")
    for _ in range(3):
        shop.tick(datetime(2026, 3, 5, 9, 1, tzinfo=UTC))
        with shop.database.write() as connection:
            connection.exec_driver_sql("UPDATE agenda SET looked_at = '2026-03-04 00:00:00.000000'")
    shop.let_in()
    assert len(shop.rows(Audience)) == len(shop.rows(Enrollment)) == 1
