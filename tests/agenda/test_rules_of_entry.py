"""What comes in by others, what stays the same for who is held out, and what a week of absence does."""

from __future__ import annotations

from datetime import UTC, datetime

from agenda_shop import DAY, HOUR, HOUSE, MINUTE, Shop

from regulars.agenda.pages import Turn
from regulars.clock import identity
from regulars.intake import standard_webhooks
from regulars.intake.accept import Delivery
from regulars.store.audiences import Audience
from regulars.store.enrollments import Enrollment, Outbox
from regulars.store.events import Event
from regulars.store.statements import table
from regulars.store.writer import Writer
from regulars.temporal.relay import Relay

RELEASE = """\
  release:
    start: {event: Product Released, to: everyone, again: always}
    goal: {event: Order Completed, within: 7 days}
    steps: [wait: 1 day]
"""
SENDING = HOUSE.replace(
    "house: {", 'house: {email_from: "Leaf <hi@leaf.example>", postal_address: "1 Hill Road, New York", '
)
NEWS = '  news:\n    start: {broadcast: "2026-03-04 10:00", to: everyone}\n    steps: [wait: 1 day]\n'
BIRTHDAY = """\
  birthday:
    start: {date: customer.traits.birthday, every: year, at: "09:00"}
    steps: [wait: 1 day]
"""


def webhook(shop: Shop, **body) -> None:
    try:
        arrival = standard_webhooks.read(f"id{len(shop.rows(Event))}", body, shop.now)
    except ValueError:
        return
    with shop.database.write() as connection:
        shop.intake.accept(connection, [Delivery(arrival, shop.now)])


def test_nobody_outside_can_say_that_a_broadcast_is_due(shop: Shop) -> None:
    shop.customer("mei")
    shop.apply(NEWS)
    webhook(shop, event="Broadcast Due", properties={"journey": "news"})
    assert shop.rows(Audience) == []


def test_nobody_outside_can_say_that_somebody_entered_a_segment(shop: Shop) -> None:
    shop.apply("  gold: {start: {enters: vip, again: never}, while: always, steps: [wait: 1 day]}\n")
    webhook(shop, event="Segment Entered", customer={"id": "7"}, properties={"segment": "vip"})
    assert shop.rows(Enrollment) == []


def test_a_tick_that_is_tried_again_a_week_later_greets_nobody_a_week_late(shop: Shop) -> None:
    import asyncio

    from temporalio.testing import ActivityEnvironment

    from activities.contract import Tick
    from activities.ticking import Ticking

    now = datetime.now(UTC)
    asked = now - 7 * DAY
    born = asked + HOUR
    shop.now = asked - DAY
    shop.customer("mei", {"birthday": f"{born:%m-%d}"}, timezone="UTC")
    shop.apply(BIRTHDAY.replace("09:00", f"{born:%H:%M}"))
    shop.tick(asked - 3 * HOUR)
    writer = Writer(shop.database)
    try:
        ticking = Ticking(shop.database, writer, shop.shelf, identity())
        asyncio.run(ActivityEnvironment().run(ticking.tick, Tick(asked)))
        asyncio.run(ActivityEnvironment().run(ticking.tick, Tick(datetime.now(UTC))))
    finally:
        writer.close()
    late = [row for row in shop.rows(Enrollment) if row["due_at"] < now - 3 * DAY]
    assert late == []


def test_an_audience_whose_row_is_missing_holds_up_nobody_else(shop: Shop) -> None:
    shop.apply(RELEASE + "  hi: {start: {event: Product Viewed, again: always}, steps: [wait: 1 day]}\n")
    shop.tell(None, "Product Released")
    shop.tell("mei", "Product Viewed")
    with shop.database.write() as connection:
        connection.execute(table(Audience).delete())
    writer = Writer(shop.database)
    from regulars.temporal.relay import _Lease

    try:
        relay = Relay(shop.database, writer, None, shop.shelf, identity())  # type: ignore[arg-type]
        with shop.database.write() as connection:
            (errands,) = relay._lease(connection, [_Lease(shop.now + MINUTE, shop.now + MINUTE)])
    finally:
        writer.close()
    assert "start" in [one.kind for one in errands]


def test_a_round_that_settles_two_pages_twice_changes_nothing(shop: Shop) -> None:
    shop.apply("  gold: {start: {enters: vip, again: always}, while: always, steps: [wait: 1 day]}\n")
    shop.tick()
    shop.crowd(700, orders=3, spent_minor=3)
    shop.now += 2 * HOUR
    with shop.database.write() as connection:
        (round,) = shop.scan.begin(connection, [shop.now])
    pages, after = [], ""
    while after is not None:
        with shop.database.read() as connection:
            found = shop.scan.page(connection, round, after)
        pages.append(found)
        after = found.last
    for _ in range(2):
        with shop.database.write() as connection:
            shop.scan.settle(connection, pages)
    entered = [one for one in shop.events("Segment Entered") if one["properties"]["segment"] == "vip"]
    assert len(entered) == len(shop.rows(Enrollment)) == 700


def test_an_import_of_profiles_lets_nobody_in(shop: Shop) -> None:
    """A profile that is told by an import, of last year, tags somebody."""
    from uuid import uuid4

    from regulars.customers.person import Person
    from regulars.intake.arrival import Arrival

    shop.apply(
        "  trade: {start: {enters: trade, again: never}, while: always, steps: [wait: 1 day]}\n",
        'segments:\n  trade: {where: tagged("wholesale")}\n',
    )
    shop.tick()
    who = Person((("shop", "mei"),), shop.now - 400 * DAY, first_name="mei", tags=("wholesale",))
    shop._take(Arrival("test", uuid4().hex, "profile", who))
    shop.ticks(shop.now + 3 * HOUR)
    assert shop.inside("trade") == []


def test_an_import_of_old_orders_lets_nobody_in_by_a_date_that_had_passed(shop: Shop) -> None:
    shop.apply("  refill:\n    start: {date: customer.last_order_at, plus: 30 days}\n    steps: [wait: 1 day]\n")
    shop.tick()
    shop.now += 50 * MINUTE
    shop.order("mei", shop.now - 30 * DAY - 20 * MINUTE, first_name="mei")
    shop.ticks(shop.now + 3 * HOUR, every=20 * MINUTE)
    assert shop.inside("refill") == []


def test_a_birthday_told_with_an_old_time_after_its_hour_lets_nobody_in(shop: Shop) -> None:
    shop.apply(BIRTHDAY)
    shop.tick(datetime(2026, 3, 5, 8, 30, tzinfo=UTC))
    shop.now = datetime(2026, 3, 5, 9, 20, tzinfo=UTC)
    shop.customer("mei", {"birthday": "03-05"}, timezone="UTC")  # asserted 400 days ago, told now
    shop.tick(datetime(2026, 3, 5, 9, 31, tzinfo=UTC))
    assert shop.inside("birthday") == []


def test_a_party_whose_members_are_all_over_before_it_starts_starts_nothing(shop: Shop) -> None:
    shop.apply(RELEASE.replace("everyone", "vip"))
    shop.tick()
    for name in ("mei", "tom"):
        for _ in range(3):
            shop.order(name, first_name=name)
    shop.tell(None, "Product Released")
    shop.let_in()
    for name in ("mei", "tom"):
        shop.order(name)
    assert {row["state"] for row in shop.rows(Enrollment)} == {"closed"}
    assert [row["kind"] for row in shop.rows(Outbox)].count("start") == 0


def test_the_lot_of_a_split_called_holdout_is_another_than_that_of_the_holdout(shop: Shop) -> None:
    shop.apply(
        "  half:\n    start: {event: Product Viewed, again: always}\n"
        "    goal: {event: Order Completed, within: 7 days}\n    holdout: 50%\n    steps:\n"
        "      - id: holdout\n        split: {a: {share: 50%}, b: {share: 50%}}\n      - email: a/b\n",
        house=SENDING,
    )
    from regulars.walks.look import way_of
    from regulars.walks.lots import lot_of

    with shop.database.read() as connection:
        play = shop.shelf.live(connection).plays["half"]
    split = play.steps["holdout"]
    for number in range(100):
        shop.tell(f"guest {number}", "Product Viewed")
    ways = {way_of(split, lot_of(row["customer_id"], "half", "holdout")) for row in shop.rows(Enrollment, state="due")}
    assert ways == {"a", "b"}


def test_a_held_out_customer_is_counted_by_the_same_rule_before_it_settled(shop: Shop) -> None:
    """Who settled into nothing is no entry; the one with whom they are compared is none either."""
    from regulars.demo import ledger
    from regulars.desk import figures

    shop.apply(
        "  cart:\n    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes, again: always}\n"
        "    goal: {event: Order Completed, within: 7 days}\n    holdout: 50%\n    steps: [email: a/b]\n",
        house=SENDING,
    )
    for number in range(40):
        shop.tell(f"guest {number}", "Checkout Started", checkout_id=f"c{number}")
    shop.now += 10 * MINUTE
    for number in range(40):
        shop.order(f"guest {number}")
    with shop.database.read() as connection:
        numbers = ledger.journeys(connection)["cart"]
        counted = figures.count(connection)["cart"]
        assert counted.goals_held_out <= counted.held_out
    assert (numbers.entered, numbers.held_out) == (0, 0)


def test_one_whose_zone_is_none_has_a_birthday_by_the_houses(shop: Shop) -> None:
    shop.customer("mei", {"birthday": "03-05"}, timezone="Mars/Olympus")
    shop.customer("tom", {"birthday": "03-05"})
    shop.apply(BIRTHDAY)
    shop.ticks(shop.now + 4 * DAY)
    assert {row["due_at"].isoformat() for row in shop.rows(Enrollment)} == {"2026-03-05T08:00:00+00:00"}


def test_the_goal_of_a_late_audience_is_not_counted_from_before_they_entered(shop: Shop) -> None:
    shop.apply(RELEASE)
    shop.customer("mei")
    shop.order("mei", shop.now - 20 * HOUR)
    shop.tell(None, "Product Released", shop.now - DAY)
    shop.let_in()
    assert [(row["state"], row["goal_at"]) for row in shop.rows(Enrollment)] == [("due", None)]


def test_somebody_new_after_the_broadcast_fell_due_is_not_in_its_audience(shop: Shop) -> None:
    shop.crowd(510)
    shop.apply(NEWS)
    shop.tick(datetime(2026, 3, 4, 9, 0, 30, tzinfo=UTC))
    (audience,) = shop.rows(Audience)
    with shop.database.write() as connection:
        shop.pages.let_in(connection, [Turn(audience["id"], shop.now)])
    shop.now += HOUR
    shop.crowd(200)
    shop.let_in()
    assert len(shop.rows(Enrollment)) == 510


def test_a_birthday_that_the_shop_tells_of_is_known(shop: Shop) -> None:
    shop.apply(BIRTHDAY)
    shop.tick()
    webhook(shop, event="Profile Told", customer={"id": "7", "birthday": "03-03", "email": "mei@example.com"})
    from regulars.store.customers import Customer

    assert [(row["traits"] or {}).get("birthday") for row in shop.rows(Customer)] == ["03-03"]


def test_a_round_that_fails_holds_up_no_broadcast(shop: Shop) -> None:
    """What is tried again asks for the time that it is, not for that of its first try."""
    import asyncio

    from temporalio.testing import ActivityEnvironment

    from activities.contract import Tick
    from activities.ticking import Ticking

    now = datetime.now(UTC)
    shop.now = now - DAY
    due = (now - 10 * MINUTE).astimezone(__import__("zoneinfo").ZoneInfo("Europe/Berlin"))
    shop.apply(NEWS.replace("2026-03-04 10:00", f"{due:%Y-%m-%d %H:%M}"))
    writer = Writer(shop.database)
    try:
        ticking = Ticking(shop.database, writer, shop.shelf, identity())
        first = Tick(now - 20 * MINUTE)  # its round failed since, and is tried again now
        asyncio.run(ActivityEnvironment().run(ticking.tick, first))
    finally:
        writer.close()
    assert len(shop.rows(Audience)) == 1
