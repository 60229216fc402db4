"""What is simulated? A customer as they are at the start, and what happens to them then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import ReceiptKind
from regulars.journeys.channels import Channel
from regulars.journeys.span import Span

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a sender tells it, in Segment's names and money (docs/events.md). `of_shop`: of no customer."""

    name: str
    properties: Row = field(default_factory=dict)
    of_shop: bool = False


@dataclass(frozen=True, slots=True)
class Reaction:
    """What becomes of a message that was sent: of the last one of that step. `journey`: None for any."""

    kind: ReceiptKind
    channel: Channel
    step: str
    journey: str | None = None
    url: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text of the customer's own, to our number: a reply, a STOP, a START."""

    kind: ReceiptKind
    channel: Channel
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Consent given or withdrawn, by the address that the customer has."""

    channel: Channel
    granted: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Something new is known of the customer: as traits in Segment's identify call."""

    traits: Row


What = Told | Reaction | Spoken | Word | Known


@dataclass(frozen=True, slots=True)
class When:
    """An instant `at`; or so long `after` what stood before, at `clock` ("10:00") of that day; or when the customer's
    clock shows that next. Of a Reaction: after its message went."""

    at: datetime | None = None
    after: Span | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Happens:
    """One line of a script. `line`: where it is written."""

    when: When
    what: What
    line: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer. `created_at`: since when they are known. `past`: what they did before, each with its instant; it lets
    nothing happen."""

    id: str
    person: Person
    created_at: datetime
    consents: tuple[ConsentFact, ...] = ()
    past: tuple[tuple[datetime, Told], ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """What happens, in the order of the file. `start`: when the simulated time begins, if the script says so."""

    happens: tuple[Happens, ...] = ()
    start: datetime | None = None
