"""Whom does a Shopify body speak of, and what did they agree to?"""

from __future__ import annotations

from datetime import datetime

from regulars.customers.contact import normal_email, normal_phone
from regulars.customers.person import ConsentFact, Person
from regulars.customers.places import normal_country, normal_locale, timezone_of
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_part import Part
from regulars.journeys.model import Channel

_GRANTED = {"subscribed": True, "unsubscribed": False}  # not_subscribed, pending, redacted, invalid: nothing was said
_CONSENTS: tuple[tuple[Channel, str], ...] = (("email", "email_marketing_consent"), ("sms", "sms_marketing_consent"))


def buyer(purchase: Part, at: datetime) -> Person | None:
    """The customer of an order or checkout; None when it names nobody (a till, a draft, data the app may not see)."""
    customer = purchase.part("customer")
    billing = purchase.part("billing_address")
    place = _place(purchase.part("shipping_address"), billing, customer.part("default_address"))
    # The customer's own contacts go first: those of one order may be for its recipient. An address's phone is not read
    # at all, for that often is somebody else's.
    return _person(
        shopify_id=customer.id("id"),
        emails=(customer.text("email"), purchase.text("email"), purchase.text("contact_email")),
        phones=(customer.text("phone"), purchase.text("phone")),
        first_name=customer.text("first_name") or billing.text("first_name"),
        last_name=customer.text("last_name") or billing.text("last_name"),
        locale=purchase.text("customer_locale"),
        place=place,
        tags=_tags(customer),
        at=at,
    )


def holder(customer: Part, at: datetime) -> Person | None:
    """The customer that a customers/* body is."""
    return _person(
        shopify_id=customer.known_id("id"),
        emails=(customer.text("email"),),
        phones=(customer.text("phone"),),
        first_name=customer.text("first_name"),
        last_name=customer.text("last_name"),
        locale=customer.text("locale"),
        place=_place(customer.part("default_address")),
        tags=_tags(customer),
        at=at,
    )


def subject(consent: Part, at: datetime) -> Person | None:
    """The customer that a consent body names by id and address."""
    return _person(
        shopify_id=consent.id("customer_id") or consent.known_id("id"),
        emails=(consent.text("email_address"),),
        phones=(consent.text("phone"),),
        at=at,
    )


def consents(said: Part, person: Person | None, source: str, envelope: Envelope) -> tuple[ConsentFact, ...]:
    """What a customer or consent object says of leave to send."""
    if person is None:
        return ()
    found = []
    for channel, field in _CONSENTS:
        consent = said.part(field)
        granted = _GRANTED.get((consent.text("state") or "").lower())
        if granted is None:
            continue
        # An undated grant is how things stand, not a new word: it must not outweigh a withdrawal told to us since.
        standing = said.moment("created_at") if granted else None
        when = envelope.at(consent.moment("consent_updated_at"), standing, person.asserted_at)
        # The number of an order may be its recipient's, who agreed to nothing.
        address = person.email if channel == "email" else normal_phone(said.text("phone"), person.country)
        found.append(ConsentFact(channel, granted, when, source, address))
    return tuple(found)


def ticked_box(order: Part, person: Person | None, placed_at: datetime) -> tuple[ConsentFact, ...]:
    """The e-mail consent of an order's legacy checkbox, unless the customer object itself says how things stand: a
    ticked box is not yet a subscription where a second opt-in is pending."""
    stated = order.part("customer").part("email_marketing_consent").text("state")
    if person is None or person.email is None or stated or not order.flag("buyer_accepts_marketing"):
        return ()
    return (ConsentFact("email", True, placed_at, "shopify checkout", person.email),)


def _person(
    *,
    shopify_id: str | None,
    emails: tuple[str | None, ...],
    phones: tuple[str | None, ...],
    at: datetime,
    first_name: str | None = None,
    last_name: str | None = None,
    locale: str | None = None,
    place: tuple[str | None, str | None] = (None, None),
    tags: tuple[str, ...] | None = None,
) -> Person | None:
    country, province = place
    email = next((email for text in emails if (email := normal_email(text))), None)
    phone = next((phone for text in phones if (phone := normal_phone(text, country))), None)
    named = (("shopify", shopify_id), ("email", email), ("phone", phone))
    identities = tuple((kind, value) for kind, value in named if value is not None)
    if not identities:
        return None
    return Person(
        identities=identities,
        asserted_at=at,
        email=email,
        phone=phone,
        first_name=first_name,
        last_name=last_name,
        locale=normal_locale(locale),
        country=country,
        province=province,
        timezone=timezone_of(country, province),
        tags=tags,
    )


def _place(*addresses: Part) -> tuple[str | None, str | None]:
    """Country and province of the first address that has a country: never one from each."""
    for address in addresses:
        if country := normal_country(address.text("country_code")):
            return country, (address.text("province_code") or "").upper() or None
    return None, None


def _tags(customer: Part) -> tuple[str, ...] | None:
    """Tags as Shopify joins them, with commas. Versions since 2025-01 send none, which is not the same as no tags."""
    if customer.data.get("tags") is None:
        return None
    return tuple(dict.fromkeys(tag for part in (customer.text("tags") or "").split(",") if (tag := part.strip())))
