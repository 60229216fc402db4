"""What does journeys.yaml say? The whole book, or every mistake in it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from regulars.journeys import values
from regulars.journeys.events import known_events
from regulars.journeys.fields import Fields, shown
from regulars.journeys.load_house import NO_HOUSE, read_house
from regulars.journeys.load_journey import read_journey
from regulars.journeys.mistakes import Findings, Mistakes
from regulars.journeys.model import Book, Channel, Journey
from regulars.journeys.questions import Vocabulary
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import LENGTH, TOO_LONG, MappingNode, Node, Spot, parse

TOP = Spot(1, 1)
HasTemplate = Callable[[Channel, str], bool]


def load_book(path: Path, *, learnt: Collection[str] = (), templates: HasTemplate | None = None) -> Book:
    """Read the file at `path`.

    `learnt`: the names of custom events that have come in. `templates`: says whether a channel has a template of a
    name; without it templates are not looked for. Raises Mistakes, with every mistake of the file.
    """
    findings = Findings(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(4 * LENGTH + 1)  # as many characters, or enough to know that it is too long
    except OSError as error:
        findings.add(TOP, f"the file cannot be read: {error.strerror or error}")
        raise Mistakes(findings.found) from error
    if len(raw) > 4 * LENGTH:
        findings.add(TOP, TOO_LONG)
        raise Mistakes(findings.found)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        spot = Spot(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        findings.add(spot, "expected a file in UTF-8: save it with that encoding")
        raise Mistakes(findings.found) from error
    return read_book(text, str(path), learnt=learnt, templates=templates)


def read_book(text: str, file: str, *, learnt: Collection[str] = (), templates: HasTemplate | None = None) -> Book:
    """Read what `file` holds, as `load_book` does. Raises Mistakes."""
    findings = Findings(file)
    root = parse(text, findings)
    book = _book(root, findings, known_events(learnt), templates) if root is not None else None
    if book is None or findings.found:
        if not findings.found:
            findings.add(TOP, "expected 'house' and 'journeys', found nothing")
        raise Mistakes(findings.found)
    return book


def _book(root: Node, findings: Findings, events: frozenset[str], templates: HasTemplate | None) -> Book:
    fields = Fields(root, findings, "the file", ("house", "journeys"))
    house, below = fields.need("house"), fields.need("journeys")
    journeys: dict[str, Journey] = {}
    if isinstance(below, MappingNode) and below.pairs:
        names = frozenset(key.value for key, _ in below.pairs)
        reading = Reading(findings, Vocabulary(events, names), templates)
        for key, node in below.pairs:
            inside = reading.of_journey(key.value)
            values.identifier(key, inside.findings)
            journeys[key.value] = read_journey(key.value, node, inside, key)
    elif below is not None:
        findings.add(below, f"journeys: expected journeys by their names, found {shown(below)}")
    place = fields.place_of("house")
    return Book(read_house(house, findings, place, journeys.values()) if house else NO_HOUSE, journeys)
