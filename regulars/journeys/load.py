"""What does journeys.yaml say? The whole book, or every mistake in it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from regulars.journeys import values
from regulars.journeys.circles import judge_begun
from regulars.journeys.events import known_events
from regulars.journeys.fields import Fields, shown
from regulars.journeys.load_house import NO_HOUSE, read_house
from regulars.journeys.load_journey import read_journey
from regulars.journeys.mistakes import Findings, Mistake, Mistakes
from regulars.journeys.model import Book, Channel, Journey
from regulars.journeys.questions import Vocabulary
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import LENGTH, TOO_LONG, MappingNode, Node, Spot, parse

TOP = Spot(1, 1)
TemplateNames = Callable[[Channel], Collection[str]]
_NO_BOOK = Book(NO_HOUSE, {})


def load_book(path: Path, *, learnt: Collection[str] = (), templates: TemplateNames | None = None) -> Book:
    """Read the file at `path`.

    `learnt`: the names of custom events that have come in. `templates`: the names of a channel's templates;
    without it templates are not looked for. Raises Mistakes, with every mistake of the file.
    """
    return _sound(*load_what_is_sound(path, learnt=learnt, templates=templates))


def read_book(text: str, file: str, *, learnt: Collection[str] = (), templates: TemplateNames | None = None) -> Book:
    """Read what `file` holds, as `load_book` does. Raises Mistakes."""
    return _sound(*_read(text, Findings(file), learnt, templates))


def load_what_is_sound(
    path: Path, *, learnt: Collection[str] = (), templates: TemplateNames | None = None
) -> tuple[Book, list[Mistake]]:
    """The journeys of the file at `path` in which nothing is wrong, and every mistake of the others and of the house.
    While there are mistakes the book is good for looking further and for nothing else."""
    findings = Findings(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(4 * LENGTH + 1)  # as many characters, or enough to know that it is too long
    except OSError as error:
        findings.add(TOP, f"the file cannot be read: {error.strerror or error}")
        return _NO_BOOK, findings.found
    if len(raw) > 4 * LENGTH:
        findings.add(TOP, TOO_LONG)
        return _NO_BOOK, findings.found
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        spot = Spot(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        findings.add(spot, "expected a file in UTF-8: save it with that encoding")
        return _NO_BOOK, findings.found
    return _read(text, findings, learnt, templates)


def _sound(book: Book, mistakes: list[Mistake]) -> Book:
    if mistakes:
        raise Mistakes(mistakes)
    return book


def _read(
    text: str, findings: Findings, learnt: Collection[str], templates: TemplateNames | None
) -> tuple[Book, list[Mistake]]:
    root = parse(text, findings)
    if root is None:
        if not findings.found:
            findings.add(TOP, "expected 'house' and 'journeys', found nothing")
        return _NO_BOOK, findings.found
    book = _book(root, findings, known_events(learnt), templates)
    wrong = {mistake.journey for mistake in findings.found}
    sound = {name: journey for name, journey in book.journeys.items() if name not in wrong}
    return Book(book.house, sound), findings.found


def _book(root: Node, findings: Findings, events: frozenset[str], templates: TemplateNames | None) -> Book:
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
        judge_begun(reading.begun, journeys)
    elif below is not None:
        findings.add(below, f"journeys: expected journeys by their names, found {shown(below)}")
    place = fields.place_of("house")
    return Book(read_house(house, findings, place, journeys.values()) if house else NO_HOUSE, journeys)
