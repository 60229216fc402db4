"""Who is in which journey, and where? Enrollments, their positions, and the outbox towards Temporal."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from regulars.ids import new_id
from regulars.store.columns import ID, Big, Instant, Json


class EnrollmentState(StrEnum):
    """`due`: entered, its run not begun; `walking`: a run has it; `closed`: over."""

    due = "due"
    walking = "walking"
    closed = "closed"


class Outcome(StrEnum):
    """How a walk ended. A goal reached later than that stands in `goal_at` alone. Who is held out never walked."""

    finished = "finished"
    goal = "goal"
    left = "left"
    held_out = "held_out"


class Enrollment(SQLModel, table=True):
    """One customer's way through one journey. The row names its party, the workflow that walks it, for life.

    `goal_at` and `leaving` are written by intake in the event's own transaction; a send's first transaction reads
    them, so that nothing follows a goal. `heard`: the event that each `wait_for` heard last, by step. Position (`step`,
    `visit`, `phase`, `wake_at`) mirrors where it rests.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        Index(
            "enrollment_open_once",
            "journey",
            "customer_id",
            unique=True,
            sqlite_where=text("key IS NULL AND state <> 'closed'"),
            postgresql_where=text("key IS NULL AND state <> 'closed'"),
        ),
        Index(
            "enrollment_key_once",
            "journey",
            "key",
            unique=True,
            sqlite_where=text("key IS NOT NULL"),
            postgresql_where=text("key IS NOT NULL"),
        ),
        Index("enrollment_of_customer", "customer_id", "journey", "entered_at"),
        Index("enrollment_at", "journey", "state", "step", "outcome", "id"),
        Index(
            "enrollment_goal",
            "journey",
            "outcome",
            "goal_at",
            sqlite_where=text("goal_at IS NOT NULL"),
            postgresql_where=text("goal_at IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    party_id: str = Field(sa_type=ID, index=True)
    journey: str
    version: str
    customer_id: str = Field(sa_type=ID, foreign_key="customer.id")
    key: str | None = None
    state: str = EnrollmentState.due
    start_event_id: str | None = Field(default=None, sa_type=ID, foreign_key="event.id")
    due_at: datetime = Field(sa_type=Instant)
    entered_at: datetime = Field(sa_type=Instant)
    step: str | None = None
    visit: int = Field(default=0, sa_type=Big)
    phase: str | None = None
    wake_at: datetime | None = Field(default=None, sa_type=Instant)
    heard: dict[str, str] | None = Field(default=None, sa_type=Json)
    goal_at: datetime | None = Field(default=None, sa_type=Instant)
    leaving: str | None = None
    outcome: str | None = None
    reason: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class Outbox(SQLModel, table=True):
    """What must happen in Temporal: start a party's walk, let an audience in, or hint that a member's row has changed.

    `enrollment_id`: whom a hint is about; of the others the party, or the audience, itself.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_due", "due_at"), Index("outbox_party", "party_id"))
    id: str = Field(primary_key=True, sa_type=ID)
    kind: str
    party_id: str = Field(sa_type=ID)
    enrollment_id: str = Field(sa_type=ID)
    due_at: datetime = Field(sa_type=Instant)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = Field(default=0, sa_type=Big)


def start_of(enrollment: Mapping[str, Any]) -> dict[str, Any]:
    """The outbox row that has the walk of an enrollment's party begin, when it is due."""
    party = enrollment["party_id"]
    due = enrollment["due_at"]
    return {"id": new_id(), "kind": "start", "party_id": party, "enrollment_id": party, "due_at": due, "attempts": 0}


class Decision(SQLModel, table=True):
    """What was decided about a customer, by which gate, seeing which values. Only ever added."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("decision_of_customer", "customer_id", "decided_at"),
        Index("decision_of_enrollment", "enrollment_id"),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    decided_at: datetime = Field(sa_type=Instant)
    customer_id: str | None = Field(default=None, sa_type=ID)
    enrollment_id: str | None = Field(default=None, sa_type=ID)
    journey: str
    step: str | None = None
    gate: str
    verdict: str
    seen: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
