"""Does what holds a message back in production hold it back in a simulation, and does the timeline say why?"""

from __future__ import annotations

from simulated_shop import MEI, decided, decisions, mei, outcomes, sent, shop_of, walked

BEGAN = "[{after: 1 hour, event: Began}]"
TEXT = "  j:\n    start: {event: Began, again: always}\n    steps: [{sms: t/text}]\n"
TWO = "  j:\n    start: {event: Began, again: always}\n    steps: [{email: t/one}, {wait: 2 days}, {email: t/two}]\n"


def test_quiet_hours_hold_a_text_until_they_are_over() -> None:
    shop = shop_of(TEXT, house='  quiet_hours: {sms: "20:00-11:30"}\n')
    record = walked(shop, BEGAN)
    assert sent(record) == [("Mon 02 Mar 2026 11:30", "text")]
    (held,) = decisions(record, "quiet hours")
    assert held.verdict == "later: quiet hours" and held.until == record.sent[0].at
    assert held.seen["zone"] == "Europe/Berlin"


def test_a_cap_is_filled_by_another_journeys_message_which_is_named() -> None:
    other = "  other:\n    start: {event: Stirred, again: always}\n    steps: [{email: t/three}]\n"
    shop = shop_of(TWO + other, house="  caps: {email: 1 per 16 hours}\n")
    record = walked(shop, "[{after: 1 hour, event: Stirred}, {after: 1 hour, event: Began}]", days=10)
    (held, *_) = decisions(record, "cap")
    assert held.seen["by"] == "other (1) three" and held.seen["cap"] == "1 per 16 hours"
    assert [at for at, _ in sent(record)][:2] == ["Mon 02 Mar 2026 10:00", "Tue 03 Mar 2026 02:00"]


def test_where_a_cap_leaves_room_for_one_the_higher_priority_goes_first() -> None:
    journeys = "".join(
        f"  {name}:\n    priority: {name}\n    start: {{event: Began, again: always}}\n"
        f"    steps: [{{email: t/{mail}}}]\n"
        for name, mail in (("low", "one"), ("high", "two"))
    )
    record = walked(shop_of(journeys, house="  caps: {email: 1 per 16 hours}\n"), BEGAN)
    assert [step for _, step in sent(record)] == ["two", "one"]


def test_a_message_that_is_held_for_too_long_is_stale() -> None:
    shop = shop_of(TEXT, house='  quiet_hours: {sms: "20:00-19:00"}\n  valid_for: {sms: 2 hours}\n')
    record = walked(shop, BEGAN)
    assert not record.sent
    assert decided(record, "staleness") == ["skipped: stale"]


def test_consent_that_is_withdrawn_in_the_middle_of_a_walk_ends_its_messages() -> None:
    script = BEGAN[:-1] + ", {after: 1 day, consent: {channel: email, given: false}}]"
    record = walked(shop_of(TWO), script)
    assert [step for _, step in sent(record)] == ["one"]
    (refused,) = decisions(record, "consent")
    assert refused.verdict == "skipped: consent withdrawn" and refused.seen["source"] == "script"


def test_consent_that_is_given_in_the_middle_of_a_walk_opens_its_messages() -> None:
    nobody = mei(base="id: mei\nemail: mei@example.com\n")
    script = BEGAN[:-1] + ", {after: 1 day, consent: {channel: email, given: true}}]"
    record = walked(shop_of(TWO), script, customer=nobody)
    assert [step for _, step in sent(record)] == ["two"]
    assert decided(record, "consent") == ["skipped: no consent"]


def test_a_bounce_suppresses_the_address() -> None:
    record = walked(shop_of(TWO), BEGAN[:-1] + ", {event: Email Bounced, of: one, after: 1 minute}]")
    assert [step for _, step in sent(record)] == ["one"]
    assert decided(record, "suppression") == ["skipped: suppressed: bounced"]


def test_a_stop_withdraws_and_a_start_gives_back() -> None:
    journey = TEXT.replace("[{sms: t/text}]", "[{sms: t/text}, {wait: 2 days}, {sms: t/text, id: later}]")
    stop, start = "{after: 1 day, event: SMS Stopped}", "{after: 1 hour, event: Stirred}"
    record = walked(shop_of(journey), BEGAN[:-1] + f", {stop}, {start}]")
    assert [step for _, step in sent(record)] == ["text"]
    assert "skipped: consent withdrawn" in decided(record, "consent")


def test_the_held_out_get_nothing_and_their_goal_counts() -> None:
    journey = (
        "  j:\n    start: {event: Began, again: always}\n    goal: {event: Stirred, within: 9 days}\n"
        "    holdout: 99%\n    steps: [{email: t/one}]\n"
    )
    record = walked(shop_of(journey), BEGAN[:-1] + ", {after: 1 day, event: Stirred}]")
    assert not record.sent
    assert decided(record, "start") == ["held out"]
    (walk,) = record.walks
    assert walk.outcome == "held_out" and walk.goal_at is not None


def test_a_goal_in_the_middle_of_a_wait_takes_the_customer_out() -> None:
    journey = TWO.replace(
        "    steps", "    goal: {event: Order Completed, where: event.total_minor > 1000, within: 9 days}\n    steps"
    )
    order = '{after: 1 day, event: Order Completed, properties: {order_id: A, total: "12.00"}}'
    record = walked(shop_of(journey), BEGAN[:-1] + f", {order}]")
    assert [step for _, step in sent(record)] == ["one"]
    assert outcomes(record) == [("j", "goal", "Order Completed")]
    assert decisions(record, "goal")[0].seen["event.total_minor"] == 1200
    (walk,) = record.walks
    assert walk.closed_at == walk.goal_at


def test_a_while_that_fails_takes_the_customer_out_at_the_next_turn() -> None:
    journey = TWO.replace("    steps", '    while: customer.country != "CH"\n    steps')
    record = walked(
        shop_of(journey), BEGAN[:-1] + ", {after: 1 hour, profile: {country: CH}}]", customer=mei("country: DE\n")
    )
    assert outcomes(record) == [("j", "left", "while does not hold")]


def test_a_leaving_is_heard_in_the_middle_of_a_wait() -> None:
    journey = TWO.replace("    steps", "    leave: {event: Stirred}\n    steps")
    record = walked(shop_of(journey), BEGAN[:-1] + ", {after: 5 hours, event: Stirred}]")
    assert outcomes(record) == [("j", "left", "Stirred")]


def test_whatsapp_outside_of_its_window_is_refused_and_inside_goes() -> None:
    journey = TEXT.replace("sms: t/text", "whatsapp: t/text")
    assert decided(walked(shop_of(journey), BEGAN), "window") == ["skipped: outside of the 24-hour window"]
    replied = "[{after: 1 minute, event: WhatsApp Replied, properties: {text: hi}}, {after: 1 hour, event: Began}]"
    assert len(walked(shop_of(journey), replied).sent) == 1


def test_service_messages_pass_caps_and_need_no_consent() -> None:
    journey = "  j:\n    start: {event: Began, again: always}\n    steps: [{email: t/one, purpose: service}]\n"
    record = walked(
        shop_of(journey, house="  caps: {email: 1 per 16 hours}\n"), BEGAN, customer=mei(base="email: a@example.com\n")
    )
    assert len(record.sent) == 1


def test_a_customer_without_the_address_is_told_of() -> None:
    record = walked(shop_of(TEXT), BEGAN, customer=mei(base="id: mei\nemail: mei@example.com\n"))
    assert decided(record, "consent") == ["skipped: no phone"]
    assert "phone" in MEI
