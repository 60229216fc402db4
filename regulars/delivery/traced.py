"""Which file and line did this text come from? Text that is cut and joined and still knows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from regulars.journeys.mistakes import Code, Mistake


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file, 1-based."""

    file: str
    line: int
    column: int
    journey: str | None = None

    def mistake(self, message: str, code: Code = "wrong-template") -> Mistake:
        """A mistake here."""
        return Mistake(self.file, self.line, self.column, self.journey, None, message, None, code)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read. `journey`: whose template it is, None for what templates share."""

    file: str
    text: str
    journey: str | None = None

    def spot(self, offset: int) -> Spot:
        """Where the character at `offset` stands."""
        line = self.text.count("\n", 0, offset)
        return Spot(self.file, line + 1, offset - self.text.rfind("\n", 0, offset), self.journey)

    def offset(self, line: int, column: int) -> int:
        """Which character stands at a line and column (1-based)."""
        start = 0
        for _ in range(line - 1):
            start = self.text.find("\n", start) + 1
        return start + column - 1


@dataclass(frozen=True, slots=True)
class _Mark:
    """From `start` on, the text is that of `source` from `offset` on, or as a whole stands for that one place."""

    start: int
    source: Source
    offset: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and its origins."""

    text: str
    marks: tuple[_Mark, ...]

    @staticmethod
    def of(source: Source, start: int = 0) -> Traced:
        """The text of a file from `start` on."""
        return Traced(source.text[start:], (_Mark(0, source, start, False),))

    @staticmethod
    def put(text: str, source: Source, offset: int) -> Traced:
        """A text that was made, standing for one place of a file."""
        return Traced(text, (_Mark(0, source, offset, True),))

    @staticmethod
    def join(parts: Iterable[Traced]) -> Traced:
        """The parts one after the other; at least one is expected, though all may be empty."""
        every = list(parts)
        texts: list[str] = []
        marks: list[_Mark] = []
        length = 0
        for part in [part for part in every if part.text] or every[:1]:
            marks += (_Mark(mark.start + length, mark.source, mark.offset, mark.whole) for mark in part.marks)
            texts.append(part.text)
            length += len(part.text)
        return Traced("".join(texts), tuple(marks))

    def cut(self, start: int, end: int) -> Traced:
        """The text between two offsets."""
        first = max(0, bisect_right(self.marks, start, key=lambda mark: mark.start) - 1)
        marks: list[_Mark] = []
        for mark in self.marks[first:]:
            if mark.start >= end and marks:
                break
            skipped = max(0, start - mark.start)
            marks.append(
                _Mark(max(0, mark.start - start), mark.source, mark.offset + (0 if mark.whole else skipped), mark.whole)
            )
        return Traced(self.text[start:end], tuple(marks))

    def replaced(self, start: int, text: str) -> Traced:
        """`text`, standing for the place at `start`."""
        mark = self._mark(start)
        return Traced.put(text, mark.source, mark.offset + (0 if mark.whole else start - mark.start))

    def spot(self, offset: int) -> Spot:
        """Where the character at `offset` came from."""
        mark = self._mark(offset)
        return mark.source.spot(mark.offset + (0 if mark.whole else offset - mark.start))

    def at(self, line: int, column: int) -> Spot:
        """Where the character at a line and column of this text (1-based) came from."""
        return self.spot(Source("", self.text).offset(line, column))

    def _mark(self, offset: int) -> _Mark:
        return self.marks[max(0, bisect_right(self.marks, offset, key=lambda mark: mark.start) - 1)]
