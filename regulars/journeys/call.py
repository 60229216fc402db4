"""What does a `webhook` step say? Where it calls, and what it tells there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.journeys.span import Span

CALL_VALID_FOR = Span(1, "day")


@dataclass(frozen=True, slots=True)
class Item:
    """One name of the body, and what it is worth: `value`, or what the expression `term` is."""

    name: str
    value: str | int | float | bool | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A POST to `url`. `valid_for`: how long it is tried, counted from when the step was come to."""

    kind: Literal["webhook"]
    id: str
    key: str
    url: str
    body: tuple[Item, ...] = ()
    valid_for: Span = CALL_VALID_FOR
    condition: str | None = None  # `if` beside it: false skips just this step
