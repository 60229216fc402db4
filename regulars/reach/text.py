"""How is a reach read in a terminal? Two small tables: who is let in, and each message. Plain where piped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from rich.text import Text

from regulars.desk.times import Zones, city
from regulars.journeys.model import EVERYONE
from regulars.reach.gates import Contact, Entry
from regulars.reach.reach import Message, Reach

Cells = Sequence[str]
_MEANING = {
    Entry.entered: "let in",
    Entry.where: "`where` does not hold",
    Entry.guard: "`while` does not hold",
    Entry.inside: "inside already",
    Entry.again: "entered before, and too soon by `again`",
    Entry.key: "its key is missing, or was used before",
    Entry.settled: "the same key once more before it settled",
    Entry.before: "over before it began",
    Entry.held_out: "held out by lot",
    Entry.late: "told long after it happened",
}


def lines(reach: Reach, zone: str) -> Iterator[Text]:
    """Times by the clock of `zone`."""
    at = f"as of {Zones(zone, zone).show(reach.now).text} in {city(zone)}"
    yield Text.assemble((reach.journey, "bold"), f": {_whom(reach)}, {at}")
    yield Text()
    yield from _table(("", "times", "customers", ""), _entries(reach), "<>><")
    if reach.messages:
        yield Text()
        head = ("message", "reached", "not reached", "languages")
        yield from _table(head, [_message(one) for one in reach.messages.values()], "<><<")


def _whom(reach: Reach) -> str:
    days = "the last day" if reach.days == 1 else f"the last {reach.days} days"
    match reach.kind:
        case "events":
            return f"who would have entered by {reach.what} in {days}"
        case "dates":
            return f"who would enter by {reach.what} in {days.replace('last', 'next')}"
        case "segment":
            whom = "everyone" if reach.what == EVERYONE else f"the segment {reach.what}"
            return f"who of {whom} would enter now"
        case _:
            assert_never(reach.kind)


def _entries(reach: Reach) -> Iterator[Cells]:
    found = {"events": "happened", "dates": "dates", "segment": "in it now"}[reach.kind]
    yield found, f"{reach.starts:,}", f"{reach.customers:,}", f"of {reach.known:,} on record"
    others = sorted(reach.entries.keys() - {Entry.entered}, key=lambda one: (-reach.entries[one], one))
    for one in (Entry.entered, *others):
        yield str(one), f"{reach.entries[one]:,}", f"{reach.people[one]:,}", _MEANING[one]


def _message(message: Message) -> Cells:
    kept = sorted(message.contacts.items() - {(Contact.reached, message.contacts[Contact.reached])}, key=_by_count)
    why = ", ".join(f"{one} {many:,}" for one, many in kept)
    languages = ", ".join(f"{locale} {many:,}" for locale, many in sorted(message.locales.items(), key=_by_count))
    name = f"{message.send.kind} {message.send.id}"
    return name, f"{message.contacts[Contact.reached]:,}", why or "-", languages or "-"


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _table(head: Cells, rows: Iterator[Cells] | Sequence[Cells], sides: str) -> Iterator[Text]:
    """`sides`: of each column, to the left or to the right."""
    rows = list(rows)
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    for number, row in enumerate((head, *rows)):
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True))
        yield Text(f"  {'  '.join(cells)}".rstrip(), style="dim" if number == 0 else "")
