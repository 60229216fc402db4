"""What do journeys.yaml, and segments.yaml beside it, say? The whole book, or every mistake in both at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from regulars.journeys import values
from regulars.journeys.circles import judge_begun, judge_told
from regulars.journeys.events import known_events
from regulars.journeys.fields import Fields, shown
from regulars.journeys.load_house import NO_HOUSE, read_house
from regulars.journeys.load_journey import read_journey
from regulars.journeys.load_segments import SegmentsFile
from regulars.journeys.mistakes import Findings, Mistake, Mistakes
from regulars.journeys.model import Book, Channel, Journey
from regulars.journeys.questions import Vocabulary
from regulars.journeys.reading import Reading
from regulars.journeys.written import Written
from regulars.journeys.yaml_source import LENGTH, TOO_LONG, MappingNode, Node, Spot, parse

WORDS = ("house", "journeys")
TOP = Spot(1, 1)
SEGMENTS_FILE = "segments.yaml"  # beside the journeys
TemplateNames = Callable[[Channel], Collection[str]]
_NO_BOOK = Book(NO_HOUSE, {})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of the files. `book`: the journeys in which nothing is wrong; while there are `mistakes` it is good for
    looking further and for nothing else. `written`: where everything stands."""

    book: Book
    mistakes: list[Mistake]
    written: Written


def load_book(path: Path, *, learnt: Collection[str] = (), templates: TemplateNames | None = None) -> Book:
    """Read the file at `path`, and segments.yaml beside it where there is one.

    `learnt`: the names of custom events that have come in. `templates`: the names of a channel's templates;
    without it templates are not looked for. Raises Mistakes, with every mistake of the file.
    """
    return _sound(*load_what_is_sound(path, learnt=learnt, templates=templates))


def read_book(
    text: str,
    file: str,
    *,
    learnt: Collection[str] = (),
    templates: TemplateNames | None = None,
    segments: str = "",
) -> Book:
    """Read what `file` holds, as `load_book` does, and `segments`, the text of a segments file. Raises Mistakes."""
    findings = Findings(file)
    beside = SegmentsFile(segments, replace(findings, file=SEGMENTS_FILE))
    return _sound(*_read(text, findings, beside, learnt, templates))


def load_what_is_sound(
    path: Path, *, learnt: Collection[str] = (), templates: TemplateNames | None = None
) -> tuple[Book, list[Mistake]]:
    """The journeys of the file at `path` in which nothing is wrong, and every mistake of the others and of the house.
    While there are mistakes the book is good for looking further and for nothing else."""
    loaded = load_all(path, learnt=learnt, templates=templates)
    return loaded.book, loaded.mistakes


def load_all(path: Path, *, learnt: Collection[str] = (), templates: TemplateNames | None = None) -> Loaded:
    """As `load_what_is_sound`, and where everything stands."""
    findings, beside = Findings(str(path)), path.with_name(SEGMENTS_FILE)
    segments = replace(findings, file=str(beside))
    told = _text_of(beside, segments) if beside.exists() else ""
    text = _text_of(path, findings)
    if text is None or told is None:
        return Loaded(_NO_BOOK, findings.found, findings.written)
    book, mistakes = _read(text, findings, SegmentsFile(told, segments), learnt, templates)
    return Loaded(book, mistakes, findings.written)


def _text_of(path: Path, findings: Findings) -> str | None:
    """What the file holds; None, and a mistake, where it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(4 * LENGTH + 1)  # as many characters, or enough to know that it is too long
    except OSError as error:
        findings.add(TOP, f"the file cannot be read: {error.strerror or error}", "unreadable-file")
        return None
    if len(raw) > 4 * LENGTH:
        findings.add(TOP, TOO_LONG, "unreadable-file")
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        spot = Spot(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        findings.add(spot, "expected a file in UTF-8: save it with that encoding", "unreadable-file")
        return None


def _sound(book: Book, mistakes: list[Mistake]) -> Book:
    if mistakes:
        raise Mistakes(mistakes)
    return book


def _read(
    text: str, findings: Findings, segments: SegmentsFile, learnt: Collection[str], templates: TemplateNames | None
) -> tuple[Book, list[Mistake]]:
    root = parse(text, findings)
    if root is None:
        if not findings.found:
            findings.add(TOP, "expected 'house' and 'journeys', found nothing", "missing-word")
        return _NO_BOOK, findings.found
    book = _book(root, findings, segments, known_events(learnt), templates)
    wrong = {mistake.journey for mistake in findings.found}
    sound = {name: journey for name, journey in book.journeys.items() if name not in wrong}
    return replace(book, journeys=sound), findings.found


def _book(
    root: Node, findings: Findings, segments: SegmentsFile, events: frozenset[str], templates: TemplateNames | None
) -> Book:
    fields = Fields(root, findings, "the file", WORDS)
    house, below = fields.need("house"), fields.need("journeys")
    journeys: dict[str, Journey] = {}
    names: frozenset[str] = frozenset()
    if isinstance(below, MappingNode) and below.pairs:
        names = frozenset(key.value for key, _ in below.pairs)
        reading = Reading(findings, Vocabulary(events, names, segments.names), templates)
        for key, node in below.pairs:
            inside = reading.of_journey(key.value)
            values.identifier(key, inside.findings)
            journeys[key.value] = read_journey(key.value, node, inside, key)
        judge_begun(reading.begun, journeys)
        places = {key.value: (key, findings.of_journey(key.value)) for key, _ in below.pairs}
        judge_told(places, reading.begun, journeys)
    elif below is not None:
        findings.add(below, f"journeys: expected journeys by their names, found {shown(below)}")
    place = fields.place_of("house")
    found = segments.read(events, names)
    return Book(read_house(house, findings, place, journeys.values(), found) if house else NO_HOUSE, journeys)
