"""What happened? Events, the keys they can be found by, what was already taken in, and what was refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, KEY_ALONE, Instant, Json

_ABOUT = "message_id IS NOT NULL"
_ONCE = "once IS NOT NULL"


class Event(SQLModel, table=True):
    """Something that happened, mostly to a customer. `once`: told twice under this key it is still one event."""

    __tablename__ = "event"
    __table_args__ = (
        Index("event_of_customer", "customer_id", "name", "occurred_at"),
        # Partial: most of what happens is about no message, and is told in one way alone.
        Index("event_of_message", "message_id", sqlite_where=text(_ABOUT), postgresql_where=text(_ABOUT)),
        Index("event_once", "once", unique=True, sqlite_where=text(_ONCE), postgresql_where=text(_ONCE)),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    name: str
    customer_id: str | None = Field(default=None, sa_type=ID, foreign_key="customer.id")
    message_id: str | None = Field(default=None, sa_type=ID)
    occurred_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    source: str
    once: str | None = None
    properties: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class EventKey(SQLModel, table=True):
    """A property by which some journey keys its runs, so that an event is found whoever it came under."""

    __tablename__ = "event_key"
    __table_args__ = KEY_ALONE
    property: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True, sa_type=ID, foreign_key="event.id")


class Inbound(SQLModel, table=True):
    """A delivery already taken in, by its sender's id."""

    __tablename__ = "inbound"
    __table_args__ = KEY_ALONE
    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Instant)


class LearntEvent(SQLModel, table=True):
    """The name of an event of the shop's own that has come in: journeys may speak of it."""

    __tablename__ = "learnt_event"
    name: str = Field(primary_key=True)
    first_seen_at: datetime = Field(sa_type=Instant)


class Rejected(SQLModel, table=True):
    """An event that could not be taken in, and why. `id`: a digest of sender and body, so that it is kept once.

    `body`: JSON as it was read, cut where it is longer than an event may be.
    """

    __tablename__ = "rejected"
    id: str = Field(primary_key=True)
    source: str
    reason: str
    body: str
    received_at: datetime = Field(sa_type=Instant, index=True)
