"""What was sent? The ledger of messages, the links in them, and what holds a channel back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, Big, Instant


class MessageState(StrEnum):
    """Held: later. Claimed: may go. Dispatching: perhaps on the wire. Unknown: perhaps with the vendor. The others
    are final: accepted (the vendor has exactly one), given_up and rejected and failed and skipped (it has none)."""

    held = "held"
    claimed = "claimed"
    dispatching = "dispatching"
    unknown = "unknown"
    accepted = "accepted"
    rejected = "rejected"
    given_up = "given_up"
    failed = "failed"
    skipped = "skipped"


FINAL = frozenset(
    {MessageState.accepted, MessageState.rejected, MessageState.given_up, MessageState.failed, MessageState.skipped}
)
COUNTED = frozenset(
    {MessageState.claimed, MessageState.dispatching, MessageState.unknown, MessageState.accepted, MessageState.given_up}
)  # what a cap counts: all that the customer has, or may have, got
# Word for word, as a partial index asks; and not by the states there are, or SQLite would rather look each of them up.
IS_FINAL = text(f"state NOT IN ({', '.join(sorted(repr(str(one)) for one in MessageState if one not in FINAL))})")

DOUBTFUL = (MessageState.dispatching, MessageState.unknown)  # the vendor may have it, and nobody knows
_IN_DOUBT = "state IN ('dispatching', 'unknown')"
_TAKEN = "vendor_id IS NOT NULL"


class Message(SQLModel, table=True):
    """One message of one visit of one step: `send_key` is enrollment/step key/visit, unique. `id` is what vendors see.

    `owner`: run/activity/attempt that may put it on the wire. `due_at`: first wanted; `ready_at`: when it was last
    free to go, so that `accepted_at - ready_at` is its lateness. `resolve_by` bounds dispatching and unknown.
    `resent_at`: when it was sent again without knowing (service alone, once). `body` keeps a text as sent: a look-up at
    the vendor compares it, and support reads it.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_of_customer", "customer_id", "channel", "counted_at"),
        Index("message_of_enrollment", "enrollment_id"),
        # Partial: nearly every row passes through each state once, and to rewrite an index costs as much as the row.
        Index("message_in_doubt", "resolve_by", sqlite_where=text(_IN_DOUBT), postgresql_where=text(_IN_DOUBT)),
        Index("message_of_vendor", "vendor_id", sqlite_where=text(_TAKEN), postgresql_where=text(_TAKEN)),
        # Written once a message, at its end: what is counted by step.
        Index("message_ended", "journey", "step", "state", sqlite_where=IS_FINAL, postgresql_where=IS_FINAL),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    send_key: str = Field(unique=True)
    enrollment_id: str = Field(sa_type=ID, foreign_key="enrollment.id")
    customer_id: str = Field(sa_type=ID, foreign_key="customer.id")
    journey: str
    version: str
    step: str
    visit: int = Field(sa_type=Big)
    channel: str
    purpose: str
    priority: int = Field(sa_type=Big)
    state: str
    reason: str | None = None
    code: str | None = None
    owner: str | None = None
    attempts: int = Field(default=0, sa_type=Big)
    address: str | None = None
    template: str
    template_version: str | None = None
    locale: str | None = None
    sender: str | None = None
    subject: str | None = None
    body: str | None = None
    segments: int | None = Field(default=None, sa_type=Big)
    due_at: datetime = Field(sa_type=Instant)
    ready_at: datetime = Field(sa_type=Instant)
    held_until: datetime | None = Field(default=None, sa_type=Instant)
    counted_at: datetime | None = Field(default=None, sa_type=Instant)
    dispatched_at: datetime | None = Field(default=None, sa_type=Instant)
    resolve_by: datetime | None = Field(default=None, sa_type=Instant)
    resent_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    vendor_id: str | None = None
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    clicked_at: datetime | None = Field(default=None, sa_type=Instant)
    failed_at: datetime | None = Field(default=None, sa_type=Instant)


class ShortLink(SQLModel, table=True):
    """An address of ours in a text, and where it leads."""

    __tablename__ = "short_link"
    code: str = Field(primary_key=True)
    message_id: str = Field(sa_type=ID, foreign_key="message.id", index=True)
    url: str


class Rate(SQLModel, table=True):
    """A vendor's line: the real instant (epoch seconds) from which the next message may go, shared by all processes."""

    __tablename__ = "rate"
    line: str = Field(primary_key=True)
    next_at: float


class Brake(SQLModel, table=True):
    """A channel, or "all", that is stopped: read before every claim and again before the wire."""

    __tablename__ = "brake"
    scope: str = Field(primary_key=True)
    reason: str
    since: datetime = Field(sa_type=Instant)
