"""What is an event on its way into the store, and as journeys hear of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.intake.arrival import Happened


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event to be written. `customer`: the locked row of whom it concerns, if anybody known."""

    happened: Happened
    source: str
    customer: dict[str, Any] | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An event that is new, as journeys hear of it."""

    id: str
    name: str
    occurred_at: datetime
    properties: dict[str, Any]
    customer: dict[str, Any] | None
    message_id: str | None


def key_value(properties: dict[str, Any], name: str) -> str | None:
    """The value by which a run is keyed, as text: None where the event has none."""
    value = properties.get(name)
    return str(value) if isinstance(value, str | int) and value != "" and not isinstance(value, bool) else None
