"""What does a scenario say? A customer, what happens to them, and what is expected of a journey then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from regulars.journeys.channels import Channel
from regulars.simulate.scenario import Profile, Script

How = Literal["goal", "left", "finished", "inside", "held out", "never entered"]
HOWS: tuple[How, ...] = ("goal", "left", "finished", "inside", "held out", "never entered")


@dataclass(frozen=True, slots=True)
class Local:
    """An instant on the customer's clock: a `day`, a `clock` ("09:45"), or both."""

    day: date | None = None
    clock: str | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.day:%a %d %b %Y}" if self.day else "", self.clock)))


@dataclass(frozen=True, slots=True)
class StepName:
    """A step of a journey. `written` as in the file."""

    journey: str
    step: str
    written: str


@dataclass(frozen=True, slots=True)
class Sends:
    """A message that goes, after those above it. `subject` and `text`: what it contains."""

    line: int
    step: StepName
    channel: Channel | None = None
    at: Local | None = None
    subject: str | None = None
    text: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class SendsNot:
    """A message that never goes. `gate` and `reason`: what keeps it; without them it may also never have been due."""

    line: int
    step: StepName
    gate: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """A message that is held back for a while."""

    line: int
    step: StepName
    gate: str | None = None
    until: Local | None = None


@dataclass(frozen=True, slots=True)
class Passes:
    """A step that is come to, after those above it; or one that never is."""

    line: int
    step: StepName
    never: bool = False


@dataclass(frozen=True, slots=True)
class Enters:
    """How often the customer is let in."""

    line: int
    times: int


@dataclass(frozen=True, slots=True)
class Ends:
    """How a run stands in the end: the last one, where `run` (from 1) is None. `step`: where one is who is inside."""

    line: int
    how: How
    reason: str | None = None
    at: Local | None = None
    step: StepName | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class NothingElse:
    """No message goes that is not listed, of any journey."""

    line: int


@dataclass(frozen=True, slots=True)
class Invariants:
    """The rules of the house hold, which is judged of every scenario: for one that expects nothing else."""

    line: int


Expectation = Sends | SendsNot | Holds | Passes | Enters | Ends | NothingElse | Invariants


@dataclass(frozen=True, slots=True)
class Scenario:
    """One walk, and what is expected of it. `line`: where it begins; `expect_line`: where what is expected does."""

    file: str
    line: int
    expect_line: int
    name: str
    journey: str
    customer: Profile
    script: Script
    start: datetime
    until: datetime
    expected: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met. `near`: lines of the timeline that tell why."""

    file: str
    line: int
    expected: str
    happened: str
    near: tuple[str, ...] = ()
