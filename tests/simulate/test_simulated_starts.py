"""Does each kind of start let a customer in at its instant, and keep out whom it keeps out?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from simulated_shop import DAY, HOUR, START, decided, decisions, mei, outcomes, sent, shop_of, walked

from regulars.simulate.record import Record

ORDER = '{after: 1 day, event: Order Completed, properties: {order_id: "%s", total: "10.00"}}'


def entered(record: Record, journey: str) -> list[str]:
    return [entry.local for entry in decisions(record, "start", journey) if entry.verdict == "entered"]


def test_an_event_lets_in_where_its_condition_holds_and_the_refusal_shows_the_value() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Order Completed, where: customer.orders == 1, again: never}\n"
        "    steps: [{email: t/one}]\n"
    )
    record = walked(shop, f"[{ORDER % 'A'}, {ORDER % 'B'}]")
    assert decided(record, "start") == ["entered", "inside already"] or decided(record, "start") == [
        "entered",
        "entered before",
    ]
    other = walked(
        shop, f"[{ORDER % 'B'}]", customer=mei('orders: [{at: "2026-02-01T10:00:00Z", order_id: A, total: "5"}]\n')
    )
    assert decided(other, "start") == ["where does not hold"]
    assert decisions(other, "start")[0].seen["customer.orders"] == 2


def test_a_key_that_stirs_settles_anew_and_is_entered_once() -> None:
    shop = shop_of(
        "  cart:\n    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes,"
        " again: after 7 days}\n"
        "    steps: [{email: t/one}]\n"
    )
    begun = "{after: %s, event: Checkout Started, properties: {checkout_id: C, total: '9.00'}}"
    record = walked(shop, f"[{begun % '1 hour'}, {begun % '30 minutes'}, {begun % '3 hours'}]")
    assert sent(record) == [("Mon 02 Mar 2026 11:15", "one")]
    assert decided(record, "start") == ["entered", "settles anew", "key entered before"]


def test_what_settles_into_a_goal_never_begins() -> None:
    shop = shop_of(
        "  cart:\n    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes}\n"
        "    goal: {event: Order Completed, within: 7 days}\n    steps: [{email: t/one}]\n"
    )
    begun = "{after: 1 hour, event: Checkout Started, properties: {checkout_id: C, total: '9.00'}}"
    order = '{after: 20 minutes, event: Order Completed, properties: {order_id: A, total: "9.00"}}'
    record = walked(shop, f"[{begun}, {order}]")
    assert not record.sent and outcomes(record) == [("cart", "goal", "before it began")]


DORMANT = '  dormant: {where: \'customer.orders > 0 and not did("Order Completed", within="10 days")\'}\n'
WIN_BACK = """\
  back:
    start: {enters: dormant, again: after 30 days}
    steps: [{email: t/one}, {wait: 3 days}, {email: t/two}]
"""


def test_passing_days_move_into_a_segment_at_the_look_that_first_sees_it() -> None:
    record = walked(shop_of(WIN_BACK, segments=DORMANT), f"[{ORDER % 'A'}]", days=20)
    (moved,) = [entry for entry in record.entries if entry.what == "Segment Entered"]
    assert moved.at == START + 11 * DAY, "the order is ten days old at a look, which is on the hour of the start"
    assert len(record.sent) == 2


def test_a_look_comes_once_an_hour_of_the_start() -> None:
    script = '[{after: 20 minutes, event: Order Completed, properties: {order_id: A, total: "10.00"}}]'
    record = walked(shop_of(WIN_BACK, segments=DORMANT), script, days=20)
    (moved,) = [entry for entry in record.entries if entry.what == "Segment Entered"]
    assert moved.at == START + 10 * DAY + HOUR


def test_who_orders_leaves_the_segment_and_with_it_the_journey() -> None:
    late = '{after: 11 days, event: Order Completed, properties: {order_id: B, total: "10.00"}}'
    record = walked(shop_of(WIN_BACK, segments=DORMANT), f"[{ORDER % 'A'}, {late}]", days=20)
    assert [step for _, step in sent(record)] == ["one"]
    assert outcomes(record)[0][:2] == ("back", "left")


def test_who_is_in_a_segment_at_the_start_has_not_entered_it() -> None:
    before = mei('orders: [{at: "2026-01-10T10:00:00Z", order_id: A, total: "5.00"}]\n')
    record = walked(shop_of(WIN_BACK, segments=DORMANT), customer=before, days=20)
    assert not record.entries


BIRTHDAY = (
    '  day:\n    start: {date: customer.traits.birthday, every: year, at: "09:00"}\n    steps: [{email: t/one}]\n'
)


@pytest.mark.parametrize(
    ("born", "year", "at"),
    [
        ("1990-03-09", 2026, "Mon 09 Mar 2026 09:00"),
        ("2000-02-29", 2027, "Sun 28 Feb 2027 09:00"),
        ("2000-02-29", 2028, "Tue 29 Feb 2028 09:00"),
        ("03-29", 2026, "Sun 29 Mar 2026 09:00"),  # the clock springs forward that night
    ],
)
def test_a_birthday_comes_at_nine_by_the_customers_clock(born: str, year: int, at: str) -> None:
    start = datetime(year, 2 if born.endswith("29") and "02" in born else 3, 1, 8, tzinfo=UTC)
    profile = mei(f'traits: {{birthday: "{born}"}}\n', start=start)
    assert sent(walked(shop_of(BIRTHDAY), customer=profile, start=start, days=60)) == [(at, "one")]


def test_a_birthday_comes_once_a_year() -> None:
    record = walked(shop_of(BIRTHDAY), customer=mei('traits: {birthday: "1990-06-01"}\n'), days=800)
    assert [at for at, _ in sent(record)] == ["Mon 01 Jun 2026 09:00", "Tue 01 Jun 2027 09:00"]


def test_a_date_that_becomes_known_only_after_it_has_passed_lets_nobody_in() -> None:
    script = '[{after: 9 days, profile: {traits: {birthday: "1990-03-09"}}}]'
    assert not walked(shop_of(BIRTHDAY), script, days=60).sent


def test_a_date_of_the_last_order_moves_with_it() -> None:
    shop = shop_of(
        '  refill:\n    start: {date: customer.last_order_at, plus: 25 days, at: "10:00"}\n'
        "    steps: [{email: t/one}]\n"
    )
    later = ORDER.replace("1 day", "5 days")
    record = walked(shop, f"[{ORDER % 'A'}, {later % 'B'}]", days=60)
    assert [at for at, _ in sent(record)] == ["Thu 02 Apr 2026 10:00"]


def test_a_schedule_and_a_broadcast_let_in_at_their_hour() -> None:
    shop = shop_of(
        '  weekly:\n    start: {schedule: {at: "10:30", days: [friday]}, to: everyone}\n    steps: [{email: t/one}]\n'
        '  once:\n    start: {broadcast: "2026-03-11 12:00", to: everyone}\n    steps: [{email: t/two}]\n'
    )
    record = walked(shop, days=14)
    assert sent(record) == [
        ("Fri 06 Mar 2026 10:30", "one"),
        ("Wed 11 Mar 2026 12:00", "two"),
        ("Fri 13 Mar 2026 10:30", "one"),
    ]


VIPS = "  vip: {where: customer.orders >= 2}\n"


def test_an_event_of_the_shops_lets_in_the_segment_and_says_where_nobody_is_of_it() -> None:
    shop = shop_of(
        "  drop:\n    start: {event: Product Released, to: vip, again: always}\n    steps: [{email: t/one}]\n",
        segments=VIPS,
    )
    released = "{after: 1 hour, event: Product Released}"
    script = f"[{released}, {ORDER % 'A'}, {ORDER % 'B'}, {released}]"
    record = walked(shop, script)
    assert decided(record, "start") == ["called", "nobody there", "called", "entered"]
    assert len(record.sent) == 1


def test_again_counts_from_the_last_entry() -> None:
    shop = shop_of("  j:\n    start: {event: Began, again: after 7 days}\n    steps: [{email: t/one}]\n")
    script = "[{after: 1 hour, event: Began}, {after: 3 days, event: Began}, {after: 5 days, event: Began}]"
    assert decided(walked(shop, script), "start") == ["entered", "again only after 7 days", "entered"]


def test_a_wait_of_days_keeps_the_clock_over_a_spring_change_and_one_of_hours_does_not() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, again: always}\n"
        "    steps: [{wait: 2 days}, {email: t/one}, {wait: 24 hours}, {email: t/two}]\n"
    )
    record = walked(shop, '[{at: "2026-03-26T17:00:00Z", event: Began}]')
    assert sent(record) == [("Sat 28 Mar 2026 18:00", "one"), ("Sun 29 Mar 2026 19:00", "two")]


def test_nobody_enters_by_their_past() -> None:
    shop = shop_of("  j:\n    start: {event: Order Completed, again: always}\n    steps: [{email: t/one}]\n")
    past = mei('orders: [{at: "2026-03-01T10:00:00Z", order_id: A, total: "5.00"}]\n')
    assert not walked(shop, customer=past).entries


def test_two_journeys_are_walked_at_once() -> None:
    journeys = "".join(
        f"  {name}:\n    start: {{event: Began, again: always}}\n    steps: [{{wait: {wait}}}, {{email: t/{name}}}]\n"
        for name, wait in (("one", "2 days"), ("two", "1 day"))
    )
    record = walked(shop_of(journeys), "[{after: 1 hour, event: Began}]")
    assert sent(record) == [("Tue 03 Mar 2026 10:00", "two"), ("Wed 04 Mar 2026 10:00", "one")]
    assert entered(record, "one") == entered(record, "two") == ["Mon 02 Mar 2026 10:00"]


def test_a_schedule_is_a_tick_from_which_the_next_looks_are_counted() -> None:
    daily = '  daily:\n    start: {schedule: {at: "10:32"}, to: vip}\n    steps: [{email: t/two}]\n'
    shop = shop_of(WIN_BACK + daily, segments=DORMANT + "  vip: {where: customer.orders > 99}\n")
    record = walked(shop, f"[{ORDER % 'A'}]", days=20)
    (moved,) = [entry for entry in record.entries if entry.what == "Segment Entered"]
    assert moved.local == "Fri 13 Mar 2026 09:02", "the looks before it were at two minutes past the hour"


def test_a_while_that_fails_before_a_walk_is_due_keeps_it_from_beginning() -> None:
    shop = shop_of(
        "  cart:\n    start: {event: Checkout Started, key: event.checkout_id, settle: 45 minutes}\n"
        '    while: customer.country != "CH"\n    steps: [{wait: 2 days}, {email: t/one}]\n'
    )
    begun = "{after: 1 hour, event: Checkout Started, properties: {checkout_id: C, total: '9.00'}}"
    record = walked(shop, f"[{begun}, {{after: 5 minutes, profile: {{country: CH}}}}]", customer=mei("country: DE\n"))
    (walk,) = record.walks
    assert (walk.outcome, walk.closed_at) == ("left", walk.entered_at)
