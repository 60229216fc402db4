"""What is an event on its way into the store, and as journeys hear of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from regulars.customers.person import ConsentFact
from regulars.intake.arrival import Happened

Row = dict[str, Any]
_LONGEST = 255  # what any database keeps in an index, also beside other columns


class Occurrence(NamedTuple):
    """An event to be written. `customer`: the id of whom it concerns, if anybody known. `about`: the order (source,
    sender's id) by which its customer will be known, if not yet. `ahead`: it may lie in the future."""

    happened: Happened
    source: str
    customer: str | None = None
    message_id: str | None = None
    about: tuple[str, str] | None = None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An event as journeys hear of it: new, or only now known to be its customer's."""

    id: str
    name: str
    occurred_at: datetime
    properties: Row
    customer: Row | None
    message_id: str | None = None


def of_consent(fact: ConsentFact, customer: str) -> Occurrence:
    """What journeys hear when the consent of a customer (an id) changed."""
    name = "Consent Given" if fact.granted else "Consent Withdrawn"
    return Occurrence(Happened(name, fact.occurred_at, {"channel": fact.channel}), fact.source, customer)


def key_value(properties: Row, name: str) -> str | None:
    """The value by which a run is keyed, as text of at most 255 characters: None where the event has none."""
    value = properties.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return text if 0 < len(text := str(value)) <= _LONGEST else None
