"""Is each expectation held to its word? One that is met, and ones that are not: with line, words and what happened."""

from __future__ import annotations

import pytest
from scenario_shop import FIRST, HEAD, ROOT, expecting, loaded, shop

from regulars.scenarios.run import files_below, read, run
from regulars.simulate.load_script import names_of

MET = [
    "sent: [reminder, offer, last_call]",
    'sent: [{step: reminder, channel: email, at: "2026-03-02 12:45", subject: Sencha, text: cart, locale: en}]',
    'sent: [{step: offer, at: "2026-03-03"}, {step: last_call, at: "12:45", channel: sms}]',
    "sent: [abandoned_cart.reminder]",
    "not_sent: [welcome.hello]",
    "passed: [reminder, wait_1, offer, wait_for_1, last_call]",
    "not_passed: [welcome.hello]",
    "entered: 1",
    "ends: finished",
    'ends: {how: finished, at: "2026-03-04 12:45", run: 1}',
    "sent: [reminder, offer, last_call]\nnothing_else: true",
    "invariants: hold",
]
UNMET = [
    ("sent: [offer, reminder]", "reminder is sent", "reminder went before what stands above it"),
    ("sent: [reminder, reminder]", "reminder is sent", "reminder went before what stands above it"),
    ("sent: [{step: reminder, channel: sms}]", "reminder is sent by sms", "it was sent by email"),
    ('sent: [{step: reminder, at: "2026-03-03"}]', "at Tue 03 Mar 2026", "it was sent at Mon 02 Mar 2026 12:45"),
    ('sent: [{step: reminder, at: "12:46"}]', "reminder is sent at 12:46", "it was sent at Mon 02 Mar 2026 12:45"),
    ("sent: [{step: reminder, subject: Gyokuro}]", "with the subject 'Gyokuro'", "Still thinking about Sencha?"),
    ("sent: [{step: last_call, text: Gyokuro}]", "with the text 'Gyokuro'", "we kept your cart with Sencha"),
    ("sent: [{step: reminder, locale: zh}]", "reminder is sent in zh", "it was sent in en"),
    ("sent: [welcome.hello]", "welcome.hello is sent", "it was never due"),
    ("not_sent: [offer]", "offer is not sent", "it was sent at Tue 03 Mar 2026 12:45"),
    ("not_sent: [{step: welcome.hello, gate: consent}]", "not sent, by consent", "it was never due"),
    ("held: [last_call]", "last_call is held back", "it was not held back"),
    ("passed: [offer, reminder]", "reminder is passed", "it was passed before what stands above it"),
    ("passed: [welcome.hello]", "welcome.hello is passed", "it never was"),
    ("not_passed: [offer]", "offer is never passed", "it was, at Tue 03 Mar 2026 12:45"),
    ("entered: 2", "entered 2 times", "1 times, at Mon 02 Mar 2026 12:45"),
    ("ends: goal", "abandoned_cart ends: goal", "finished, at Wed 04 Mar 2026 12:45"),
    ("ends: inside", "abandoned_cart ends: inside", "finished"),
    ("ends: held out", "abandoned_cart ends: held out", "finished"),
    ("ends: never entered", "abandoned_cart ends: never entered", "entered at Mon 02 Mar 2026 12:45"),
    ("ends: {how: finished, run: 2}", "abandoned_cart ends: finished", "there are 1 runs"),
    ('ends: {how: finished, at: "12:46"}', "finished at 12:46", "finished, at Wed 04 Mar 2026 12:45"),
    ("ends: {how: finished, reason: bored}", "finished (bored)", "finished"),
    ("nothing_else: true", "nothing else is sent", "also sent: Mon 02 Mar 2026 12:45  reminder: email goes out"),
]
KEPT = HEAD.replace("sms, given", "sms, withdrawn")
NIGHT = HEAD.replace('at: "12:00"', 'at: "21:00"')
CLICKED = HEAD.replace("scenarios:", "  - {after: 1 hour, event: Email Clicked, of: offer}\nscenarios:")
SHORT = HEAD.replace("days: 6", "days: 1")


@pytest.mark.parametrize("lines", MET)
def test_what_happens_as_expected_is_good(lines: str) -> None:
    assert expecting(lines).failures == ()


@pytest.mark.parametrize(("lines", "expected", "happened"), UNMET, ids=[one[0] for one in UNMET])
def test_what_does_not_is_told_with_what_happened(lines: str, expected: str, happened: str) -> None:
    (failure,) = expecting(lines).failures
    assert (failure.file, failure.line) == ("cart.yaml", FIRST)
    assert expected in failure.expected
    assert happened in failure.happened
    assert failure.near, "nothing of the timeline is shown"


def test_each_failure_has_the_line_of_its_own_expectation() -> None:
    found = expecting("sent:\n  - reminder\n  - {step: offer, channel: sms}\nends: goal\nnothing_else: true").failures
    assert [failure.line for failure in found] == [FIRST + 2, FIRST + 3, FIRST + 4]


def test_the_nearest_entries_of_the_timeline_are_shown() -> None:
    (failure,) = expecting("sent: [welcome.hello]").failures
    assert len(failure.near) <= 4
    (failure,) = expecting('sent: [{step: offer, at: "00:01"}]').failures
    assert failure.near == ("Tue 03 Mar 2026 12:45  offer: email goes out “Shall we help you choose, Ana?”",)


def test_what_keeps_a_message_is_told_by_gate_and_reason() -> None:
    assert expecting("not_sent: [{step: last_call, gate: consent, reason: consent withdrawn}]", KEPT).failures == ()
    (failure,) = expecting("not_sent: [{step: last_call, gate: cap}]", KEPT).failures
    assert failure.happened == "it was kept by consent (skipped: consent withdrawn)"
    (failure,) = expecting("not_sent: [{step: last_call, reason: no phone}]", KEPT).failures
    assert "consent withdrawn" in failure.happened
    (failure,) = expecting("sent: [last_call]", KEPT).failures
    assert failure.happened == "last_call was not sent: last_call: not sent: consent withdrawn"


def test_what_is_held_back_is_told_by_gate_and_until() -> None:
    held = 'held: [{step: last_call, gate: quiet hours, until: "2026-03-05 09:00"}]'
    assert expecting(held, NIGHT).failures == ()
    for wrong in (held.replace("quiet hours", "cap"), held.replace("09:00", "10:00"), held.replace("05 09", "06 09")):
        (failure,) = expecting(wrong, NIGHT).failures
        assert failure.happened == "last_call: held back: quiet hours, until Thu 05 Mar 2026 09:00"


def test_a_run_that_goes_on_is_inside_at_its_step() -> None:
    assert expecting("ends: {how: inside, step: wait_1}", SHORT).failures == ()
    (failure,) = expecting("ends: {how: inside, step: wait_for_1}", SHORT).failures
    assert failure.happened.startswith("inside, at wait_1, until Tue 03 Mar 2026 12:45")
    (failure,) = expecting("ends: finished", SHORT).failures
    assert failure.happened.startswith("inside, at wait_1")


def test_a_reaction_of_the_script_changes_the_way() -> None:
    assert expecting("sent: [reminder, offer]\nnothing_else: true\nnot_passed: [last_call]", CLICKED).failures == ()


def test_who_never_entered_is_told_with_the_reason() -> None:
    again = HEAD.replace("Checkout Started", "Order Completed").replace("checkout_id", "order_id")
    known = again.replace("journey: abandoned_cart", "journey: welcome").replace("script:", PAST)
    assert expecting("ends: {how: never entered, reason: where does not hold}", known).failures == ()
    (failure,) = expecting("ends: {how: never entered, reason: no key}", known).failures
    assert failure.happened == "never entered: where does not hold"
    (failure,) = expecting("ends: finished", known).failures
    assert failure.happened == "never entered"


def test_the_last_run_is_meant_unless_another_is_said() -> None:
    again = "{after: 2 days, event: Order Completed, properties: {order_id: O-1}}"
    started = "{after: 8 days, event: Checkout Started, properties: {checkout_id: C-2}}"
    twice = HEAD.replace("scenarios:", f"  - {again}\n  - {started}\nscenarios:").replace("days: 6", "days: 20")
    good = "ends: {how: goal, run: 1}\nentered: 2"
    early = twice.replace("after: 2 days", "after: 1 hour")
    assert expecting(good, early).failures == ()
    assert expecting("ends: finished", early).failures == ()
    assert expecting("ends: {how: goal, run: 2}", early).failures != ()


def test_a_hint_at_the_very_instant_of_a_deadline_does_not_put_it_off_for_good() -> None:
    click = "  - {after: 48 hours, event: Email Clicked, of: reminder}\n"
    assert expecting("ends: finished", HEAD.replace("scenarios:", f"{click}scenarios:")).failures == ()


PAST = """\
  orders:
    - {at: "2026-02-01T12:00:00Z", order_id: A-0, total: "9.00"}
script:"""


def test_the_rules_of_the_house_hold_for_every_scenario_whatever_it_expects() -> None:
    loose = shop(("  caps: {email: 1 per 16 hours, sms: 2 per 7 days}\n", ""))
    capped = HEAD.replace("- name: one", "- name: one\n    script: [%s, %s]" % (_ORDER, _CHECKOUT))  # noqa: UP031
    scenario = loaded(capped + "      sent: [reminder]\n", loose)[0]
    assert run(scenario, loose).failures == ()
    from regulars.scenarios.life import book_of

    (failure,) = run(scenario, loose, book_of(shop())).failures
    assert failure.expected == "a rule of the house holds: cap"
    assert failure.line == scenario.expect_line


_ORDER = '{at: "12:00", event: Order Completed, properties: {order_id: A, total: "9.00"}}'
_CHECKOUT = "{after: 1 minute, event: Checkout Started, properties: {checkout_id: C}}"


def test_every_shipped_scenario_is_good_and_each_journey_has_some() -> None:
    told = read(files_below([ROOT / "scenarios"]), shop(), names_of(shop()))
    bad = {one.name: run(one, shop()).failures for one in told}
    assert {name: failures for name, failures in bad.items() if failures} == {}
    by_journey = {name: [one for one in told if one.journey == name] for name in shop().shown.plays}
    assert all(len(some) >= 4 for some in by_journey.values())
    countries = {name: {one.customer.person.country for one in some} for name, some in by_journey.items()}
    assert all({"CN", "DE"} <= there for there in countries.values()), countries
