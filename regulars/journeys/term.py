"""What is an expression worth? One of the condition language, compiled once, that gives a value instead of deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.journeys.condition import ConditionError, faults
from regulars.journeys.expression import compiled
from regulars.journeys.syntax import parse
from regulars.journeys.three_valued import UNKNOWN, Empty, Frame, Run


@dataclass(frozen=True, slots=True)
class Worth:
    """What came of it. `value`: None where something was missing or went wrong. `seen`: every path and question it came
    to, with its value (JSON). `error`: the kind of error that ended it."""

    value: Any
    seen: dict[str, Any]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A compiled expression; `of` is pure and may be called from any thread."""

    source: str
    _run: Run = field(repr=False, compare=False)

    @staticmethod
    def compile(source: str) -> Term:
        """Compile. Raises ConditionError."""
        if found := faults(source, None, None):
            raise ConditionError(source, found)
        return Term(source, compiled(parse(source, expression=True)))

    def of(self, context: Mapping[str, Any]) -> Worth:
        """Its worth in `context`, which is a condition's. Never raises: what raises is worth nothing."""
        frame = Frame(context)
        try:
            value = self._run(frame)
        except Exception as error:
            return Worth(None, frame.seen, type(error).__name__)
        missing = value is UNKNOWN or isinstance(value, Empty)
        return Worth(None if missing else value, frame.seen)
