"""Where does each piece of a template stand? Jinja's own lexer and parser, made to keep columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

from regulars.journeys.bounded import environment
from regulars.journeys.nearest import nearest

_LINE_END: Final = re.compile(r"\r\n|\r")
_ENVIRONMENT: Final = environment(autoescape=False)
_JOINING: Final = ("and", "or", "not", "is", "in", "if", "else")
_WORD_FOR: Final = {
    "&": "'and'",
    "!": "'not'",
    "“": "straight quotes",
    "”": "straight quotes",
    "‘": "straight quotes",
    "’": "straight quotes",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """One ``{{ }}``, ``{% %}`` or ``{# #}`` of a source, `source[start:end]`."""

    kind: str  # variable, block, comment or raw
    start: int
    end: int


class _Place(int):
    """A line number that knows its column: Jinja's parser hands it on to every node."""

    column: int

    @staticmethod
    def of(line: int, column: int) -> _Place:
        place = _Place(line)
        place.column = column
        return place


def _pieces(source: str, state: str | None = None) -> Iterator[tuple[int, str, str]]:
    """Jinja's raw tokens as offset, kind and text."""
    offset = 0
    for _, kind, text in _ENVIRONMENT.lexer.tokeniter(source, None, None, state):
        # White space that a minus sign strips is in no token, so the offset is looked for rather than counted.
        offset = max(source.find(text, offset), offset)
        yield offset, kind, text
        offset += len(text)


def tags(source: str) -> list[Tag]:
    """The tags of a source in order; raw blocks count as one tag each end. Raises TemplateSyntaxError."""
    found: list[Tag] = []
    start = 0
    for offset, kind, text in _pieces(source):
        if kind in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
            start = offset
        if kind in ("variable_end", "block_end", "comment_end", "raw_begin", "raw_end"):
            end = offset + len(text.rstrip())
            found.append(Tag(kind.split("_")[0], offset if kind == "raw_end" else start, end))
    return found


def parse(source: str, *, expression: bool = False) -> nodes.Template | nodes.Expr:
    """The syntax tree, whose `lineno` also has a `column`. Raises TemplateSyntaxError, ValueError, RecursionError."""
    source = _LINE_END.sub("\n", source)
    starts = [0, *(match.end() for match in re.finditer("\n", source))]

    def placed() -> Iterator[tuple[int, str, str]]:
        line = 0
        for offset, kind, text in _pieces(source, "variable" if expression else None):
            while line + 1 < len(starts) and starts[line + 1] <= offset:
                line += 1
            yield _Place.of(line + 1, offset - starts[line] + 1), kind, text

    try:
        return _parsed(placed(), expression)
    except TemplateSyntaxError as error:
        raise _in_our_words(error, source, starts) from None


def _parsed(pieces: Iterator[tuple[int, str, str]], expression: bool) -> nodes.Template | nodes.Expr:
    parser = Parser(_ENVIRONMENT, "", state="variable" if expression else None)
    parser.stream = TokenStream(_ENVIRONMENT.lexer.wrap(pieces), None, None)
    if not expression:
        return parser.parse()
    found = parser.parse_expression()
    if not parser.stream.eos:
        word = str(parser.stream.current.value)
        hint = "; write == to compare" if word == "=" else nearest(word, _JOINING)
        found_here = f"expected the condition to end here, found {word[:60]!r}{hint}"
        raise TemplateSyntaxError(found_here, parser.stream.current.lineno)
    return found


def _in_our_words(error: TemplateSyntaxError, source: str, starts: list[int]) -> TemplateSyntaxError:
    """The lexer tells a strange character by its offset: its place instead, and the word that is written for it."""
    strange = re.fullmatch(r"unexpected char '(.+)' at (\d+)", error.message or "")
    if strange is None:
        return error
    offset, before = int(strange.group(2)), [start for start in starts if start <= int(strange.group(2))]
    word = _WORD_FOR.get(source[offset])
    message = f"unexpected {source[offset]!r}" + (f": write {word}" if word else "")
    return TemplateSyntaxError(message, _Place.of(len(before), offset - before[-1] + 1))


def column_of(line: int | None) -> int:
    """The column that a node's `lineno` has kept, 1 where it has none."""
    return getattr(line, "column", 1)
