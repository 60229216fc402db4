"""What is wrong with the file? Every mistake in its place, collected in one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from regulars.journeys.written import Written

# What kind of mistake it is: the codes of docs/checks.md that loading gives.
Code = Literal[
    "unreadable-file",
    "not-yaml",
    "unknown-word",
    "missing-word",
    "wrong-value",
    "wrong-expression",
    "unknown-name",
    "not-defined",
    "step-after-leave",
    "start-repeats",
    "never-heard",
    "journey-circle",
    "no-way-out",
    "unknown-tag",
    "wrong-template",
    "no-house-language",
    "narrowing-column",
    "clipped-mail",
]


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
    code: Code = field(default="wrong-value", compare=False)

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
    code: Code = "wrong-value"  # of what is not said to be of another kind
    found: list[Mistake] = field(default_factory=list)
    written: Written = field(default_factory=Written)

    def add(self, place: Place, message: str, code: Code | None = None) -> None:
        """Record a mistake at `place`."""
        where = (self.file, place.line, place.column, self.journey, self.step)
        self.found.append(Mistake(*where, message, self.segment, code or self.code))

    def of_code(self, code: Code) -> Findings:
        """The same collection, for mistakes of that kind."""
        return replace(self, code=code)

    def of_journey(self, journey: str) -> Findings:
        """The same collection, inside `journey`."""
        return replace(self, journey=journey, step=None)

    def of_segment(self, segment: str) -> Findings:
        """The same collection, inside `segment`."""
        return replace(self, segment=segment)

    def of_step(self, step: str) -> Findings:
        """The same collection, inside `step` of this journey."""
        return replace(self, step=step)
