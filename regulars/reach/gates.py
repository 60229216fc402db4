"""What may become of somebody whom a journey could reach? Closed words, for entering and for each message."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from regulars.journeys.nearest import instead
from regulars.walks.turn import Verdict


class Entry(StrEnum):
    """What a start came to. `in`: let in. `again`: entered before, and too soon again. `key`: none, or used before.
    `settled`: the same key stirred once more, and is counted once. `before`: over before it began, as a cart that is
    paid in time. `late`: told as history."""

    entered = "in"
    where = "where"
    guard = "while"
    inside = "inside"
    again = "again"
    key = "key"
    settled = "settled"
    before = "before"
    held_out = "held-out"
    late = "late"


class Contact(StrEnum):
    """May a message go to them now, as far as sender, address and consent say?"""

    reached = "reached"
    no_sender = "no-sender"
    no_address = "no-address"
    no_consent = "no-consent"
    withdrawn = "withdrawn"
    suppressed = "suppressed"
    held_out = "held-out"


_ENTRIES = {
    "entered": Entry.entered,
    "held out": Entry.held_out,
    "where does not hold": Entry.where,
    "while does not hold": Entry.guard,
    "inside already": Entry.inside,
    "entered before": Entry.again,
    "no key": Entry.key,
    "key entered before": Entry.key,
    "settles anew": Entry.settled,
    "settles: a later one counts": Entry.settled,
    "too long ago": Entry.late,
}
_CONTACTS = {"sender": Contact.no_sender, "suppression": Contact.suppressed, "holdout": Contact.held_out}
_OF_CONSENT = {"no consent": Contact.no_consent, "consent withdrawn": Contact.withdrawn}


class UnknownGate(ValueError):
    """No start and no message of the journey comes to that. Says the nearest word."""


def entry_of(verdict: str) -> Entry:
    """Of the verdict of a start, as it stands on record. Raises KeyError for what no start comes to."""
    return Entry.again if verdict.startswith("again only ") else _ENTRIES[verdict]


def contact_of(verdict: Verdict | None) -> Contact:
    """Of what keeps a message from its customer (regulars.delivery.gate.kept_from), if anything does."""
    if verdict is None:
        return Contact.reached
    if verdict.gate == "consent":
        return _OF_CONSENT.get(verdict.reason, Contact.no_address)
    return _CONTACTS[verdict.gate]


def named(word: str, steps: Collection[str]) -> tuple[str | None, Entry | Contact]:
    """What `--list` asks for: a word, or STEP/word of one message. Raises UnknownGate."""
    step, _, gate = word.rpartition("/")
    if step and step not in steps:
        raise UnknownGate(f"the journey has no message {step!r}{instead(step, steps)}")
    contacts: list[Entry | Contact] = list(Contact)
    entries: list[Entry | Contact] = list(Entry)
    known = contacts if step else entries + contacts  # who is held out of the journey before whom from a message
    found = next((one for one in known if one == gate), None)
    if found is None:
        words = list(dict.fromkeys(str(one) for one in known))
        raise UnknownGate(f"--list: nothing comes to {gate!r}{instead(gate, words)}")
    return step or None, found
