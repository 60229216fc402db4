"""Whom or what does somebody look for? An id, an e-mail or a phone number, each found by an index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, literal, select, union_all

from regulars.customers.contact import normal_email, normal_phone
from regulars.journeys.model import House
from regulars.store.customers import Customer, Identity
from regulars.store.enrollments import Enrollment
from regulars.store.lists import one_of
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table

Row = dict[str, Any]
MOST = 50
LONGEST = 254  # characters of what is looked for: an e-mail has no more
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PHONE = re.compile(r"[+\d][\d\s()./-]{4,}")


@dataclass(frozen=True, slots=True)
class Found:
    """`kind` and `id` where it is one thing; `customers` where it is several, at most MOST."""

    kind: Literal["customer", "message", "several", "nothing"]
    id: str = ""
    customers: tuple[Row, ...] = ()


def find(connection: Connection, shelf: Shelf, text: str) -> Found:
    """Whose id, e-mail or phone number it is: ours of a customer, a message or a walk, or a sender's of a customer."""
    text = "".join(filter(str.isprintable, text)).strip()[:LONGEST]
    if _ID.fullmatch(text) and (found := _by_id(connection, text)) is not None:
        return found
    ids = set(_named(connection, shelf.live(connection).house, text)) if text else set()
    if not ids:
        return Found("nothing")
    of = table(Customer)
    rows = rows_of(connection, select(of).where(one_of(of.c.id, "ids")).order_by(of.c.id), {"ids": sorted(ids)[:MOST]})
    return Found("customer", rows[0]["id"]) if len(rows) == 1 else Found("several", customers=tuple(rows))


def _by_id(connection: Connection, text: str) -> Found | None:
    customer, message, walk = table(Customer), table(Message), table(Enrollment)
    query = union_all(
        select(literal("customer").label("kind"), customer.c.id).where(customer.c.id == text),
        select(literal("message"), message.c.id).where(message.c.id == text),
        select(literal("customer"), walk.c.customer_id).where(walk.c.id == text),
        select(literal("message"), message.c.id).where(message.c.vendor_id == text),
    )
    row = connection.execute(query).first()
    return Found(row.kind, row.id) if row else None


def _named(connection: Connection, house: House, text: str) -> list[str]:
    """Customers who have the e-mail, number or sender's id now, or had it: identities stay."""
    customer, identity = table(Customer), table(Identity)
    email = normal_email(text) or (text.lower() if "@" in text else None)
    phones = _phones(house, text)
    values = sorted({text, *([email] if email else []), *phones})
    bound: dict[str, Any] = {
        "values": values,
        "kinds": _kinds(connection),
        "emails": [email] if email else [],
        "phones": phones,
    }
    named = select(identity.c.customer_id).where(one_of(identity.c.kind, "kinds"), one_of(identity.c.value, "values"))
    mail = select(customer.c.id).where(one_of(customer.c.email, "emails"))
    dial = select(customer.c.id).where(one_of(customer.c.phone, "phones"))
    return list(connection.execute(union_all(named, mail, dial).limit(MOST), bound).scalars())


def _kinds(connection: Connection) -> list[str]:
    """What kinds of identity there are: the index is stepped through from kind to kind, of which there are few."""
    kind = table(Identity).c.kind
    found: list[str] = []
    at = connection.execute(select(func.min(kind))).scalar()
    while at is not None:
        found.append(at)
        at = connection.execute(select(func.min(kind)).where(kind > at)).scalar()
    return found


def _phones(house: House, text: str) -> list[str]:
    """What it may be as a number: as dialled abroad, or in one of the house's countries."""
    if not _PHONE.fullmatch(text):
        return []
    countries = [None, house.locale.partition("-")[2] or None, *house.markets]
    return sorted({phone for country in countries if (phone := normal_phone(text, country))})
