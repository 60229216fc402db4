"""What does a Shopify customer topic tell us? Customers made and changed, and their consents."""

from __future__ import annotations

from regulars.intake.arrival import Arrival, Happened
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_part import Part
from regulars.intake.shopify_people import consents, holder, subject


def created(customer: Part, envelope: Envelope) -> Arrival:
    created_at = envelope.at(customer.moment("created_at"), customer.moment("updated_at"))
    key = customer.known_id("id")
    event = Happened("Customer Created", created_at, {"customer_id": key}, once=f"shopify/customer/{key}/created")
    return _arrival(customer, envelope, event)


def updated(customer: Part, envelope: Envelope) -> Arrival:
    updated_at = envelope.at(customer.moment("updated_at"))
    properties = {"customer_id": customer.known_id("id")}
    return _arrival(customer, envelope, Happened("Customer Updated", updated_at, properties))


def agreed(consent: Part, envelope: Envelope) -> Arrival:
    """customers_email_marketing_consent/update {customer_id, email_address, email_marketing_consent} and
    customers_marketing_consent/update {id, phone, sms_marketing_consent}, which is about texts."""
    person = subject(consent, envelope.received_at)
    return envelope.arrival(person=person, consents=consents(consent, person, "shopify consent", envelope))


def _arrival(customer: Part, envelope: Envelope, event: Happened) -> Arrival:
    person = holder(customer, envelope.at(customer.moment("updated_at"), customer.moment("created_at")))
    said = consents(customer, person, "shopify customer", envelope)
    return envelope.arrival(person=person, events=(event,), consents=said)
