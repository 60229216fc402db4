"""Do the books balance? What was posted, what the ledger says and what the vendor has, held against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from regulars.demo.ledger import NEVER_SENT, JourneyNumbers, Tail
from regulars.store.messages import MessageState

PUNCTUAL = 3600.0  # shop seconds that 95 of 100 messages must not exceed


@dataclass(frozen=True, slots=True)
class Books:
    """`duplicates`: messages that the vendor has twice, or has though the ledger says that it has not. `lost`: messages
    that it has not though the ledger says so, walks that were due and never began or went on, and orders taken and not
    kept. `unknown`: messages of which the ledger cannot tell."""

    duplicates: int
    lost: int
    unknown: int

    @property
    def balance(self) -> bool:
        return not (self.duplicates or self.lost or self.unknown)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a play. `late_p95_s`: shop seconds; None where nothing was sent. `refused`: webhooks never taken."""

    journeys: Mapping[str, JourneyNumbers]
    books: Books
    late_p95_s: float | None
    refused: Sequence[str] = ()

    @property
    def good(self) -> bool:
        """The books balance, everybody is accounted for, every webhook was taken, and the sends were in time."""
        in_time = self.late_p95_s is not None and self.late_p95_s <= PUNCTUAL
        adds_up = all(numbers.adds_up for numbers in self.journeys.values())
        return self.books.balance and adds_up and in_time and not self.refused

    def told(self) -> dict[str, Any]:
        """As JSON says it."""
        return {
            "journeys": {name: numbers.told() for name, numbers in self.journeys.items()},
            "books": asdict(self.books),
            "late_p95_s": None if self.late_p95_s is None else round(self.late_p95_s, 1),
        }


def compare(ledger: Mapping[str, str], vendor: Mapping[str, int], tail: Tail, missing_orders: int) -> Books:
    """`ledger`: each message's state by id, read before `vendor`: how often that one has each, by the same id."""
    twice = sum(times > 1 for times in vendor.values())
    unowned = sum(state in NEVER_SENT and name in vendor for name, state in ledger.items())
    gone = sum(state == MessageState.accepted and name not in vendor for name, state in ledger.items())
    stuck = tail.unbegun + tail.asleep + tail.overdue
    return Books(duplicates=twice + unowned, lost=gone + stuck + missing_orders, unknown=tail.in_doubt)


def p95(values: Sequence[float]) -> float | None:
    """The smallest value that 95 of 100 do not exceed; None of nothing."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1] if values else None
