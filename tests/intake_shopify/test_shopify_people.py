"""Whom does a delivery name, and what did they agree to?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.customers.person import ConsentFact
from regulars.intake.arrival import Arrival
from regulars.intake.body import read_json

Sample = Callable[[str], dict[str, Any]]
Read = Callable[..., Arrival]
PLACED = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)


def test_an_orders_person_is_its_customer_where_the_goods_go(sample: Sample, read: Read) -> None:
    person = read("orders/create", sample("order")).person
    assert person is not None
    assert person.identities == (("shopify", "42"), ("email", "ada@example.com"), ("phone", "+14155550100"))
    assert (person.email, person.phone) == ("ada@example.com", "+14155550100")
    assert (person.first_name, person.last_name) == ("Ada", "Lovelace")
    assert person.locale == "en-US"
    assert (person.country, person.province, person.timezone) == ("US", "CA", "America/Los_Angeles")
    assert person.tags == ("VIP", "early")
    assert person.asserted_at == datetime(2026, 3, 1, 15, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("absent", "province"),
    [((), "CA"), (("shipping_address",), "NY"), (("shipping_address", "billing_address"), "TX")],
)
def test_the_place_is_that_of_shipping_then_billing_then_the_customers_default(
    absent: tuple[str, ...], province: str, sample: Sample, read: Read
) -> None:
    person = read("orders/create", sample("order") | dict.fromkeys(absent)).person
    assert person is not None
    assert (person.country, person.province) == ("US", province)


def test_a_guest_is_named_by_the_order_and_never_by_the_parcels_recipient(sample: Sample, read: Read) -> None:
    person = read("orders/create", sample("order") | {"customer": None}).person
    assert person is not None
    assert person.identities == (("email", "ada@example.com"),)
    assert person.first_name == "Augusta"
    assert person.phone is None
    assert person.tags is None


def test_a_number_without_a_plus_is_read_in_the_country_of_the_address(sample: Sample, read: Read) -> None:
    body = sample("checkout") | {"email": None, "phone": "090-1234-5678"}
    person = read("checkouts/create", body).person
    assert person is not None
    assert person.identities == (("phone", "+819012345678"),)
    assert (person.locale, person.timezone) == ("ja", "Asia/Tokyo")


@pytest.mark.parametrize("email", [None, "", "  ", "junk", "a@b", "@"])
def test_a_checkout_of_nobody_known_still_starts(email: str | None, sample: Sample, read: Read) -> None:
    arrival = read("checkouts/create", sample("checkout") | {"email": email})
    assert arrival.person is None
    assert [event.name for event in arrival.events] == ["Checkout Started"]


def test_data_the_app_may_not_see_leaves_the_customers_id(sample: Sample, read: Read) -> None:
    body = sample("order") | {"email": None, "contact_email": None, "billing_address": None, "customer": {"id": 42}}
    person = read("orders/create", body).person
    assert person is not None
    assert person.identities == (("shopify", "42"),)
    assert person.first_name is None
    assert person.tags is None


def test_a_new_customer_is_an_event_once_and_an_update_each_time(sample: Sample, read: Read) -> None:
    (created,) = read("customers/create", sample("customer")).events
    (updated,) = read("customers/update", sample("customer")).events
    assert (created.name, created.once) == ("Customer Created", "shopify/customer/42/created")
    assert created.occurred_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert (updated.name, updated.once) == ("Customer Updated", None)
    assert updated.occurred_at == datetime(2026, 2, 3, 8, tzinfo=UTC)


def test_a_customers_profile_is_read(sample: Sample, read: Read) -> None:
    person = read("customers/update", sample("customer")).person
    assert person is not None
    assert person.asserted_at == datetime(2026, 2, 3, 8, tzinfo=UTC)
    assert (person.country, person.province, person.timezone) == ("CA", "NL", "America/St_Johns")
    assert person.tags == ("VIP", "early")


@pytest.mark.parametrize(("tags", "read_as"), [("", ()), (" , ", ()), (None, None), ("one", ("one",))])
def test_no_tags_said_is_not_the_same_as_said_to_have_none(
    tags: str | None, read_as: tuple[str, ...] | None, sample: Sample, read: Read
) -> None:
    person = read("customers/update", sample("customer") | {"tags": tags}).person
    assert person is not None
    assert person.tags == read_as


def test_a_customers_consents_are_facts_with_their_own_times(sample: Sample, read: Read) -> None:
    assert read("customers/update", sample("customer")).consents == (
        ConsentFact("email", True, datetime(2026, 2, 2, 8, tzinfo=UTC), "shopify customer", "ada@example.com"),
        ConsentFact("sms", False, datetime(2026, 2, 3, 8, tzinfo=UTC), "shopify customer", "+14155550100"),
    )


@pytest.mark.parametrize("state", ["not_subscribed", "pending", "redacted", "invalid", "", None])
def test_states_that_say_nothing_are_no_facts(state: str | None, sample: Sample, read: Read) -> None:
    consent = {"state": state, "consent_updated_at": "2026-02-02T08:00:00Z"}
    body = sample("customer") | {"email_marketing_consent": consent, "sms_marketing_consent": consent}
    assert read("customers/update", body).consents == ()


def test_consent_topics_name_the_customer_and_the_address(sample: Sample, read: Read) -> None:
    email = read("customers_email_marketing_consent/update", sample("email_consent"))
    sms = read("customers_marketing_consent/update", sample("sms_consent"))
    assert email.person is not None
    assert sms.person is not None
    assert email.person.identities == (("shopify", "42"), ("email", "ada@example.com"))
    assert sms.person.identities == (("shopify", "42"), ("phone", "+14155550100"))
    at = datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert email.consents == (ConsentFact("email", False, at, "shopify consent", "ada@example.com"),)
    assert [(fact.channel, fact.granted, fact.address) for fact in sms.consents] == [("sms", True, "+14155550100")]
    assert email.events == sms.events == ()


def test_a_ticked_box_at_checkout_is_leave_to_mail_from_when_the_order_was_placed(sample: Sample, read: Read) -> None:
    arrival = read("orders/paid", sample("order") | {"buyer_accepts_marketing": True})
    assert arrival.consents == (ConsentFact("email", True, PLACED, "shopify checkout", "ada@example.com"),)
    assert read("orders/paid", sample("order")).consents == ()


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "redacted", "not_subscribed"])
def test_a_ticked_box_does_not_override_what_the_customer_object_says(state: str, sample: Sample, read: Read) -> None:
    body = sample("order") | {"buyer_accepts_marketing": True}
    body["customer"]["email_marketing_consent"] = {"state": state, "consent_updated_at": None}
    assert not any(fact.granted for fact in read("orders/create", body).consents)


def test_a_ticked_box_without_an_address_is_nothing(sample: Sample, read: Read) -> None:
    body = sample("order") | {"buyer_accepts_marketing": True, "email": "", "contact_email": None}
    body["customer"]["email"] = None
    assert read("orders/create", body).consents == ()


def test_the_recorded_customer_is_read(payload: Callable[[str], bytes], read: Read) -> None:
    arrival = read("customers/create", read_json(payload("shopify_customers_create.json")))
    assert arrival.person is not None
    assert arrival.person.identities == (("shopify", "6972943892790"), ("email", "john.doe@example.com"))
    assert arrival.person.tags == ("tag", "VIP")
    assert arrival.consents == ()
