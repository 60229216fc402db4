"""What came of a simulation? Everything that happened, was decided and was sent, in the order of its instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from regulars.engine import calendar

Row = dict[str, Any]
Kind = Literal["event", "profile", "decision", "sent", "rest", "call", "note"]
"""event: something happened. profile: the customer's data changed. decision: a gate, a branch, an entry or an end, with
what it saw. sent: a message went. rest: the walk waits. call: a webhook would have been called. note: what could not
be."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the customer reads it. `html` and `subject` are a mail's alone; `segments`: of a text, as paid."""

    channel: str
    template: str
    to: str
    sender: str
    locale: str
    text: str
    subject: str | None = None
    html: str | None = None
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `at` is UTC; `zone`: the customer's at that instant.

    `journey` and `run` (1 for the customer's first walk through it) are empty for what concerns no walk. `what`: the
    gate of a decision, the name of an event, else a few words. `verdict`: what a decision came to; `until`: of a rest,
    or of what is held back.
    """

    at: datetime
    zone: str
    kind: Kind
    what: str
    journey: str = ""
    run: int = 0
    step: str = ""
    verdict: str = ""
    seen: Row = field(default_factory=dict)
    until: datetime | None = None
    message: Message | None = None

    @property
    def local(self) -> str:
        """The customer's own clock: "Mon 02 Mar 2026 10:00"."""
        return local(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Walk:
    """One run through a journey. `outcome`: None while it goes on; `step` and `wake`: where it rests then."""

    journey: str
    run: int
    entered_at: datetime
    outcome: str | None
    reason: str | None
    closed_at: datetime | None
    goal_at: datetime | None
    step: str | None
    wake: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """`start` and `until`: the simulated time. `customer`: the row as it was in the end. `truncated`: it went on and on
    and was stopped."""

    journey: str
    start: datetime
    until: datetime
    customer: Row
    entries: tuple[Entry, ...]
    walks: tuple[Walk, ...]
    truncated: bool = False

    @property
    def sent(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == "sent")

    def of(self, journey: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.journey == journey)


def local(at: datetime, zone: str) -> str:
    """What a clock in `zone` shows: "Mon 02 Mar 2026 10:00"."""
    return calendar.local(at, zone).to_stdlib().strftime("%a %d %b %Y %H:%M")
