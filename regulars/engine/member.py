"""Where does one customer stand in one journey? All that a walk carries from act to act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from regulars.engine.act import Act, Answer

Phase = Literal["ready", "acting", "waiting", "parked", "gone"]
Ending = Literal["", "finished", "goal", "left"]


@dataclass(frozen=True, slots=True)
class Member:
    """A cursor. Ready: wants `act`; acting: it is under way; waiting: until `wake`; parked: needs a person; gone: over.

    Waiting with an `act` is being held back: the same act is asked again at `wake`. `since`: when the visit of `step`
    began, from which its wait counts. `told`: until when a wait that had to ask is to last. `began`: the round that is
    under way. `due`: when the act was last free to happen. `visits` counts by step key, which survives renames.
    `hinted`: something changed while an act was under way. `leaving`: why it goes as soon as it is known what became of
    its message. `reason`: why it is held, parked or gone.
    """

    version: str
    zone: str
    phase: Phase = "waiting"
    step: str | None = None
    act: Act | None = None
    since: datetime | None = None
    due: datetime | None = None
    wake: datetime | None = None
    told: datetime | None = None
    began: datetime | None = None
    visits: dict[str, int] = field(default_factory=dict)
    hinted: bool = False
    leaving: str = ""
    ending: Ending = ""
    reason: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Go:
    """The walk begins, and was to begin at `due` (None: now). Who has a position already stays there."""

    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """The clock moved: whoever is due goes on."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Rows of the database changed. Carries nothing: the database is looked at."""


@dataclass(frozen=True, slots=True)
class Answered:
    act: Act
    answer: Answer


@dataclass(frozen=True, slots=True)
class Leave:
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """End the present wait now."""


@dataclass(frozen=True, slots=True)
class Resume:
    """What a parked member stumbled over is mended: it tries again from where it stands."""


Happening = Go | Time | Hint | Answered | Leave | Skip | Resume
