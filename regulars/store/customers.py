"""Who is known? Customers and the identities that name them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, Big, Instant, Json


class Customer(SQLModel, table=True):
    """One person. `orders` and `spent_minor` sum the real, uncancelled orders less refunds, in `currency`.

    `own_tags`: what journeys gave (true) and took away (false), above what the shop says in `tags`. `traits`: what is
    known beyond these columns, by name. `asserted_at`: the newest assertion that the profile holds. `asserted`: when
    what stands in each field was asserted (microseconds since 1970), so that webhooks in any order make the same
    profile. `touched_at`: when anything of it was written last, whatever time its sender said.
    """

    __tablename__ = "customer"
    id: str = Field(primary_key=True, sa_type=ID)
    email: str | None = Field(default=None, index=True)
    phone: str | None = Field(default=None, index=True)
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None
    country: str | None = None
    province: str | None = None
    timezone: str | None = None
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    own_tags: dict[str, bool] | None = Field(default=None, sa_type=Json)
    traits: dict[str, Any] | None = Field(default=None, sa_type=Json)
    orders: int = Field(default=0, sa_type=Big)
    spent_minor: int = Field(default=0, sa_type=Big)
    currency: str | None = None
    last_order_at: datetime | None = Field(default=None, sa_type=Instant)
    asserted_at: datetime = Field(sa_type=Instant)
    asserted: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    touched_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Identity(SQLModel, table=True):
    """A name by which a sender knows a customer: ("shopify", id), ("email", address), ("phone", E.164)."""

    __tablename__ = "identity"
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    customer_id: str = Field(sa_type=ID, index=True, foreign_key="customer.id")


class Consent(SQLModel, table=True):
    """Leave to send on a channel for a purpose, given or withdrawn. Rows are only ever added; the latest counts.

    `address`: the e-mail or number that it was said of, or that was the customer's when it was said.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("consent_once", "customer_id", "channel", "purpose", "granted", "occurred_at", "address", unique=True),
        Index("consent_of_address", "channel", "address"),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    customer_id: str = Field(sa_type=ID, foreign_key="customer.id")
    channel: str
    purpose: str
    granted: bool
    source: str
    address: str | None = None
    occurred_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)


class Suppression(SQLModel, table=True):
    """An address that must not be written to on a channel: hard bounce, complaint, STOP."""

    __tablename__ = "suppression"
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    reason: str
    source: str
    occurred_at: datetime = Field(sa_type=Instant)
