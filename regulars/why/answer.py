"""What is an answer? Journeys, each with its ways through it and its messages, each with the reasons that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.desk.times import Zones
from regulars.journeys.model import Channel
from regulars.why.kinds import Entry, Fate, Kind

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence. `at`: when it was so, None where no instant belongs to it. `seen`: the values on record that it was
    made of, `message`: the id of another message that it speaks of."""

    kind: Kind
    at: datetime | None
    text: str
    seen: Row = field(default_factory=dict)
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One message of a way through a journey, sent or not. `id`: its row's, None where it never came to one."""

    step: str
    channel: Channel
    fate: Fate
    reasons: tuple[Reason, ...]
    id: str | None = None
    subject: str | None = None

    @property
    def last(self) -> Reason | None:
        """What decided it."""
        return self.reasons[-1] if self.reasons else None


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a journey. `party`: names its run in Temporal, None where it has none."""

    enrollment: str
    entry: Entry
    party: str | None
    reasons: tuple[Reason, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One journey. `refused`: why they were not let in, where they were not; of a journey that they entered, why not
    once more."""

    journey: str
    title: str
    ways: tuple[Way, ...]
    refused: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """`customer`: the row. `at`: the instant as of which it is answered."""

    customer: Row
    zones: Zones
    at: datetime
    stories: tuple[Story, ...]

    def as_json(self) -> dict[str, Any]:
        """Instants as ISO 8601 in UTC, beside each sentence in the customer's own time."""
        who = self.customer
        names = {name: who[name] for name in ("id", "first_name", "last_name", "email", "phone")}
        return {
            "customer": {**names, "timezone": self.zones.zone},
            "at": self.at.isoformat(),
            "journeys": [_story(one) for one in self.stories],
        }


def _story(story: Story) -> dict[str, Any]:
    ways = [
        {
            "enrollment": way.enrollment,
            "entry": way.entry,
            "run": way.party,
            "reasons": [_reason(one) for one in way.reasons],
            "messages": [_case(one) for one in way.cases],
        }
        for way in story.ways
    ]
    refused = [_reason(one) for one in story.refused]
    return {"journey": story.journey, "title": story.title, "ways": ways, "not_let_in": refused}


def _case(case: Case) -> dict[str, Any]:
    told = {"step": case.step, "channel": case.channel, "answer": case.fate, "message": case.id}
    return {**told, "subject": case.subject, "reasons": [_reason(one) for one in case.reasons]}


def _reason(reason: Reason) -> dict[str, Any]:
    at = reason.at.isoformat() if reason.at else None
    told: dict[str, Any] = {"kind": reason.kind, "at": at, "text": reason.text, "seen": dict(reason.seen)}
    return told | ({"message": reason.message} if reason.message else {})
