"""Whose consent holds, and for which address? Words of several customers who share addresses, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_shop import HOUR, MINUTE, START, Shop, person

from regulars.customers.consents import Standing, weighed
from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import Receipt
from regulars.intake.accept import Delivery
from regulars.intake.arrival import Arrival
from regulars.journeys.model import Channel
from regulars.store.customers import Consent, Customer, Identity, Suppression

HERS, NEW = "+14155550123", "+14155550199"


def said(shop: Shop, granted: bool, at: datetime, channel: Channel = "email", **who: Any) -> None:
    """A word of a customer, who is as told at that time. `said_of`: the address that the word names itself."""
    fact = ConsentFact(channel, granted, at, "test", who.pop("said_of", None))
    shop.take(shop.arrival(person=person(at=at, **who), consents=(fact,)))


def may(shop: Shop, channel: Channel = "email") -> list[bool]:
    """Of each customer, in the order of their ids: may we write to the address that they have now?"""
    found = shop.standings()
    column = "email" if channel == "email" else "phone"
    standings = [found.get((row["id"], channel, row[column])) for row in shop.rows(Customer)]
    return [standing is not None and standing.granted for standing in standings]


def texted(shop: Shop, kind: Any, key: str, source: str = "twilio") -> None:
    shop.now += MINUTE
    shop.report(Receipt(source, key, kind, "sms", None, address=HERS))


def test_who_unsubscribed_an_address_did_so_for_a_record_that_is_made_later(shop: Shop) -> None:
    said(shop, False, START, name="mei", email="mei@example.com")
    said(shop, True, START - HOUR, name="lin", email="mei@example.com")
    assert may(shop) == [False, False]


def test_who_subscribes_an_address_again_is_written_to_under_that_record(shop: Shop) -> None:
    said(shop, True, START, name="mei")
    said(shop, False, START + HOUR, name="mei")
    said(shop, True, START + 2 * HOUR, name="lin", email="mei@example.com")
    assert sorted(may(shop)) == [False, True]


def test_a_grant_of_mails_goes_along_to_another_address_unless_that_was_withdrawn(shop: Shop) -> None:
    said(shop, True, START, name="mei", email="mei@old.example.com")
    shop.take(shop.arrival(person=person("mei", START + HOUR, email="mei@new.example.com")))
    assert may(shop) == [True]
    said(shop, False, START - HOUR, name="lin", email="mei@new.example.com")
    assert may(shop) == [False, False]


def test_a_grant_of_texts_holds_for_its_number_alone(shop: Shop) -> None:
    said(shop, True, START, "sms", name="mei", phone=HERS)
    assert may(shop, "sms") == [True]
    shop.take(shop.arrival(person=person("mei", START + HOUR, phone=NEW)))
    assert may(shop, "sms") == [False]
    said(shop, True, START + 2 * HOUR, "sms", name="mei", phone=NEW)
    assert may(shop, "sms") == [True]


def test_a_grant_of_texts_without_a_number_is_for_the_one_known_then(shop: Shop) -> None:
    shop.take(shop.arrival(person=person("mei", phone=HERS)))
    said(shop, True, START, "sms", name="mei")
    assert shop.one(Consent)["address"] == HERS
    said(shop, True, START, "email", name="mei")
    assert {row["address"] for row in shop.rows(Consent)} == {HERS, "mei@example.com"}


@pytest.mark.parametrize("numbers", [(HERS, NEW), (NEW, HERS)])
def test_a_grant_of_texts_that_is_told_of_two_numbers_is_for_neither(shop: Shop, numbers: tuple[str, str]) -> None:
    for number in numbers:
        said(shop, True, START, "sms", name="mei", phone=number, said_of=number)
    assert may(shop, "sms") == [False]


def test_a_withdrawal_of_texts_holds_for_every_number_of_the_customer_and_record_of_the_number(shop: Shop) -> None:
    said(shop, True, START, "sms", name="mei", phone=HERS)
    said(shop, True, START, "sms", name="lin", phone=HERS)
    said(shop, False, START + HOUR, "sms", name="lin", phone=HERS)
    assert may(shop, "sms") == [False, False]
    shop.take(shop.arrival(person=person("lin", START + 2 * HOUR, phone=NEW)))
    assert sorted(may(shop, "sms")) == [False, False]


@pytest.mark.parametrize("first", [True, False])
def test_of_words_of_one_instant_the_withdrawal_holds_whichever_came_first(shop: Shop, first: bool) -> None:
    said(shop, first, START)
    said(shop, not first, START)
    assert may(shop) == [False]
    assert len(shop.rows(Consent)) == 2


def test_a_start_restores_what_the_stop_took(shop: Shop) -> None:
    said(shop, True, START, "sms", name="mei", phone=HERS)
    for number, kind in enumerate(("stopped", "stopped", "restarted", "stopped", "restarted", "restarted")):
        texted(shop, kind, f"{number}")
        assert may(shop, "sms") == [kind == "restarted"]
        assert (shop.rows(Suppression) == []) == (kind == "restarted")
    assert sum(row["granted"] for row in shop.rows(Consent)) == 3


@pytest.mark.parametrize("before", [[], ["stopped"], ["stopped", "restarted", "stopped"]])
def test_a_start_of_one_who_gave_no_consent_gives_none(shop: Shop, before: list[str]) -> None:
    shop.take(shop.arrival(person=person("mei", phone=HERS)))
    for number, kind in enumerate([*before, "restarted"]):
        texted(shop, kind, f"{number}")
    assert shop.rows(Suppression) == []
    assert may(shop, "sms") == [False]
    assert [row for row in shop.rows(Consent) if row["granted"]] == []


@pytest.mark.parametrize("stopped_too", [True, False])
def test_a_start_does_not_take_back_what_was_withdrawn_elsewhere(shop: Shop, stopped_too: bool) -> None:
    said(shop, True, START, "sms", name="mei", phone=HERS)
    said(shop, False, START + HOUR, "sms", name="mei", phone=HERS)
    if stopped_too:
        texted(shop, "stopped", "1")
    texted(shop, "restarted", "2")
    assert may(shop, "sms") == [False]


def test_a_start_restores_the_record_that_had_consented_and_no_other(shop: Shop) -> None:
    said(shop, True, START, "sms", name="mei", phone=HERS)
    shop.take(shop.arrival(person=person("lin", phone=HERS)))
    texted(shop, "stopped", "1")
    texted(shop, "restarted", "2")
    assert sorted(may(shop, "sms")) == [False, True]


people = st.integers(0, 2).map(lambda number: f"p{number}")
emails = st.sampled_from(["a@example.com", "b@example.com"])
phones = st.sampled_from([HERS, NEW])
moments = st.integers(0, 3).map(lambda hours: START + hours * HOUR)


@st.composite
def words(draw: st.DrawFn) -> Arrival:
    """A word of one of three customers, who share two addresses and two numbers, and now and then change them."""
    who, channel = draw(people), draw(st.sampled_from(["email", "sms"]))
    email, phone, at = draw(emails), draw(phones), draw(moments)
    about = Person((("shopify", who),), at, email=email, phone=phone)
    fact = ConsentFact(channel, draw(st.booleans()), draw(moments), "test", email if channel == "email" else phone)
    return Arrival("shopify", "", "topic", about, (), (fact,))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_holds_does_not_depend_on_the_order_in_which_the_words_came(shop: Shop, data: st.DataObject) -> None:
    told = data.draw(st.lists(words(), min_size=1, max_size=8))
    told = [Arrival("shopify", f"d{number}", "topic", one.person, (), one.consents) for number, one in enumerate(told)]

    def held(arrivals: list[Arrival]) -> Any:
        shop.clear()
        for one in arrivals:
            shop.deliver([Delivery(one, shop.now)])
        ids = {row["id"]: who for who, row in by_name(shop).items()}
        return {(ids[customer], *rest): word for (customer, *rest), word in shop.standings().items()}

    assert held(told) == held(data.draw(st.permutations(told)))


def test_of_the_same_word_at_one_instant_the_same_is_told_of_whichever_came_first() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    words = [Standing(True, "test", at, "a@example.com"), Standing(True, "test", at, "b@example.com")]
    assert weighed(words, (), "email", "b@example.com") == weighed(words[::-1], (), "email", "b@example.com")


def by_name(shop: Shop) -> dict[str, Any]:
    customers = {row["id"]: row for row in shop.rows(Customer)}
    return {row["value"]: customers[row["customer_id"]] for row in shop.rows(Identity, kind="shopify")}
