"""Is what becomes of messages, and who is in which journey, known to the walks that ask for it?"""

from __future__ import annotations

from simulated_shop import START, decided, outcomes, sent, shop_of, walked

BEGAN = "{after: 1 hour, event: Began}"
HEAR = """\
  j:
    start: {event: Began, again: always}
    steps:
      - email: t/one
      - wait_for: {event: Email %s, of: one, within: 1 day}
        then: [{email: t/two}]
        otherwise: [{email: t/three}]
"""


def test_a_message_is_told_to_have_gone_and_to_be_delivered() -> None:
    for word in ("Sent", "Delivered"):
        record = walked(shop_of(HEAR % word), f"[{BEGAN}]")
        assert [step for _, step in sent(record)] == ["one", "two"], word


def test_one_that_the_script_has_bounce_is_not_delivered() -> None:
    record = walked(shop_of(HEAR % "Delivered"), f"[{BEGAN}, {{event: Email Bounced, of: one, after: 1 minute}}]")
    assert decided(record, "wait_for") == ["otherwise"]
    assert [step for _, step in sent(record)] == ["one"], "the address is suppressed"


def test_a_wait_inside_of_rounds_hears_of_this_rounds_message_alone() -> None:
    shop = shop_of("""\
  j:
    start: {event: Began, again: always}
    steps:
      - repeat: {times: 2, every: 2 days}
        steps:
          - email: t/one
          - wait_for: {event: Email Clicked, of: one, within: 1 day}
            then: [{tag: read}]
            otherwise: [{sms: t/text}]
""")
    record = walked(shop, f"[{BEGAN}, {{event: Email Clicked, of: one, after: 1 hour}}]")
    assert decided(record, "wait_for") == ["heard", "otherwise"]


def test_a_reaction_at_an_instant_before_its_message_comes_with_it() -> None:
    click = f'{{event: Email Clicked, of: one, at: "{START.isoformat()}"}}'
    record = walked(shop_of(HEAR % "Clicked"), f"[{BEGAN}, {click}]")
    assert [step for _, step in sent(record)] == ["one", "two"]
    assert record.sent[0].at == record.sent[1].at


def test_an_order_that_is_told_twice_happens_once() -> None:
    shop = shop_of("  j:\n    start: {event: Order Completed, again: always}\n    steps: [{wait: 9 days}]\n")
    order = '{after: 1 hour, event: Order Completed, properties: {order_id: A, total: "5.00"}}'
    assert decided(walked(shop, f"[{order}, {order}]"), "start") == ["entered"]


def test_a_segment_of_those_in_a_journey_is_entered_at_the_next_look() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, again: always}\n    steps: [{wait: 9 days}]\n"
        "  k:\n    start: {enters: walkers, again: never}\n    steps: [{email: t/one}]\n",
        segments="  walkers: {where: 'in_journey(\"j\")'}\n",
    )
    record = walked(shop, "[{after: 90 minutes, event: Began}]")
    assert sent(record) == [("Mon 02 Mar 2026 11:00", "one")]


def test_a_message_that_was_held_when_its_walk_ended_is_nobodys_rival() -> None:
    shop = shop_of(
        "  high:\n    priority: high\n    start: {event: Began, again: always}\n    leave: {event: Stirred}\n"
        "    steps: [{email: t/one}]\n"
        "  low:\n    priority: low\n    start: {event: Stirred, again: always}\n"
        '    steps: [{wait_until: "20:00"}, {email: t/two}]\n',
        house='  quiet_hours: {email: "08:00-20:00"}\n  caps: {email: 1 per 16 hours}\n',
    )
    record = walked(shop, f"[{BEGAN}, {{after: 2 hours, event: Stirred}}]")
    assert sent(record) == [("Mon 02 Mar 2026 20:00", "two")]
    assert outcomes(record)[0] == ("high", "left", "Stirred")


def test_what_was_bought_is_asked_within_its_span_and_cancelled_orders_are_none() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, where: 'bought(within=\"2 days\")', again: always}\n    steps: [{tag: x}]\n"
    )
    order = '{after: 1 hour, event: Order %s, properties: {order_id: A, total: "5.00"}}'
    late = f"[{order % 'Completed'}, {BEGAN}, {{after: 3 days, event: Began}}]"
    assert decided(walked(shop, late), "start") == ["entered", "where does not hold"]
    cancelled = f"[{order % 'Completed'}, {order % 'Cancelled'}, {BEGAN}]"
    assert decided(walked(shop, cancelled), "start") == ["where does not hold"]


def test_a_goal_that_came_with_the_start_is_caught_up_with() -> None:
    shop = shop_of(
        '  j:\n    start: {date: customer.traits.day, at: "09:30"}\n    goal: {event: Stirred, within: 9 days}\n'
        "    steps: [{wait: 1 hour}, {email: t/one}]\n"
    )
    script = '[{after: 1 minute, profile: {traits: {day: "2026-03-02"}}}, {after: 29 minutes, event: Stirred}]'
    record = walked(shop, script)
    assert not record.sent


def test_who_has_left_a_journey_is_not_in_it() -> None:
    shop = shop_of(
        "  j:\n    start: {event: Began, again: always}\n    steps: [{wait: 1 day}]\n"
        "  k:\n    start: {event: Stirred, where: 'in_journey(\"j\")', again: always}\n    steps: [{tag: x}]\n"
    )
    record = walked(shop, f"[{BEGAN}, {{after: 1 hour, event: Stirred}}, {{after: 3 days, event: Stirred}}]")
    assert decided(record, "start", "k") == ["entered", "where does not hold"]
