"""Does a condition hold, and what did it look at? Compiled once, judged many times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from regulars.journeys import jinja
from regulars.journeys.expression import Unsupported, compiled
from regulars.journeys.jinja import Fault, Names
from regulars.journeys.questions import LATER_NAMES, QUESTIONS, Vocabulary, argument_faults, fault
from regulars.journeys.syntax import parse
from regulars.journeys.three_valued import Frame, Run, truth

_NO_NAMES = Names({})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a condition.

    `holds`: it is known to be true. `unknown`: it is neither known to be true nor to be false, since something was
    missing or went wrong. `seen`: every path and question it came to, with its value (JSON). `empty`: what was missing
    in a comparison. `error`: the kind of error that ended it.
    """

    holds: bool
    seen: dict[str, Any]
    empty: tuple[str, ...] = ()
    unknown: bool = False
    error: str | None = None


class ConditionError(ValueError):
    """The source is not a condition. `faults` says why, each with its place."""

    def __init__(self, source: str, found: list[Fault]) -> None:
        self.faults = tuple(found)
        super().__init__(f"{source!r}: " + "; ".join(one.message for one in found))


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; `judge` is pure and may be called from any thread."""

    source: str
    _run: Run = field(repr=False, compare=False)

    @staticmethod
    def compile(source: str, names: Names | None = None, vocabulary: Vocabulary | None = None) -> Condition:
        """Compile. Without `names` or `vocabulary` those are not checked again. Raises ConditionError."""
        if found := faults(source, names, vocabulary):
            raise ConditionError(source, found)
        return Condition(source, compiled(parse(source, expression=True)))

    def judge(self, context: Mapping[str, Any]) -> Judgement:
        """Judge on `context`: root names to mappings of JSON values and aware datetimes, questions to callables.

        Never raises: what raises does not hold, and `error` names it.
        """
        frame = Frame(context)
        try:
            holds = truth(self._run(frame))
        except Exception as error:
            name = type(error).__name__
            return Judgement(False, frame.seen, tuple(frame.empty), unknown=True, error=f"{name}: {error}"[:200])
        return Judgement(holds is True, frame.seen, tuple(frame.empty), unknown=holds is None)


def faults(source: str, names: Names | None, vocabulary: Vocabulary | None) -> list[Fault]:
    """All that is wrong with `source`, by its place in it (1-based)."""
    braces = re.search(r"\{\{|\{%", source)
    if braces:
        line = source.count("\n", 0, braces.start()) + 1
        column = braces.start() - source.rfind("\n", 0, braces.start())
        return [Fault(line, column, f"a condition is written without {braces.group()}")]
    if len(source) > jinja.EXPRESSION_LIMIT:
        return jinja.faults(source, _NO_NAMES, expression=True)
    try:
        tree = parse(source, expression=True)
    except (TemplateSyntaxError, RecursionError, ValueError):
        return jinja.faults(source, _NO_NAMES, expression=True)
    found = set() if names is None else set(jinja.faults(source, _with_later(names), expression=True))
    try:
        found |= set(_beyond_names(tree, vocabulary))
        if not found:
            compiled(tree)
    except Unsupported as error:
        found.add(Fault(error.line, error.column, str(error)))
    except RecursionError:
        found.add(Fault(1, 1, "the condition is nested too deep"))
    return sorted(found, key=lambda one: (one.line, one.column, one.message))


def _with_later(names: Names) -> Names:
    """With the names and questions of later versions, which `_beyond_names` answers for."""
    return Names({**names.roots, **dict.fromkeys(LATER_NAMES)}, names.questions)


def _beyond_names(tree: nodes.Node, vocabulary: Vocabulary | None) -> Iterator[Fault]:
    """What is wrong with questions' arguments, and what belongs to later versions."""
    for node in (tree, *tree.find_all((nodes.Call, nodes.Name))):
        if isinstance(node, nodes.Name) and node.name in LATER_NAMES:
            yield fault(node, f"{node.name!r} is not available in this version")
        elif isinstance(node, nodes.Call) and getattr(node.node, "name", None) in QUESTIONS:
            yield from argument_faults(node, vocabulary)
