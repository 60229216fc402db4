"""Is a customer that a real one could not be refused, and a script that means nothing, each in its line?"""

from __future__ import annotations

import pytest
from simulated_shop import LEARNT, MEI, START, shop_of

from regulars.journeys.mistakes import Mistakes
from regulars.simulate.load_profile import profile_of
from regulars.simulate.load_script import names_of, script_of

JOURNEYS = """\
  welcome: {start: {event: Began, again: always}, steps: [{email: t/one}, {sms: t/text}]}
  later: {start: {event: Stirred, again: always}, steps: [{email: t/one}, {email: t/two}]}
"""
BOOK = names_of(shop_of(JOURNEYS), LEARNT)


def mistakes_of_profile(text: str) -> list[str]:
    with pytest.raises(Mistakes) as caught:
        profile_of(text, "p.yaml", START, BOOK.events)
    return [str(mistake) for mistake in caught.value.found]


def mistakes_of_script(text: str) -> list[str]:
    with pytest.raises(Mistakes) as caught:
        script_of(text, "s.yaml", BOOK)
    return [str(mistake) for mistake in caught.value.found]


WHO = "email: mei@example.com\n"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("", "1:1", "expected a customer, found nothing"),
        ("first_name: Mei\n", "1:1", "needs an 'email', a 'phone' or an 'id'"),
        (WHO + "timezone: Europe/Berlim\n", "2:11", "did you mean 'Europe/Berlin'"),
        (WHO + 'phone: "12"\n', "2:8", "expected a phone number"),
        ("email: mei at example\n", "1:8", "expected an e-mail address"),
        ("email: mei@shop.invalid\n", "1:8", "special-use"),
        (WHO + "country: UK\n", "2:10", "did you mean 'GB'"),
        (WHO + "province: CA\n", "2:1", "needs its 'country'"),
        (WHO + "locale: dee-DEX\n", "2:9", "expected a locale"),
        (WHO + "emial: x\n", "2:1", "did you mean 'email'"),
        (WHO + 'since: "2026-01-05 10:00"\n', "2:8", "an instant needs its offset from UTC"),
        (WHO + 'since: "yesterday"\n', "2:8", "expected an instant like"),
        (WHO + 'since: "2026-03-05T10:00:00Z"\n', "1:1", "is after 2026-03-02 08:00 UTC"),
        (WHO + 'consents: [{channel: sms, given: "2026-01-05T10:00:00Z"}]\n', "2:13", "the customer has no 'phone'"),
        (WHO + 'consents: [{channel: post, given: "2026-01-05T10:00:00Z"}]\n', "2:22", "expected one of email"),
        (WHO + "consents: [{channel: email}]\n", "2:12", "needs when it was 'given'"),
        (
            WHO + 'orders: [{at: "2026-01-05T10:00:00Z", total: "-5"}]\n',
            "2:10",
            "total: expected an amount not below 0",
        ),
        (WHO + 'orders: [{at: "2026-01-05T10:00:00Z", total: 5, currency: XXZ}]\n', "2:10", "currency"),
        (WHO + 'orders: [{total: "5"}]\n', "2:10", "an order needs 'at'"),
        (
            WHO + 'events: [{at: "2026-01-05T10:00:00Z", event: Product Viewd}]\n',
            "2:46",
            "did you mean 'Product Viewed'",
        ),
        (WHO + 'events: [{at: "2026-01-05T10:00:00Z", event: Segment Entered}]\n', "2:46", "comes about of itself"),
        (WHO + "id: a b\n", "2:5", "expected an id of at most 16"),
        (MEI + 'since: "2026-02-01T10:00:00Z"\n', "10:1", "something is told of before"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_in_its_place(text: str, place: str, expected: str) -> None:
    found = mistakes_of_profile(text)
    assert any(one.startswith(f"p.yaml:{place}: ") and expected in one for one in found), found


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("- {after: 1 hour, event: Order Complete}\n", "1:26", "did you mean 'Order Completed'"),
        ("- {after: 1 hour}\n", "1:3", "what happens is not said"),
        ("- {event: Began}\n", "1:3", "when it happens is not said"),
        ("- {after: 1 houur, event: Began}\n", "1:11", "did you mean '1 hour'"),
        ('- {at: "2026-03-02T10:00:00", event: Began}\n', "1:8", "an instant needs its offset"),
        ('- {at: "2026-03-02T10:00:00Z", after: 1 day, event: Began}\n', "1:32", "beside an instant"),
        ("- {after: 1 hour, event: Email Clicked}\n", "1:3", "needs 'of'"),
        ("- {after: 1 hour, event: Email Clicked, of: welcome.won}\n", "1:45", "did you mean 'welcome.one'"),
        ("- {after: 1 hour, event: Email Clicked, of: one}\n", "1:45", "write welcome.one or later.one"),
        ("- {after: 1 hour, event: SMS Failed, of: two}\n", "1:42", "there is no sms step 'two'"),
        ("- {after: 1 hour, event: Began, of: one}\n", "1:33", "is about no message"),
        ("- {after: 1 hour, event: Date Reached}\n", "1:26", "comes about of itself"),
        ("- {after: 1 hour, event: Email Sent}\n", "1:26", "comes about of itself"),
        ("- {after: 1 hour, event: Began, consent: {channel: email, given: true}}\n", "1:33", "one of 'event'"),
        ("- {after: 1 hour, consent: {channel: email}}\n", "1:28", "consent needs 'given'"),
        ("- {after: 1 hour, profile: {emial: x}}\n", "1:29", "did you mean 'email'"),
        ("- {after: 1 hour, event: Order Completed, properties: {total: 5}}\n", "1:43", "order_id: expected an id"),
        ("- {after: 1 hour, evnt: Began}\n", "1:19", "did you mean 'event'"),
        ('form: "2026-03-02T10:00:00Z"\n', "1:1", "did you mean 'from'"),
        ("events: nothing\n", "1:9", "expected a list"),
    ],
)
def test_a_script_that_means_nothing_is_refused_in_its_place(text: str, place: str, expected: str) -> None:
    found = mistakes_of_script(text)
    assert any(one.startswith(f"s.yaml:{place}: ") and expected in one for one in found), found


def test_every_mistake_is_told_at_once() -> None:
    assert len(mistakes_of_profile("email: x\nphone: 1\ntimezone: Z/Z\n")) == 3
    assert len(mistakes_of_script("- {after: 1 hour, event: X}\n- {event: Began}\n")) == 2


def test_a_customer_without_an_id_has_for_good_the_same() -> None:
    first, again = (profile_of(WHO, "p.yaml", START, ()) for _ in range(2))
    assert first.id == again.id and len(first.id) == 13
    assert profile_of("email: ana@example.com\n", "p.yaml", START, ()).id != first.id


def test_a_phone_is_read_as_dialled_in_its_country() -> None:
    found = profile_of('phone: "030 901820"\ncountry: DE\n', "p.yaml", START, ())
    assert found.person.phone == "+4930901820"
    assert found.person.timezone == "Europe/Berlin"
