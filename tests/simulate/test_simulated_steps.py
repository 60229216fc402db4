"""Does each kind of step do in a simulation what it does to a customer?"""

from __future__ import annotations

import pytest
from simulated_shop import START, decided, decisions, mei, outcomes, sent, shop_of, walked

BEGAN = "[{after: 1 hour, event: Began, properties: {colour: green}}]"
HEAD = "  j:\n    start: {event: Began, again: always}\n    steps: "


def test_letters_go_with_a_wait_between_them() -> None:
    record = walked(shop_of(HEAD + "[{email: t/one}, {wait: 2 days}, {sms: t/text}]\n"), BEGAN)
    assert sent(record) == [("Mon 02 Mar 2026 10:00", "one"), ("Wed 04 Mar 2026 10:00", "text")]
    assert outcomes(record) == [("j", "finished", None)]
    letter, text = (entry.message for entry in record.sent)
    assert letter is not None and letter.subject == "Letter one for Mei" and "Hello Mei" in (letter.html or "")
    assert text is not None and text.text == "Leaf: hello Mei. Reply STOP to opt out" and text.segments == 1
    assert (letter.to, text.to) == ("mei@example.com", "+4915123456789")


@pytest.mark.parametrize(("colour", "step"), [("green", "one"), ("red", "two"), (None, "two")])
def test_a_branch_goes_by_what_the_event_said_and_shows_it(colour: str | None, step: str) -> None:
    shop = shop_of(HEAD + '[{if: event.colour == "green", then: [{email: t/one}], else: [{email: t/two}]}]\n')
    said = f", properties: {{colour: {colour}}}" if colour else ""
    record = walked(shop, f"[{{after: 1 hour, event: Began{said}}}]")
    assert [one for _, one in sent(record)] == [step]
    assert decisions(record, "if")[0].seen.get("event.colour") == colour


def test_a_step_whose_if_fails_is_skipped_alone() -> None:
    record = walked(shop_of(HEAD + '[{email: t/one, if: event.colour == "red"}, {email: t/two}]\n'), BEGAN)
    assert [step for _, step in sent(record)] == ["two"]
    assert decided(record, "if") == ["skipped: if does not hold"]


WAIT_FOR = (
    HEAD + "\n      - email: t/one\n      - wait_for: {event: Email Clicked, of: one, within: 1 day}\n"
    "        then: [{email: t/two}]\n        otherwise: [{email: t/three}]\n"
)


def test_what_is_waited_for_and_comes_is_heard() -> None:
    click = "{event: Email Clicked, of: one, after: 3 hours, properties: {url: 'https://leaf.example/x'}}"
    record = walked(shop_of(WAIT_FOR), BEGAN[:-1] + f", {click}]")
    assert sent(record) == [("Mon 02 Mar 2026 10:00", "one"), ("Mon 02 Mar 2026 13:00", "two")]
    assert decisions(record, "wait_for")[0].seen == {"event": "Email Clicked"}


def test_what_is_waited_for_and_does_not_come_takes_otherwise_and_the_rest_says_both() -> None:
    record = walked(shop_of(WAIT_FOR), BEGAN)
    assert sent(record) == [("Mon 02 Mar 2026 10:00", "one"), ("Tue 03 Mar 2026 10:00", "three")]
    (rest,) = [entry for entry in record.entries if entry.kind == "rest"]
    assert rest.seen == {"then": "two", "otherwise": "three"}
    assert rest.until == record.sent[1].at


def test_a_click_after_the_deadline_is_not_heard() -> None:
    record = walked(shop_of(WAIT_FOR), BEGAN[:-1] + ", {event: Email Clicked, of: one, after: 25 hours}]")
    assert [step for _, step in sent(record)] == ["one", "three"]


def test_a_reaction_to_a_message_that_never_went_is_said_to_be_impossible() -> None:
    shop = shop_of(HEAD + '[{email: t/one, if: event.colour == "red"}]\n')
    record = walked(shop, "- {after: 1 hour, event: Began}\n- {event: Email Clicked, of: one, after: 1 hour}\n")
    (note,) = [entry.what for entry in record.entries if entry.kind == "note"]
    assert note == "line 2: email clicked of j.one could not be: the message was not sent"


def test_a_split_draws_the_way_that_the_id_draws_for_good() -> None:
    shop = shop_of(
        HEAD + "[{split: {a: {share: 50%, steps: [{email: t/one}]}, b: {share: 50%, steps: [{email: t/two}]}}}]\n"
    )
    ways = set()
    for number in range(12):
        profile = mei(base=f"id: c{number}\nemail: c{number}@example.com\n")
        first, again = (walked(shop, BEGAN, customer=profile) for _ in range(2))
        assert decided(first, "split") == decided(again, "split")
        ways |= set(decided(first, "split"))
    assert ways == {"a", "b"}


def test_tags_and_fields_are_known_to_what_follows() -> None:
    steps = '[{tag: tea}, {set: {first_name: Ana}}, {if: tagged("tea"), then: [{email: t/one}]}, {untag: tea}]\n'
    record = walked(shop_of(HEAD + steps), BEGAN)
    message = record.sent[0].message
    assert message is not None and message.subject == "Letter one for Ana"
    assert record.customer["own_tags"] == {"tea": False}


def test_rounds_are_repeated_until_their_condition_holds() -> None:
    steps = '[{repeat: {times: 5, every: 1 day, until: did("Stirred")}, steps: [{email: t/one}]}]\n'
    script = "[{after: 1 hour, event: Began}, {after: 36 hours, event: Stirred}]"
    found = sent(walked(shop_of(HEAD + steps), script))
    assert [at for at, _ in found] == ["Mon 02 Mar 2026 10:00", "Tue 03 Mar 2026 10:00"]


def test_another_journey_is_begun_by_a_step() -> None:
    other = "  other:\n    start: {event: Stirred, again: always}\n    steps: [{email: t/two}]\n"
    record = walked(shop_of(HEAD + "[{email: t/one}, {journey: other}]\n" + other), BEGAN)
    assert outcomes(record) == [("j", "finished", None), ("other", "finished", None)]
    assert decisions(record, "start", "other")[0].seen["from"] == "j (1)"


def test_a_wait_until_the_clock_and_until_a_date_are_waited_out() -> None:
    shop = shop_of(
        HEAD + '[{wait_until: "18:30"}, {email: t/one}, {wait_until: {date: event.day, at: "08:00"}}, {email: t/two}]\n'
    )
    record = walked(shop, '[{after: 1 hour, event: Began, properties: {day: "2026-03-10"}}]')
    assert sent(record) == [("Mon 02 Mar 2026 18:30", "one"), ("Tue 10 Mar 2026 08:00", "two")]


def test_a_date_that_is_missing_takes_the_customer_out() -> None:
    record = walked(shop_of(HEAD + "[{wait_until: {date: event.day}}, {email: t/two}]\n"), BEGAN)
    assert outcomes(record) == [("j", "left", "no date")]


def test_the_best_hour_is_when_mail_was_read_before() -> None:
    read = "".join(f'  - {{at: "2026-02-0{day}T17:10:00Z", event: Email Clicked}}\n' for day in range(1, 5))
    shop = shop_of(HEAD + '[{wait_until: {best_hour: email, at: "10:00"}}, {email: t/one}]\n')
    assert sent(walked(shop, BEGAN, customer=mei("events:\n" + read))) == [("Mon 02 Mar 2026 18:00", "one")]
    assert sent(walked(shop, BEGAN)) == [("Tue 03 Mar 2026 10:00", "one")]


def test_a_webhook_is_told_of_and_not_called() -> None:
    body = '{who: "{{ customer.first_name }}", colour: "{{ event.colour }}"}'
    steps = f'[{{webhook: "https://shop.example/hook", body: {body}}}]\n'
    (call,) = [entry for entry in walked(shop_of(HEAD + steps), BEGAN).entries if entry.kind == "call"]
    assert call.what == "https://shop.example/hook"
    assert (call.seen["who"], call.seen["colour"], call.seen["journey"]) == ("Mei", "green", "j")


def test_leaving_says_why() -> None:
    record = walked(shop_of(HEAD + "[{email: t/one}, {leave: enough}]\n"), BEGAN)
    assert outcomes(record) == [("j", "left", "enough")]


def test_nothing_is_before_the_start_and_all_that_rests_at_the_end_is_told() -> None:
    record = walked(shop_of(HEAD + "[{email: t/one}, {wait: 40 days}, {email: t/two}]\n"), BEGAN)
    assert all(START <= entry.at <= record.until for entry in record.entries)
    (walk,) = record.walks
    assert (walk.outcome, walk.step) == (None, "wait_1")
    assert walk.wake is not None and walk.wake > record.until


def test_what_is_told_at_the_very_instant_of_a_wake_does_not_keep_the_walk_waiting() -> None:
    steps = "[wait: 1 hour, {wait_for: {event: Stirred, within: 1 day}}]"
    shop = shop_of(f"  one: {{start: {{event: Began, again: always}}, steps: {steps}}}\n")
    record = walked(shop, "[{after: 1 hour, event: Began}, {after: 1 hour, event: Stirred}]")
    assert outcomes(record) == [("one", "finished", None)]
    assert decided(record, "wait_for") == ["heard"]
