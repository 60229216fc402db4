"""What can a walk ask of the world, and what can the world answer?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ActKind = Literal["send", "call", "branch", "split", "change", "look", "when", "until"]
Result = Literal[
    "done", "skipped", "failed", "later", "left", "goal", "then", "else", "way", "heard", "silent", "until", "missing"
]


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one visit of one step. Members whose acts are equal share an activity.

    `send`: the step's message. `call`: its webhook. `branch`: judge its `if`. `split`: draw the customer's way.
    `change`: do to the profile what the step says. `look`: has what it waits for happened, does the `while` still hold.
    `when`: until when is to be waited. `until`: have there been rounds enough. `final`: this look is the one at the
    deadline; this send, of a member who is leaving, sends nothing, and finds out what became of what the vendor may
    have.
    """

    kind: ActKind
    version: str
    step: str
    key: str
    visit: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an act, for one member.

    `later`: ask the same visit again at `until`. `until`: wait until then. `left` and `goal`: the member is out, and
    why. `at` is the shop's instant at which the act was over: the next wait counts from it. `zone`: the customer's time
    zone as it is now. `way`: which one of a split.
    """

    result: Result
    at: datetime
    zone: str
    until: datetime | None = None
    reason: str = ""
    way: str = ""
