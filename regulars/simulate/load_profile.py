"""Who is it? profile.yaml as a customer, or every mistake in it: one that a real customer could not be is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from regulars.customers.contact import normal_email, normal_phone
from regulars.customers.person import ConsentFact
from regulars.ids import LENGTH, encode
from regulars.intake import traits
from regulars.journeys import step_values, values
from regulars.journeys.channels import CHANNELS, TRAITS_OF
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings, Mistakes
from regulars.journeys.yaml_source import Node, Spot, parse
from regulars.simulate.load_event import event_name, told
from regulars.simulate.plain import items, mapping, moment
from regulars.simulate.scenario import Profile, Told

Row = dict[str, Any]
Past = tuple[datetime, Told]
TRAITS = (
    *("email", "phone", "first_name", "last_name", "locale", "timezone", "country", "province", "tags", "traits"),
)
WORDS = ("id", *TRAITS, "since", "consents", "orders", "events")
_TOP = Spot(1, 1)
_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_SOURCE = "profile"


def profile_of(text: str, file: str, now: datetime, events: Collection[str]) -> Profile:
    """The customer that a text tells of. `now`: when the simulation begins, after all of their past. `events`: the
    names that are known. Raises Mistakes, with every one."""
    findings = Findings(file)
    root = parse(text, findings)
    found = profile_at(root, findings, now, events) if root is not None else None
    if found is None and not findings.found:
        findings.add(_TOP, "expected a customer, found nothing")
    if found is None or findings.found:
        raise Mistakes(findings.found)
    return found


def profile_at(root: Node, findings: Findings, now: datetime, events: Collection[str]) -> Profile | None:
    """The customer that stands at a node; mistakes go to `findings`."""
    fields = Fields(root, findings, "the customer", WORDS)
    said = known_traits(fields)
    identifier = fields.read("id", _identifier) or _id_of(said["email"] or said["phone"])
    if not any(word in fields for word in ("id", "email", "phone")):
        fields.lack("the customer needs an 'email', a 'phone' or an 'id'")
    past = [*(fields.read("orders", _orders) or ()), *(fields.read("events", partial(_events, events)) or ())]
    consents = _consents(fields, said)
    known_since = _since(fields, [at for at, _ in past] + [fact.occurred_at for fact in consents], now)
    person = traits.person(identifier, None, {k: v for k, v in said.items() if v is not None}, {}, known_since)
    if person is None or identifier is None:
        return None
    return Profile(identifier, person, known_since, tuple(consents), tuple(past))


def known_traits(fields: Fields) -> Row:
    """What is known, by Segment's names."""
    country = fields.read("country", values.country)
    province = fields.read("province", values.text)
    if "province" in fields and "country" not in fields:
        fields.blame("province", "a province needs its 'country'")
    return {
        **(fields.read("traits", mapping) or {}),
        "email": fields.read("email", _email),
        "phone": fields.read("phone", partial(_phone, country)),
        "first_name": fields.read("first_name", values.text),
        "last_name": fields.read("last_name", values.text),
        "locale": fields.read("locale", values.locale),
        "timezone": fields.read("timezone", values.time_zone),
        "tags": list(fields.read("tags", step_values.tags) or ()) if "tags" in fields else None,
        "address": {"country": country, "province": province} if country else None,
    }


def _email(node: Node, findings: Findings) -> str | None:
    written = values.email_address(node, findings)
    if written is not None and normal_email(written) is None:
        findings.add(node, f"expected an address that a stranger could write to, found {shown(node)}")
    return normal_email(written)


def _phone(country: str | None, node: Node, findings: Findings) -> str | None:
    written = values.text(node, findings)
    found = normal_phone(written, country)
    if written is not None and found is None:
        findings.add(node, f"expected a phone number like +14155550123, found {shown(node)}")
    return found


def _identifier(node: Node, findings: Findings) -> str | None:
    written = values.text(node, findings)
    if written is not None and not _ID.fullmatch(written):
        findings.add(node, f"expected an id of at most 16 letters, digits, - and _, found {shown(node)}")
        return None
    return written


def _id_of(address: str | None) -> str | None:
    """Lots are drawn by the id: a customer without one has for good the same."""
    if address is None:
        return None
    return encode(int.from_bytes(hashlib.sha256(address.encode()).digest()[:9], "big"), LENGTH)


def _orders(node: Node, findings: Findings) -> list[Past]:
    """Past orders: an instant, and what an Order Completed carries."""
    found = []
    for number, item in enumerate(items(node, findings, "orders"), 1):
        said = mapping(item, findings)
        at = Fields(item, findings, "an order", tuple(said)).require("at", moment) if said else None
        properties = {"order_id": f"past-{number}", **{k: v for k, v in (said or {}).items() if k != "at"}}
        one = told("Order Completed", properties, findings, item)
        found += [(at, one)] if at else []
    return found


def _events(known: Collection[str], node: Node, findings: Findings) -> list[Past]:
    """What happened before: an instant, the event, and its properties."""
    found = []
    for item in items(node, findings, "events"):
        fields = Fields(item, findings, "an event", ("at", "event", "properties"))
        at, name = fields.require("at", moment), fields.require("event", partial(event_name, known))
        properties = fields.read("properties", mapping) or {}
        if at is not None and name is not None:
            found.append((at, told(name, properties, findings, fields.place_of("properties"))))
    return found


def _consents(fields: Fields, said: Row) -> list[ConsentFact]:
    node = fields.node("consents")
    found: list[ConsentFact] = []
    for item in items(node, fields.findings, "consents") if node is not None else ():
        inner = Fields(item, fields.findings, "a consent", ("channel", "given", "withdrawn"))
        channel = inner.require("channel", values.one_of(CHANNELS))
        given, withdrawn = inner.read("given", moment), inner.read("withdrawn", moment)
        if "given" not in inner and "withdrawn" not in inner:
            inner.lack("a consent needs when it was 'given', or 'withdrawn'")
        if channel is None:
            continue
        address = TRAITS_OF[channel].address
        if said[address] is None and address not in fields:
            inner.blame("channel", f"consent to {channel} is given for an address: the customer has no {address!r}")
        for at, granted in ((given, True), (withdrawn, False)):
            found += [ConsentFact(channel, granted, at, _SOURCE, said[address])] if at else []
    return sorted(found, key=lambda fact: fact.occurred_at)


def _since(fields: Fields, told_at: list[datetime], now: datetime) -> datetime:
    """Since when they are known: as it says, else since the first that is told of them."""
    since = fields.read("since", moment)
    if since is not None and any(at < since for at in told_at):
        fields.blame("since", "something is told of before: expected the first instant at which they were known")
    if any(at > now for at in told_at) or (since is not None and since > now):
        late = f"{now:%Y-%m-%d %H:%M} UTC, when the simulation begins"
        fields.findings.add(fields.place, f"something of their past is after {late}: what happens then, a script says")
    return since or min([*told_at, now])
