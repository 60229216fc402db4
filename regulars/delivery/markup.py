"""What stands in this MJML? Tags, texts and comments with their places, and whatever is not well formed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
_PIECE: Final = re.compile(r"<!--.*?-->|<!doctype[^>]*>|<\?[^>]*\?>|</?[A-Za-z][\w:.-]*|<", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""\s*([^\s=<>"'/]+)(?:\s*=\s*("[^"<]*"|'[^'<]*'|[^\s>"']+))?""")
_TAG_END: Final = re.compile(r"\s*(/?)>")


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` without its quotes, which begins at `start`; None and unquoted are not well formed."""

    name: str
    value: str
    place: int
    start: int


@dataclass(frozen=True, slots=True)
class Open:
    """A tag that opens; `closed`: it closes at once (``/>``, or an empty element of HTML)."""

    name: str
    attributes: tuple[Attribute, ...]
    start: int
    end: int
    closed: bool

    def get(self, name: str) -> str | None:
        """The value of an attribute, None where there is none."""
        return next((attribute.value for attribute in self.attributes if attribute.name == name), None)


@dataclass(frozen=True, slots=True)
class Close:
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """`conditional`: Outlook reads what is inside."""

    text: str
    start: int
    end: int

    @property
    def conditional(self) -> bool:
        return "[if" in self.text or "[endif" in self.text


Piece = Open | Close | Text | Comment


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not well formed, at an offset."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Markup:
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


def read(text: str) -> Markup:
    """Take the text apart; the pieces cover all of it, in order."""
    pieces: list[Piece] = []
    problems: list[Problem] = []
    at = 0
    while at < len(text):
        found = _PIECE.search(text, at)
        start = found.start() if found else len(text)
        if start > at:
            pieces.append(Text(text[at:start], at, start))
        if found is None:
            break
        at = _piece(text, found, pieces, problems)
    problems += _unbalanced(pieces)
    return Markup(tuple(pieces), tuple(sorted(problems, key=lambda problem: problem.offset)))


def _piece(text: str, found: re.Match[str], pieces: list[Piece], problems: list[Problem]) -> int:
    """Read what begins at a match; the offset behind it."""
    start, written = found.start(), found[0]
    if written == "<":
        problems.append(Problem(start, "'<' begins no tag here: write &lt;"))
        pieces.append(Text("<", start, found.end()))
        return found.end()
    if written.startswith(("<!", "<?")):
        pieces.append(Comment(written, start, found.end()))
        return found.end()
    attributes, at = _attributes(text, found.end(), problems)
    end = _TAG_END.match(text, at)
    if end is None:
        problems.append(Problem(start, f"'{written}' is not closed by '>'"))
        pieces.append(Text(text[start:at], start, at))
        return at
    if written.startswith("</"):
        pieces.append(Close(written[2:], start, end.end()))
    else:
        closed = bool(end[1]) or written[1:].lower() in VOID
        pieces.append(Open(written[1:], tuple(attributes), start, end.end(), closed))
    return end.end()


def _attributes(text: str, at: int, problems: list[Problem]) -> tuple[list[Attribute], int]:
    attributes: list[Attribute] = []
    while True:
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return attributes, at
        name, value = found[1], found[2]
        if value is None or value[0] not in "\"'":
            problems.append(Problem(found.start(1), f"'{name}' needs a value in quotes"))
        elif any(attribute.name == name for attribute in attributes):
            problems.append(Problem(found.start(1), f"'{name}' is written twice"))
        else:
            attributes.append(Attribute(name, value[1:-1], found.start(1), found.start(2) + 1))
        at = found.end()


def _unbalanced(pieces: list[Piece]) -> list[Problem]:
    problems: list[Problem] = []
    open_: list[Open] = []
    for piece in pieces:
        if isinstance(piece, Open) and not piece.closed:
            open_.append(piece)
        elif isinstance(piece, Close) and any(tag.name == piece.name for tag in open_):
            while open_[-1].name != piece.name:
                left = open_.pop()
                problems.append(Problem(left.start, f"<{left.name}> is not closed before </{piece.name}>"))
            open_.pop()
        elif isinstance(piece, Close):
            problems.append(Problem(piece.start, f"</{piece.name}> closes nothing"))
    return problems + [Problem(tag.start, f"<{tag.name}> is never closed") for tag in open_]
