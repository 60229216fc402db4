"""What does a run of a walk carry, and what may it be asked? Plain values, loaded once and not with every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeKey

from regulars.clock import Clock
from regulars.engine import story
from regulars.engine.member import Member
from regulars.journeys.graph import Graph

STEP = SearchAttributeKey.for_keyword_list("Step")
PARKED = "!parked"  # stands among a run's steps where a member needs a person: no step can be called so
REASONS = frozenset(
    ("support", "asked to", "complaint", "let in by mistake", "duplicate", "fraud", "legal", "test")
)  # a closed list: whatever else is written may be somebody's name, and histories hold none


@dataclass
class Walk:
    """A run's input, and all it carries on to the next run. Members by enrollment id, graphs by version.

    `engine` names the interpreter's behaviour that this walk began with. `runs` and `acts` count.
    """

    party: str
    clock: Clock
    graphs: dict[str, Graph]
    members: dict[str, Member]
    runs: int = 1
    engine: int = 1
    acts: int = 0


@dataclass
class Order:
    """What support asks for one member, who need not be named where the walk has no other. `reason`, one of REASONS, is
    kept for good."""

    enrollment: str = ""
    reason: str = "support"


@dataclass
class Progress:
    """Where one member is, for a live look."""

    enrollment: str
    phase: str
    step: str | None
    version: str
    wake: datetime | None
    reason: str
    last: str


def description(walk: Walk) -> dict[str, Any]:
    """What Temporal's lists show of a walk from its start: one line. What is going on in it is its page."""
    graph = next(iter(walk.graphs.values()))
    return {"static_summary": story.headline(graph, list(walk.members))}
