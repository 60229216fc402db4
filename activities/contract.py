"""What does a workflow say to an activity? Names, one dataclass in and one out each, time limits, retries.

Everything takes a list of members, of length one where a journey was started by an event. Only ids travel. `at` is the
shop's instant at which the workflow asks: a local activity knows this machine's clock, not Temporal's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.common import RetryPolicy

from regulars.engine.act import Act, ActKind
from regulars.engine.standing import Closed, Position
from regulars.journeys.channels import CHANNELS

JOURNEYS = "journeys"  # task queue of workflows and their local activities
WEBHOOK = "webhook"  # task queue of calls to other systems
CHANNEL_QUEUES = {channel: channel for channel in CHANNELS}  # a vendor that is slow holds up its own channel alone

OPEN, REST, CLOSE = "open_walk", "rest", "close_walk"
BRANCH, SPLIT, CHANGE, LOOK, WHEN = "branch", "split", "change", "look", "when"
DECISIONS: dict[ActKind, str] = {
    "branch": BRANCH,
    "until": BRANCH,
    "split": SPLIT,
    "change": CHANGE,
    "look": LOOK,
    "when": WHEN,
}
CALL = "call_webhook"
TICK, LET_IN = "tick", "let_in"
SENDS = {channel: f"send_{channel}" for channel in CHANNELS}
# What leaves the house, by kind of step: its activity and its task queue.
OUTWARD = {kind: (SENDS[kind], queue) for kind, queue in CHANNEL_QUEUES.items()} | {"webhook": (CALL, WEBHOOK)}

# Decisions are reads and short writes of our own database: tried again at once, given up within a workflow task's
# patience, after which the workflow asks again later.
DECIDE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "schedule_to_close_timeout": timedelta(seconds=40),
    "retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5)),
}
# Opening, resting and closing must happen: tried until they do.
STAND: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)),
}
# A send or a call answers and never raises for a member's sake; what is raised is the database being away, or a bug.
# Four chunks of twenty-five at ten seconds of wire each, and pacing between them, stay within five minutes.
SEND: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=5),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
# A look at everybody beats page by page; both are tried until they are done.
LOOK_ROUND: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(seconds=60),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A run begins: turn `due` rows into `walking` ones."""

    party: str
    enrollments: list[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One member of an act. `since`: when its visit began; `due`: when the act was last free to happen; `until`: when
    it is too late for what a look listens for."""

    enrollment: str
    since: datetime
    due: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """An act, for the members who want it. Answered by one regulars.engine.act.Answer each, in order."""

    act: Act
    journey: str
    members: list[Asked]
    at: datetime


@dataclass(frozen=True, slots=True)
class Resting:
    positions: list[Position]


@dataclass(frozen=True, slots=True)
class Closing:
    members: list[Closed]


@dataclass(frozen=True, slots=True)
class Tick:
    """It is `at` (shop time): what fell due by then happens."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ticked:
    """When to ask again, in shop time."""

    next: datetime


@dataclass(frozen=True, slots=True)
class LettingIn:
    """The next page of an audience, as of `at`."""

    audience: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetIn:
    """How many entered and how many did not, so far; `done`: there is no further page."""

    entered: int
    refused: int
    done: bool
