"""Who is in which segment, what is next by the calendar, and who is being let in many at once?"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, Big, Instant


class SegmentMember(SQLModel, table=True):
    """A customer is in a segment, as far as is known: what changes here is an event."""

    __tablename__ = "segment_member"
    segment: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, sa_type=ID, foreign_key="customer.id", index=True)
    since: datetime = Field(sa_type=Instant)


class KnownSegment(SQLModel, table=True):
    """A segment all of whose customers were written down; `mark` tells what it went by. Until then nobody enters it."""

    __tablename__ = "known_segment"
    segment: str = Field(primary_key=True)
    mark: str
    known_since: datetime = Field(sa_type=Instant)


class Agenda(SQLModel, table=True):
    """Until when it was looked at whom time lets into a journey. What was before that lets nobody in any more.

    `what`: a journey, or "*": everybody was looked at, for segments and dates.
    """

    __tablename__ = "agenda"
    what: str = Field(primary_key=True)
    looked_at: datetime = Field(sa_type=Instant)


class Audience(SQLModel, table=True):
    """Those whom one event of the shop's lets into a journey, page by page. `cursor`: behind whom the next page begins.

    `segment`: whose customers, or everyone. `entered` and `refused` count.
    """

    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("journey", "event_id"),)
    id: str = Field(primary_key=True, sa_type=ID)
    journey: str
    version: str
    segment: str
    event_id: str = Field(sa_type=ID, foreign_key="event.id")
    called_at: datetime = Field(sa_type=Instant)
    cursor: str = Field(default="", sa_type=ID)
    entered: int = Field(default=0, sa_type=Big)
    refused: int = Field(default=0, sa_type=Big)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
