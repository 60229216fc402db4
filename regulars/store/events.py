"""What happened? Events, the keys they can be found by, and what was already taken in."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, Instant, Json


class Event(SQLModel, table=True):
    """Something that happened, mostly to a customer. `once`: told twice under this key it is still one event."""

    __tablename__ = "event"
    __table_args__ = (Index("event_of_customer", "customer_id", "name", "occurred_at"),)
    id: str = Field(primary_key=True, sa_type=ID)
    name: str
    customer_id: str | None = Field(default=None, sa_type=ID, foreign_key="customer.id")
    message_id: str | None = Field(default=None, sa_type=ID, index=True)
    occurred_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    source: str
    once: str | None = Field(default=None, unique=True)
    properties: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class EventKey(SQLModel, table=True):
    """A property by which some journey keys its runs, so that an event is found whoever it came under."""

    __tablename__ = "event_key"
    property: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True, sa_type=ID, foreign_key="event.id")


class Inbound(SQLModel, table=True):
    """A delivery already taken in, by its sender's id."""

    __tablename__ = "inbound"
    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Instant)
