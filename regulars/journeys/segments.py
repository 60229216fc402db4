"""Who belongs to a segment? Those of whom its condition holds; and by which events may that change?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from regulars.journeys.condition import Condition
from regulars.journeys.model import Segment

# What changes a profile or its sums, of which every condition may speak.
_ALWAYS = frozenset(
    {
        *("Customer Created", "Customer Updated", "Order Completed", "Order Updated", "Order Paid", "Order Cancelled"),
        *("Order Refunded", "Consent Given", "Consent Withdrawn"),
    }
)
_NEVER = frozenset({"Segment Entered", "Segment Left"})  # one that moved by these could move for ever
_QUOTED = re.compile(r"""["']([^"']+)["']""")


@lru_cache(maxsize=1024)
def condition(segment: Segment) -> Condition:
    """What holds of each of its customers, compiled once."""
    return Condition.compile(segment.where)


def moving(segments: Iterable[Segment]) -> frozenset[str]:
    """The events by which a customer may enter or leave one of the segments: those of profiles and orders, and those
    that a condition names. What time alone does no event tells."""
    sources = [segment.where for segment in segments]
    if not sources:
        return frozenset()
    named = {found for source in sources for found in _QUOTED.findall(source)}
    return _ALWAYS.union(named) - _NEVER
