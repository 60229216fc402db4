"""What is wrong with the file? Every mistake in its place, collected in one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `line` and `column` are 1-based; `journey`, `step` and `segment` are None outside of one."""

    file: str
    line: int
    column: int
    journey: str | None
    step: str | None
    message: str
    segment: str | None = None

    def __str__(self) -> str:
        where = [f"journey {self.journey}"] if self.journey else []
        where += [f"step {self.step}"] if self.step else []
        where += [f"segment {self.segment}"] if self.segment else []
        place = f"{self.file}:{self.line}:{self.column}"
        return ": ".join([place, *([", ".join(where)] if where else []), self.message])


class Mistakes(Exception):
    """The file cannot be used. `found` holds every mistake, in the order of the files."""

    def __init__(self, found: Iterable[Mistake]) -> None:
        self.found = tuple(sorted(set(found), key=_place))
        super().__init__("\n".join(str(mistake) for mistake in self.found))


def _place(mistake: Mistake) -> tuple[str, int, int, str]:
    return mistake.file, mistake.line, mistake.column, mistake.message


class Place(Protocol):
    """Anything that stands in the file: 1-based."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Findings:
    """Collects mistakes. `of_journey` and its kin give a view of the same collection that knows where it is."""

    file: str
    journey: str | None = None
    step: str | None = None
    segment: str | None = None
    found: list[Mistake] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        """Record a mistake at `place`."""
        self.found.append(Mistake(self.file, place.line, place.column, self.journey, self.step, message, self.segment))

    def of_journey(self, journey: str) -> Findings:
        """The same collection, inside `journey`."""
        return replace(self, journey=journey, step=None)

    def of_segment(self, segment: str) -> Findings:
        """The same collection, inside `segment`."""
        return replace(self, segment=segment)

    def of_step(self, step: str) -> Findings:
        """The same collection, inside `step` of this journey."""
        return replace(self, step=step)
