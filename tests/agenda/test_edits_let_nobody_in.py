"""What does an edit do, in the middle of a look at everybody, or while nothing looks? It lets nobody in."""

from __future__ import annotations

from datetime import UTC, datetime

from agenda_shop import DAY, HOUR, HOUSE, IDLE, MINUTE, SEGMENTS, Shop

from regulars.agenda.pages import Turn
from regulars.store.audiences import Agenda, Audience, KnownSegment
from regulars.store.customers import Customer
from regulars.store.enrollments import Decision, Enrollment
from regulars.walks.record import Opening, Record

GOLD = "  gold:\n    start: {enters: vip, again: never}\n    steps: [wait: 1 day]\n"
BIRTHDAY = """\
  birthday:
    start: {date: customer.traits.birthday, every: year, at: "09:00"}
    steps: [wait: 1 day]
"""
NEWS = '  news:\n    start: {broadcast: "2026-03-04 10:00", to: everyone}\n    steps: [wait: 1 day]\n'
DIGEST = '  digest:\n    start: {schedule: {at: "10:00"}, to: everyone}\n    steps: [wait: 1 day]\n'


def begin(shop: Shop):
    with shop.database.write() as connection:
        (round,) = shop.scan.begin(connection, [shop.now])
    assert round is not None
    return round


def rest(shop: Shop, round) -> None:
    after: str | None = ""
    while after is not None:
        with shop.database.read() as connection:
            found = shop.scan.page(connection, round, after)
        with shop.database.write() as connection:
            shop.scan.settle(connection, [found] if found.moved or found.near else [])
        after = found.last
    with shop.database.write() as connection:
        shop.scan.end(connection, [round])


def test_a_condition_that_is_edited_while_everybody_is_looked_at_lets_nobody_in(shop: Shop) -> None:
    shop.apply(GOLD)
    shop.tick()
    shop.order("mei", first_name="mei")
    shop.now += 2 * HOUR
    round = begin(shop)
    shop.apply(GOLD, SEGMENTS.replace(">= 3", ">= 1"))
    rest(shop, round)
    assert shop.events("Segment Entered") == []
    assert shop.inside("gold") == []


def test_a_segment_that_is_new_while_everybody_is_looked_at_lets_nobody_in(shop: Shop) -> None:
    shop.apply(IDLE, SEGMENTS.split("  vip")[0])
    shop.tick()
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.now += 2 * HOUR
    round = begin(shop)
    shop.apply(GOLD)
    rest(shop, round)
    assert shop.inside("gold") == []


def test_segments_that_were_all_away_for_a_while_are_new_again(shop: Shop) -> None:
    shop.apply(GOLD)
    shop.tick()
    shop.apply(IDLE, segments="")
    shop.ticks(shop.now + 3 * DAY, every=6 * HOUR)
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.ticks(shop.now + 9 * DAY, every=6 * HOUR)
    shop.apply(GOLD)
    shop.ticks(shop.now + 3 * HOUR)
    assert shop.inside("gold") == []


def test_a_journey_that_was_taken_off_while_everybody_is_looked_at_begins_anew(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick()
    shop.now += 2 * HOUR
    round = begin(shop)
    shop.apply(IDLE)
    rest(shop, round)
    assert shop.rows(Agenda, what="birthday") == []
    shop.ticks(datetime(2026, 3, 5, 20, tzinfo=UTC))
    shop.apply(BIRTHDAY)
    shop.tick(shop.now + MINUTE)
    assert shop.inside("birthday") == []


def test_a_broadcast_moved_to_a_time_that_has_passed_since_the_last_look_is_not_sent(shop: Shop) -> None:
    shop.customer("mei")
    shop.apply(NEWS)
    shop.tick()
    shop.now += 5 * HOUR  # nothing ran for five hours
    local = "2026-03-02 20:00"  # an hour ago in Berlin (now is 21:00)
    shop.apply(NEWS.replace("2026-03-04 10:00", local))
    assert shop.verdicts("news") == ["its time has passed"]
    shop.tick(shop.now + MINUTE)
    assert shop.rows(Audience) == []


def test_a_schedule_moved_to_a_time_that_has_passed_since_the_last_look_is_not_sent(shop: Shop) -> None:
    shop.customer("mei")
    shop.apply(DIGEST)
    shop.tick()
    shop.now += 5 * HOUR
    shop.apply(DIGEST.replace("10:00", "20:00"))
    shop.tick(shop.now + MINUTE)
    assert shop.rows(Audience) == []


def test_a_date_start_moved_to_an_hour_that_has_passed_lets_nobody_in(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY.replace("09:00", "18:00"))
    shop.tick(datetime(2026, 3, 5, 8, 50, tzinfo=UTC))
    shop.now = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 3 * HOUR, every=10 * MINUTE)
    assert shop.inside("birthday") == []


def test_an_edit_of_the_markets_moves_nobody_into_a_journey(shop: Shop) -> None:
    journey = "  german:\n    start: {enters: german, again: never}\n    steps: [wait: 1 day]\n"
    segments = 'segments:\n  german: {where: customer.market == "DE"}\n'
    shop.apply(journey, segments)
    shop.customer("mei", country="DE")
    shop.tick()
    shop.ticks(shop.now + 3 * HOUR)
    markets = "markets: {DE: {timezone: Europe/Berlin, locale: de-DE, currency: EUR}}, "
    shop.apply(journey, segments, HOUSE.replace("house: {", "house: {" + markets))
    shop.ticks(shop.now + 3 * HOUR)
    assert shop.inside("german") == []


def test_a_journey_off_when_its_date_was_near_is_not_lost_for_good(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick(datetime(2026, 3, 5, 6, 30, tzinfo=UTC))
    shop.now = datetime(2026, 3, 5, 7, 40, tzinfo=UTC)
    round = begin(shop)
    with shop.database.read() as connection:
        found = shop.scan.page(connection, round, "")
    shop.apply(IDLE)  # by mistake
    with shop.database.write() as connection:
        shop.scan.settle(connection, [found])
        shop.scan.end(connection, [round])
    shop.now += MINUTE
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 4 * HOUR)
    assert shop.inside("birthday") == ["mei"]


def test_a_date_that_is_moved_hours_before_it_came_lets_nobody_walk(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")
    shop.customer("tom", {"birthday": "03-05"}, timezone="UTC")
    shop.apply(BIRTHDAY)
    shop.tick(datetime(2026, 3, 5, 7, 30, tzinfo=UTC))
    shop.customer("mei", {"birthday": "03-09"}, timezone="UTC")
    opened = {}
    for row in shop.rows(Enrollment):
        opening = Opening(row["party_id"], row["id"], row["due_at"])
        with shop.database.write() as connection:
            (found,) = Record(shop.shelf).open(connection, [opening])
        opened[shop.one(Customer, id=row["customer_id"])["first_name"]] = (found.ending, found.reason)
    assert opened == {"mei": ("left", "the date was moved"), "tom": ("", "")}


def test_an_order_before_the_hour_takes_out_who_is_to_be_asked_whether_it_is_empty(shop: Shop) -> None:
    shop.apply(
        '  refill:\n    start: {date: customer.last_order_at, plus: 30 days, at: "10:00"}\n'
        "    leave: {event: Order Completed}\n    steps: [wait: 1 day]\n"
    )
    shop.order("mei", first_name="mei", timezone="UTC")
    shop.ticks(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
    shop.now = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
    assert len(shop.rows(Enrollment)) == 1
    shop.order("mei")
    shop.ticks(datetime(2026, 4, 1, 12, tzinfo=UTC), every=10 * MINUTE)
    assert [(row["state"], row["due_at"].day) for row in shop.rows(Enrollment)] == [("closed", 1)]


def test_a_segment_gone_in_the_middle_of_its_audience_says_so(shop: Shop) -> None:
    shop.apply("  release:\n    start: {event: Product Released, to: vip, again: always}\n    steps: [wait: 1 day]\n")
    shop.tick()
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.tell(None, "Product Released")
    shop.apply(
        "  release:\n    start: {event: Product Released, to: everyone, again: always}\n    steps: [wait: 1 day]\n",
        segments="",
    )
    (audience,) = shop.rows(Audience)
    with shop.database.write() as connection:
        shop.pages.let_in(connection, [Turn(audience["id"], shop.now)])
    assert [row["verdict"] for row in shop.rows(Decision, journey="release")] != ["called"]
    assert shop.rows(KnownSegment) is not None


def test_who_left_the_segment_before_the_page_came_is_on_record(shop: Shop) -> None:
    shop.apply("  release:\n    start: {event: Product Released, to: vip, again: always}\n    steps: [wait: 1 day]\n")
    shop.tick()
    for _ in range(3):
        shop.order("mei", first_name="mei")
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET orders = 1")
    shop.tell(None, "Product Released")
    shop.let_in()
    decided = [row for row in shop.rows(Decision, journey="release") if row["customer_id"]]
    assert len(decided) == 1
