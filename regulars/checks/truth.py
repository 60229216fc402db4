"""Can a condition come out either way? Every value that matters is tried for whatever it looks at.

A condition changes its answer only where a value passes one that it is compared with; so each of those, something on
either side, and nothing at all stand for all values there are. Where that is too many, or values are reckoned with, the
answer is that we do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import Any, Final

from jinja2 import nodes

from regulars.journeys.expression import compiled, spelled
from regulars.journeys.questions import QUESTIONS
from regulars.journeys.syntax import parse
from regulars.journeys.three_valued import Frame, Run, truth

_MOST: Final = 20_000  # valuations that are tried
_YES_OR_NO: Final = frozenset(QUESTIONS) - {"count"}
_COUNTED: Final = frozenset({"customer.orders", "customer.spent_minor"})
_ALWAYS_KNOWN: Final = _COUNTED | {"customer.id", "customer.created_at", "customer.locale", "customer.timezone"}
_LOGIC: Final = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Test, nodes.Const, nodes.List)
_LOGIC_TOO: Final = (nodes.Tuple, nodes.Neg)
_TESTS: Final = ("defined", "undefined", "none")
Leaf = str


@dataclass(frozen=True, slots=True)
class Said:
    """A condition, or part of one. `event`: what `event` stands for there ("start", or a step that heard it)."""

    node: nodes.Node
    event: str = "start"

    @staticmethod
    def of(source: str, event: str = "start") -> Said:
        return Said(parse(source, expression=True), event)

    def parts(self) -> Iterator[Said]:
        """What holds by itself where the whole holds: the sides of every `and`."""
        if isinstance(self.node, nodes.And):
            yield from Said(self.node.left, self.event).parts()
            yield from Said(self.node.right, self.event).parts()
        else:
            yield self

    def leaves(self) -> frozenset[Leaf]:
        """What it looks at: paths and questions, `event` by the name of what it stands for."""
        return frozenset(self._called(leaf) for leaf in _leaves(self.node))

    def _called(self, leaf: nodes.Node) -> Leaf:
        name = spelled(leaf)
        root, dot, rest = name.partition(".")
        return f"{self.event}{dot}{rest}" if root == "event" and not isinstance(leaf, nodes.Call) else name


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known: that a condition holds, or that it does not."""

    said: Said
    holds: bool = True


def answers(test: Said, facts: Sequence[Fact] = ()) -> frozenset[bool] | None:
    """Which answers a condition can have, where the facts are so: whether it is known to hold. None: we do not know."""
    concerned = _concerned(test, facts)
    every = [test, *(fact.said for fact in concerned)]
    if not all(_is_logic(said.node) for said in every):
        return None
    pools = _pools(every)
    if prod(len(pool) for pool in pools.values()) > _MOST:
        return None
    runs = [(_Judge(said), fact.holds) for fact in concerned for said in (fact.said,)]
    judge, found = _Judge(test), set[bool]()
    for values in product(*pools.values()):
        valued = dict(zip(pools, values, strict=True))
        if all(run.holds(valued) is wanted for run, wanted in runs):
            found.add(judge.holds(valued))
            if len(found) > 1:
                break
    return frozenset(found) or None  # facts that contradict each other say nothing


def _concerned(test: Said, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that speak of what the test looks at, and of what those look at."""
    leaves, concerned, left = set(test.leaves()), list[Fact](), list(facts)
    while more := [fact for fact in left if leaves & fact.said.leaves() and _is_logic(fact.said.node)]:
        for fact in more:
            leaves |= fact.said.leaves()
        concerned += more
        left = [fact for fact in left if fact not in more]
    return concerned


class _Judge:
    """Judges one condition by the values of what it looks at."""

    def __init__(self, said: Said) -> None:
        self._said, self._run = said, compiled(said.node)

    def holds(self, values: Mapping[Leaf, Any]) -> bool:
        context: dict[str, Any] = {}
        asked: dict[str, Any] = {}
        for leaf in _leaves(self._said.node):
            value = values[self._said._called(leaf)]
            if isinstance(leaf, nodes.Call):
                asked[spelled(leaf)] = value
            else:
                _put(context, spelled(leaf).split("."), value)
        context |= {name: _answering(name, asked) for name in QUESTIONS}
        return _held(self._run, context)


def _held(run: Run, context: dict[str, Any]) -> bool:
    try:
        return truth(run(Frame(context))) is True
    except (TypeError, ValueError, ArithmeticError):  # as when judged: what goes wrong does not hold
        return False


def _answering(name: str, asked: Mapping[str, Any]) -> Any:
    def answer(*args: Any, **words: Any) -> Any:
        written = [repr(arg) for arg in args] + [f"{word}={value!r}" for word, value in words.items()]
        return asked[f"{name}({', '.join(written)})"]

    return answer


def _put(context: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        inner = context.setdefault(key, {})
        if not isinstance(inner, dict):  # `customer.traits` beside `customer.traits.size`
            return
        context = inner
    context.setdefault(keys[-1], value)


def _is_logic(node: nodes.Node) -> bool:
    """Whether all it does is compare, ask, and join: nothing that reckons with what it looks at."""
    if _is_leaf(node):
        return all(part.isidentifier() for part in spelled(node).split(".")) or isinstance(node, nodes.Call)
    if not isinstance(node, _LOGIC + _LOGIC_TOO) or (isinstance(node, nodes.Test) and node.name not in _TESTS):
        return False
    if isinstance(node, nodes.Compare) and any(
        operand.op in ("in", "notin") and not isinstance(operand.expr, nodes.List | nodes.Tuple) for operand in node.ops
    ):
        return False
    return all(_is_logic(child) for child in node.iter_child_nodes())


def _is_leaf(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.Call)


def _leaves(node: nodes.Node) -> Iterator[nodes.Node]:
    if _is_leaf(node):
        yield node
        return
    for child in node.iter_child_nodes():
        yield from _leaves(child)


def _pools(every: Sequence[Said]) -> dict[Leaf, list[Any]]:
    """The values to try, by leaf. What is compared with each other is tried with the same ones."""
    group: dict[Leaf, Leaf] = {}
    constants: dict[Leaf, set[Any]] = {}
    for said in every:
        for leaf in said.leaves():
            group.setdefault(leaf, leaf)
        for leaves, found in _compared(said):
            for leaf in leaves:
                constants.setdefault(leaf, set()).update(found)
            for one, other in pairwise(leaves):
                mine, theirs = group[one], group[other]
                group |= {leaf: mine for leaf, of in group.items() if of == theirs}
    together: dict[Leaf, set[Any]] = {}
    for leaf, of in group.items():
        together.setdefault(of, set()).update(constants.get(leaf, ()))
    return {leaf: _values(leaf, together[of]) for leaf, of in group.items()}


def _compared(said: Said) -> Iterator[tuple[list[Leaf], set[Any]]]:
    """What each comparison holds against each other: leaves, and constants."""
    for node in (said.node, *said.node.find_all(nodes.Compare)):
        if isinstance(node, nodes.Compare):
            sides = [node.expr, *(operand.expr for operand in node.ops)]
            leaves = [said._called(side) for side in sides if _is_leaf(side)]
            yield leaves, {value for side in sides if not _is_leaf(side) for value in _constants(side)}


def _constants(node: nodes.Node) -> Iterator[Any]:
    if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const):
        yield -node.node.value
    elif isinstance(node, nodes.Const):
        yield node.value
    else:
        for child in node.iter_child_nodes():
            yield from _constants(child)


def _values(leaf: Leaf, constants: set[Any]) -> list[Any]:
    if leaf.partition("(")[0] in _YES_OR_NO and "(" in leaf:
        return [True, False]
    counted = leaf in _COUNTED or leaf.startswith("count(")
    numbers = sorted(value for value in constants if isinstance(value, int | float) and not isinstance(value, bool))
    texts = sorted(value for value in constants if isinstance(value, str))
    found: list[Any] = []
    if counted:
        around = {int(number) + step for number in numbers for step in (-1, 0, 1)} or {0, 1, 2}
        return sorted(number for number in around | {0} if number >= 0)
    if numbers:
        between = [(low + high) / 2 for low, high in pairwise(numbers)]
        found += [numbers[0] - 1, *numbers, *between, numbers[-1] + 1]
    if texts:
        found += ["", *texts, *(f"{text} " for text in texts), "\U0010ffff"]
    if any(isinstance(value, bool) for value in constants):
        found += [True, False]
    found = found or [1, 2, 3]
    return found if leaf in _ALWAYS_KNOWN else [*found, None]
