"""What was found, and where? One finding of the table, in one place of a file."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.checks.table import CHECK_OF, Code, Severity
from regulars.journeys.mistakes import Mistake, Place


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`file`, `line` and `column` (1-based) say where. `message` says what, `mend` how to mend it: a sentence each."""

    file: str
    line: int
    column: int
    code: Code
    message: str

    @property
    def severity(self) -> Severity:
        return CHECK_OF[self.code].severity

    @property
    def mend(self) -> str:
        return CHECK_OF[self.code].mend

    @staticmethod
    def at(file: str, place: Place, code: Code, message: str) -> Finding:
        return Finding(file, place.line, place.column, code, message)

    @staticmethod
    def of(mistake: Mistake) -> Finding:
        """What loading refused, or warned of."""
        where = [f"journey {mistake.journey}"] if mistake.journey else []
        where += [f"step {mistake.step}"] if mistake.step else []
        where += [f"segment {mistake.segment}"] if mistake.segment else []
        said = ": ".join([*([", ".join(where)] if where else []), mistake.message])
        return Finding(mistake.file, mistake.line, mistake.column, mistake.code, said)
