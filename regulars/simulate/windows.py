"""How far back do conditions look? By time alone a condition changes only where something falls out of its span."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from regulars.journeys.span import Span
from regulars.simulate.past import Past

_WITHIN = re.compile(r"""within\s*=\s*["']([^"']+)["']""")
_QUOTED = re.compile(r"""["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Window:
    """What one condition counts: events by their names, `orders` too where it asks what was bought; within spans, a day
    being 24 hours."""

    names: frozenset[str]
    orders: bool
    spans: tuple[timedelta, ...]

    def instants(self, past: Past) -> Iterable[datetime]:
        """Of all that may fall out of it."""
        for name in self.names:
            yield from past.instants.get(name, ())
        if self.orders:
            yield from (row["placed_at"] for row, _ in past.orders.all())


def windows(sources: Iterable[str]) -> tuple[Window, ...]:
    """Of those conditions that look back on a span. Questions' arguments are constants, so they stand in the source."""
    found = []
    for source in sources:
        spans = {Span.parse(within).elapsed for within in _WITHIN.findall(source)}
        if spans:
            found.append(Window(frozenset(_QUOTED.findall(source)), "bought" in source, tuple(sorted(spans))))
    return tuple(found)
