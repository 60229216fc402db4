"""What does an expression mean? Jinja's syntax tree, compiled once to closures."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import nodes

from regulars.journeys.bounded import TESTS, environment
from regulars.journeys.formats import FILTERS, bounded_text
from regulars.journeys.questions import QUESTIONS
from regulars.journeys.syntax import column_of
from regulars.journeys.three_valued import (
    UNKNOWN,
    Empty,
    Frame,
    Run,
    and_,
    choice,
    comparison,
    not_,
    or_,
    recorded,
    strict,
)

ENVIRONMENT: Final = environment(autoescape=False)
# A condition decides and prints nothing, so filters that print by locale are not its.
DECIDING: Final = frozenset({"default", "d", "length", "count", "first", "last", "round", "int"}) | frozenset(
    {"upper", "lower", "trim"}
)
DEPTH: Final = 40
_ARITHMETIC: Final[Mapping[type[nodes.Expr], Callable[[Any, Any], Any]]] = {
    nodes.Add: lambda left, right: ENVIRONMENT.call_binop(None, "+", left, right),  # type: ignore[arg-type]
    nodes.Mul: lambda left, right: ENVIRONMENT.call_binop(None, "*", left, right),  # type: ignore[arg-type]
    nodes.Mod: lambda left, right: ENVIRONMENT.call_binop(None, "%", left, right),  # type: ignore[arg-type]
    nodes.Sub: operator.sub,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
}


class Unsupported(ValueError):
    """The expression says what a condition cannot, at `line` and `column` (1-based)."""

    def __init__(self, node: nodes.Node, message: str) -> None:
        super().__init__(message)
        self.line, self.column = int(node.lineno), column_of(node.lineno)


def compiled(node: nodes.Node, depth: int = 0) -> Run:
    """The closure that evaluates `node`. Raises Unsupported."""
    if depth > DEPTH:
        raise Unsupported(node, "the condition is too long")
    deeper = depth + 1
    match node:
        case nodes.Const():
            return _constant(node)
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            return _path(node, deeper)
        case nodes.List() | nodes.Tuple():
            return strict(_list, [compiled(item, deeper) for item in node.items])
        case nodes.Compare():
            return _comparison(node, deeper)
        case nodes.And():
            return and_(compiled(node.left, deeper), compiled(node.right, deeper))
        case nodes.Or():
            return or_(compiled(node.left, deeper), compiled(node.right, deeper))
        case nodes.Not():
            return not_(compiled(node.node, deeper))
        case nodes.Neg():
            return strict(operator.neg, [compiled(node.node, deeper)])
        case nodes.Pos():
            return strict(operator.pos, [compiled(node.node, deeper)])
        case nodes.Concat():
            return strict(_joined, [compiled(item, deeper) for item in node.nodes])
        case nodes.CondExpr():
            return _choice(node, deeper)
        case nodes.Filter() | nodes.Test():
            return _filter(node, deeper) if isinstance(node, nodes.Filter) else _test(node, deeper)
        case nodes.Call():
            return _question(node)
        case nodes.BinExpr() if type(node) in _ARITHMETIC:
            return strict(_ARITHMETIC[type(node)], [compiled(node.left, deeper), compiled(node.right, deeper)])
    raise Unsupported(node, f"{type(node).__name__} is not part of a condition")


def _constant(node: nodes.Const) -> Run:
    value = node.value
    if value is None:
        raise Unsupported(node, "nothing compares with none: write 'is none' or 'is not none'")
    return lambda frame: value


def _path(node: nodes.Expr, depth: int) -> Run:
    """A name with what stands behind its dots and in its brackets, looked up and put on record as one."""
    label = spelled(node)
    keys: list[str | int] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getattr):
            keys.append(node.attr)
        elif isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str | int):
            keys.append(node.arg.value)
        else:
            raise Unsupported(node, "expected a number or a word in quotes between [ and ]")
        node = node.node
    keys.reverse()
    nothing = Empty((label,))
    base = _root(node.name) if isinstance(node, nodes.Name) else compiled(node, depth)

    def run(frame: Frame) -> Any:
        value = base(frame)
        if value is UNKNOWN:
            return UNKNOWN
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else _member(value, key)
        if value is None or isinstance(value, Empty):
            frame.seen[label] = None
            return nothing
        frame.seen[label] = recorded(value)
        return value

    return run


def _root(name: str) -> Run:
    return lambda frame: frame.context.get(name)


def _member(value: Any, key: str | int) -> Any:
    if isinstance(key, int) and isinstance(value, list | tuple) and -len(value) <= key < len(value):
        return value[key]
    return None


def spelled(node: nodes.Node) -> str:
    """A path, a question or a filtered one as it is written."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr(node=nodes.Filter() as inner):
            return f"({spelled(inner)}).{node.attr}"
        case nodes.Getattr():
            return f"{spelled(node.node)}.{node.attr}"
        case nodes.Getitem():
            return f"{spelled(node.node)}[{spelled(node.arg)}]"
        case nodes.Filter(node=nodes.Node() as inner):
            return f"{spelled(inner)}|{node.name}"
        case nodes.Call():
            words = [spelled(arg) for arg in node.args]
            words += [f"{pair.key}={spelled(pair.value)}" for pair in node.kwargs]
            return f"{spelled(node.node)}({', '.join(words)})"
        case nodes.Const():
            return repr(node.value)
        case _:
            return "(...)"


def _list(*values: Any) -> list[Any]:
    return list(values)


def _joined(*parts: Any) -> str:
    return bounded_text("".join(map(str, parts)))


def _choice(node: nodes.CondExpr, depth: int) -> Run:
    if node.expr2 is None:
        raise Unsupported(node, "expected an 'else'")
    return choice(compiled(node.test, depth), compiled(node.expr1, depth), compiled(node.expr2, depth))


def _comparison(node: nodes.Compare, depth: int) -> Run:
    others = [(operand.op, compiled(operand.expr, depth)) for operand in node.ops]
    return comparison(compiled(node.expr, depth), others)


def _operands(node: nodes.Filter | nodes.Test, depth: int) -> list[Run]:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or node.node is None:
        raise Unsupported(node, f"{node.name} takes its words by place")
    return [compiled(node.node, depth), *(compiled(arg, depth) for arg in node.args)]


def _filter(node: nodes.Filter, depth: int) -> Run:
    if node.name not in DECIDING:
        raise Unsupported(node, f"{node.name!r} is for printing: a condition compares the value itself")
    function = FILTERS[node.name]
    operands = _operands(node, depth)
    result = _default(function, operands) if node.name in ("default", "d") else strict(function, operands)
    nothing = Empty((spelled(node),))

    def run(frame: Frame) -> Any:
        value = result(frame)
        return nothing if value is None else value

    return run


def _default(function: Callable[..., Any], operands: list[Run]) -> Run:
    def run(frame: Frame) -> Any:
        values = [operand(frame) for operand in operands]
        if values[0] is UNKNOWN:
            return UNKNOWN
        return function(*(None if isinstance(value, Empty) else value for value in values))

    return run


def _test(node: nodes.Test, depth: int) -> Run:
    operands = _operands(node, depth)
    if node.name not in TESTS:
        raise Unsupported(node, f"there is no test {node.name!r}")
    if node.name not in ("defined", "undefined", "none"):
        return _noted(strict(TESTS[node.name], operands))
    wanted = node.name != "defined"

    def run(frame: Frame) -> Any:
        value = operands[0](frame)
        return UNKNOWN if value is UNKNOWN else isinstance(value, Empty) == wanted

    return run


def _noted(test: Run) -> Run:
    """A test of what is missing is as unknown as a comparison with it."""

    def run(frame: Frame) -> Any:
        value = test(frame)
        if isinstance(value, Empty):
            frame.empty.update(dict.fromkeys(value.names))
            return UNKNOWN
        return value

    return run


def _question(node: nodes.Call) -> Run:
    if not isinstance(node.node, nodes.Name) or node.node.name not in QUESTIONS:
        raise Unsupported(node, f"only a question can be asked: {', '.join(QUESTIONS)}")
    name, label = node.node.name, spelled(node)
    args = [arg.as_const() for arg in node.args]
    words = {pair.key: pair.value.as_const() for pair in node.kwargs}

    def run(frame: Frame) -> Any:
        value = frame.seen[label] = recorded(frame.context[name](*args, **words))
        if value is None:  # no answer is neither yes nor no
            frame.empty[label] = None
            return UNKNOWN
        return value

    return run
