"""Which arrivals leave nothing but their events? Those that nobody hears of, of customers who stay as they are.

Most of what a shop tells is that somebody looked at something. It is written, and need not be looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regulars.intake.arrival import Arrival
from regulars.intake.occurrence import Occurrence

Pair = tuple[str, str]
_LOUD = "loud"  # no customer has such an id


def split(
    arrivals: Sequence[Arrival], owners: Mapping[Pair, str], heard: frozenset[str]
) -> tuple[list[Occurrence], list[Arrival]]:
    """The events of the quiet ones, and the arrivals that are not; both in their order.

    `owners`: customers by identity, of all that is named here; `heard`: the names of events that somebody may hear of.
    Whatever comes in together with a quiet one, it comes to the same before and after that.
    """
    events: list[Occurrence] = []
    others: list[Arrival] = []
    for arrival in arrivals:
        owner = _owner(arrival, owners, heard)
        if owner is _LOUD:
            others.append(arrival)
            continue
        for happened in arrival.events:
            events.append(Occurrence(happened, arrival.source, owner))
    # Of one customer side by side: the pages of their index are then written to one after the other.
    return sorted(events, key=_customer), others


def _customer(event: Occurrence) -> str:
    return event.customer or ""


def _owner(arrival: Arrival, owners: Mapping[Pair, str], heard: frozenset[str]) -> str | None:
    """Whose the arrival is, None where it is nobody's; loud where it may leave more than its events."""
    _, _, _, person, events, consents, order, refund, about_order = arrival
    if order or refund or consents or about_order:
        return _LOUD
    for event in events:
        if event.name in heard:
            return _LOUD
    if person is None or not person.identities:
        return None
    if not person.is_only_named:
        return _LOUD
    owner = owners.get(person.identities[0], _LOUD)
    if len(person.identities) == 1:
        return owner
    return owner if all(owners.get(pair) == owner for pair in person.identities) else _LOUD
