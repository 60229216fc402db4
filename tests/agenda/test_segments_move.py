"""Who enters a segment, and when? By what happens, and by time; never by an edit or by what was imported."""

from __future__ import annotations

from datetime import timedelta

from agenda_shop import DAY, HOUR, IDLE, SEGMENTS, Shop

WINBACK = """\
  winback:
    start: {enters: dormant, again: after 180 days}
    goal: {event: Order Completed, within: 30 days}
    steps: [wait: 1 day]
"""
GOLD = """\
  gold:
    start: {enters: vip, again: never}
    steps: [wait: 1 day]
"""


def test_who_has_not_ordered_for_so_long_enters_by_time_alone(shop: Shop) -> None:
    shop.apply(WINBACK)
    shop.tick()
    shop.order("mei", first_name="mei")
    begun = shop.now
    shop.ticks(begun + 89 * DAY, every=DAY)
    assert shop.inside("winback") == []
    shop.ticks(begun + 91 * DAY, every=6 * HOUR)
    assert shop.inside("winback") == ["mei"]
    (entered,) = shop.events("Segment Entered")
    assert entered["properties"] == {"segment": "dormant"}
    assert timedelta(0) <= entered["occurred_at"] - (begun + 90 * DAY) <= 8 * HOUR
    shop.ticks(begun + 120 * DAY, every=DAY)
    assert len(shop.events("Segment Entered")) == 1


def test_who_comes_back_leaves_the_segment_at_once(shop: Shop) -> None:
    shop.apply(WINBACK)
    shop.tick()
    shop.order("mei", first_name="mei")
    shop.ticks(shop.now + 92 * DAY, every=DAY)
    assert shop.members("dormant") == {"mei"}
    shop.order("mei")
    assert shop.members("dormant") == set()
    assert len(shop.events("Segment Left")) == 1


def test_what_a_customer_does_lets_them_in_in_the_same_transaction(shop: Shop) -> None:
    shop.apply(GOLD)
    shop.tick()
    for _ in range(3):
        assert shop.inside("gold") == []
        shop.order("mei", first_name="mei")
    assert shop.inside("gold") == ["mei"]
    shop.order("mei")
    assert shop.inside("gold") == ["mei"]
    assert shop.errands().count("start") == 1


def test_nobody_enters_because_a_segment_is_new(shop: Shop) -> None:
    shop.apply(IDLE, segments="")
    for _ in range(4):
        shop.order("mei", first_name="mei")
    shop.apply(GOLD)
    shop.order("mei")
    shop.tick()
    shop.order("mei")
    assert (shop.inside("gold"), shop.members("vip")) == ([], {"mei"})
    assert shop.events("Segment Entered") == []


def test_nobody_enters_because_a_condition_was_edited(shop: Shop) -> None:
    shop.apply(GOLD)
    shop.tick()
    shop.order("mei", first_name="mei")
    shop.apply(GOLD, SEGMENTS.replace(">= 3", ">= 1"))
    shop.tick()
    shop.ticks(shop.now + 5 * HOUR)
    assert (shop.inside("gold"), shop.members("vip")) == ([], {"mei"})
    shop.order("tom", first_name="tom")
    assert shop.inside("gold") == ["tom"]


def test_nobody_enters_by_history(shop: Shop) -> None:
    shop.apply(GOLD + WINBACK)
    shop.tick()
    for days in (400, 300, 200):
        shop.order("mei", shop.now - days * DAY, first_name="mei")
    shop.ticks(shop.now + 3 * HOUR)
    assert (shop.members("vip"), shop.members("dormant")) == ({"mei"}, {"mei"})
    assert (shop.inside("gold"), shop.inside("winback"), shop.events("Segment Entered")) == ([], [], [])


def test_leaving_a_segment_lets_in_and_takes_out_as_any_happening_does(shop: Shop) -> None:
    shop.apply(
        "  back:\n    start: {leaves: dormant, again: always}\n    steps: [wait: 1 day]\n"
        "  regular:\n    start: {event: Customer Created}\n    goal: {enters: vip, within: 300 days}\n"
        "    leave: {enters: dormant}\n    steps: [wait: 200 days]\n"
    )
    shop.tick()
    shop.tell("mei", "Customer Created")
    shop.tell("tom", "Customer Created")
    shop.order("mei", first_name="mei")
    for _ in range(3):
        shop.order("tom", first_name="tom")
    shop.ticks(shop.now + 92 * DAY, every=DAY)
    shop.order("mei")
    assert shop.inside("back") == ["mei"]
    assert shop.ends("regular") == {"mei": ("left", "Segment Entered"), "tom": ("goal", None)}


def test_a_journey_of_a_segment_is_left_by_whoever_is_no_longer_in_it(shop: Shop) -> None:
    shop.apply(
        WINBACK + "  stays:\n    start: {enters: dormant, again: always}\n    while: always\n    steps: [wait: 1 day]\n"
    )
    with shop.database.read() as connection:
        plays = shop.shelf.live(connection).plays
    assert plays["winback"].guard is not None
    assert plays["winback"].guard.source == 'in_segment("dormant")'
    assert plays["stays"].guard is None


def test_what_is_asked_of_a_segment_is_judged_afresh(shop: Shop) -> None:
    shop.apply(
        '  news: {start: {event: Product Viewed, again: always, where: in_segment("vip")}, steps: [wait: 1 day]}\n'
    )
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.tell("mei", "Product Viewed")
    assert (shop.inside("news"), shop.members("vip")) == (["mei"], set())
