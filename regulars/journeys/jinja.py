"""Is this template or condition one we may run? Syntax, constructs and names, judged before anything is rendered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinja2 import TemplateSyntaxError, nodes

from regulars.journeys.bounded import LOOP, TESTS, Exceeded, environment, render
from regulars.journeys.formats import FILTERS, STYLES
from regulars.journeys.mistakes import Code
from regulars.journeys.nearest import instead, nearest
from regulars.journeys.syntax import column_of, parse

__all__ = ["Exceeded", "Fault", "Names", "environment", "faults", "render"]

LOOPS_LIMIT: Final = 3
DEPTH_LIMIT: Final = 40
TEMPLATE_LIMIT: Final = 200_000  # characters of source
EXPRESSION_LIMIT: Final = 4_000
_STATEMENTS: Final = ("if", "for", "set")
_TAGS: Final = ("if", "elif", "else", "endif", "for", "endfor", "set")
_PLAIN: Final = (
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Concat, nodes.Sub),
    *(nodes.Div, nodes.FloorDiv, nodes.Neg, nodes.Pos, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Slice),
    *(nodes.Keyword, nodes.Const, nodes.TemplateData),
)
_NO_NUMBER: Final = (nodes.List, nodes.Tuple, nodes.Dict, nodes.Concat, nodes.TemplateData)

Scope = dict[str, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where inside the source (1-based)."""

    line: int
    column: int
    message: str
    code: Code = field(default="wrong-expression", compare=False)


@dataclass(frozen=True, slots=True)
class Names:
    """What may be named: `roots` with their attributes (None: any), and `questions`, which alone may be called."""

    roots: Mapping[str, frozenset[str] | None]
    questions: frozenset[str] = frozenset()


def faults(source: str, names: Names, *, expression: bool = False) -> list[Fault]:
    """Everything that is wrong with a template, or with a condition where `expression`; empty when it may run."""
    limit = EXPRESSION_LIMIT if expression else TEMPLATE_LIMIT
    if len(source) > limit:
        return [Fault(1, 1, f"expected at most {limit} characters, found {len(source)}")]
    if expression and not source.strip():
        return [Fault(1, 1, "expected a condition, found nothing")]
    try:
        tree = parse(source, expression=expression)
    except TemplateSyntaxError as error:
        return [_syntax(error)]
    except RecursionError:
        return [Fault(1, 1, f"expected at most {DEPTH_LIMIT} levels of nesting")]
    except ValueError:
        return [Fault(1, 1, "expected shorter numbers")]
    inspector = _Inspector(names)
    if isinstance(tree, nodes.Template):
        inspector.statements(tree.body, {}, 0)
    else:
        inspector.expression(tree, {}, 0)
    return inspector.found


def _syntax(error: TemplateSyntaxError) -> Fault:
    message = (error.message or "syntax error").rstrip(".")
    unknown = re.match(r"Encountered unknown tag '(\w+)'", message)
    if unknown:
        message = f"unknown tag '{unknown.group(1)}'{instead(unknown.group(1), _TAGS)}"
    return Fault(int(error.lineno), column_of(error.lineno), message)


class _Inspector:
    """Walks a tree with what is in scope, and collects faults."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.found: list[Fault] = []
        self.loops = 0

    def fault(self, node: nodes.Node, message: str, shift: int = 0, code: Code = "wrong-expression") -> None:
        self.found.append(Fault(int(node.lineno), column_of(node.lineno) + shift, message, code))

    def unknown(self, node: nodes.Node, message: str, shift: int = 0) -> None:
        """A fault for a name that there is not."""
        self.fault(node, message, shift, "unknown-name")

    def statements(self, body: Sequence[nodes.Node], scope: Scope, depth: int) -> None:
        if depth > DEPTH_LIMIT // 2 and body:
            self.fault(body[0], f"expected at most {DEPTH_LIMIT // 2} statements inside each other")
            return
        for node in body:
            match node:
                case nodes.Output():
                    for child in node.nodes:
                        self.expression(child, scope, 0)
                case nodes.If():
                    self.expression(node.test, scope, 0)
                    for branch in (node.body, node.elif_, node.else_):
                        self.statements(branch, scope, depth + 1)
                case nodes.For():
                    self._loop(node, scope, depth)
                case nodes.Assign(target=nodes.Name()):
                    self.expression(node.node, scope, 0)
                    self._bind(node.target, scope)
                case _:
                    self._refuse(node)

    def _loop(self, node: nodes.For, scope: Scope, depth: int) -> None:
        self.loops += 1
        if self.loops == LOOPS_LIMIT + 1:
            self.fault(node, f"expected at most {LOOPS_LIMIT} loops")
        if node.recursive:
            self.fault(node, "a recursive loop is not offered")
        self.expression(node.iter, scope, 0)
        inner: Scope = {**scope, "loop": LOOP}
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        for target in targets:
            self._bind(target, inner)
        if node.test is not None:
            self.expression(node.test, inner, 0)
        self.statements(node.body, inner, depth + 1)
        self.statements(node.else_, dict(scope), depth + 1)

    def _bind(self, target: nodes.Node, scope: Scope) -> None:
        if not isinstance(target, nodes.Name):
            self.fault(target, "expected a name here")
        elif target.name in self.names.roots or target.name in self.names.questions or target.name == "loop":
            self.fault(target, f"'{target.name}' is taken; choose another name")
        elif target.name.startswith("_"):
            self.fault(target, "a name may not begin with an underscore")
        else:
            scope[target.name] = None

    def _refuse(self, node: nodes.Node) -> None:
        what = "set with a block or several names" if isinstance(node, nodes.AssignBlock | nodes.Assign) else _tag(node)
        self.fault(node, f"{what} is not offered here, only {', '.join(_STATEMENTS)}")

    def expression(self, node: nodes.Node, scope: Scope, depth: int) -> None:
        if depth > DEPTH_LIMIT:
            if depth == DEPTH_LIMIT + 1:
                self.fault(node, f"expected at most {DEPTH_LIMIT} levels of nesting")
            return
        match node:
            case nodes.Name():
                self._name(node, scope)
            case nodes.Getattr():
                self._attribute(node, node.attr, scope, shift=1)
            case nodes.Getitem():
                self._item(node, scope)
            case nodes.Filter():
                self._filter(node)
            case nodes.Test():
                if node.name not in TESTS:
                    self.unknown(node, f"unknown test '{node.name}'{instead(node.name, sorted(TESTS))}")
            case nodes.Call():
                self._call(node, scope, depth)
                return
            case nodes.Add() | nodes.Mul() | nodes.Mod():
                self._arithmetic(node)
            case nodes.Pow():
                self.fault(node, "** is not offered")
            case _ if not isinstance(node, _PLAIN):
                self.fault(node, f"{_tag(node)} is not offered")
                return
        for child in node.iter_child_nodes():
            self.expression(child, scope, depth + 1)

    def _known(self, scope: Scope) -> Mapping[str, frozenset[str] | None]:
        return {**self.names.roots, **scope}

    def _name(self, node: nodes.Name, scope: Scope) -> None:
        known = self._known(scope)
        if node.name in self.names.questions:
            self.fault(node, f"'{node.name}' is a question: write {node.name}(...)")
        elif node.name not in known:
            self.unknown(
                node, f"unknown name '{node.name}'{instead(node.name, sorted({*known, *self.names.questions}))}"
            )

    def _attribute(self, node: nodes.Getattr | nodes.Getitem, name: str, scope: Scope, shift: int) -> None:
        if name.startswith("_"):
            self.fault(node, "a name may not begin with an underscore", shift)
        elif isinstance(node.node, nodes.Name):
            offered = self._known(scope).get(node.node.name)
            if offered is not None and name not in offered:
                self.unknown(node, f"'{node.node.name}' has no '{name}'{instead(name, sorted(offered))}", shift)

    def _item(self, node: nodes.Getitem, scope: Scope) -> None:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            self._attribute(node, node.arg.value, scope, shift=0)
        elif isinstance(node.node, nodes.Name) and self._known(scope).get(node.node.name) is not None:
            self.fault(node, f"expected the name of what is wanted of '{node.node.name}', as in {node.node.name}['x']")

    def _filter(self, node: nodes.Filter) -> None:
        if node.name not in FILTERS:
            self.unknown(node, f"unknown filter '{node.name}'{instead(node.name, sorted(FILTERS))}")
        elif node.dyn_args is not None or node.dyn_kwargs is not None:
            self.fault(node, "* and ** are not offered in arguments")
        elif node.name in STYLES and node.args and isinstance(node.args[0], nodes.Const):
            style = str(node.args[0].value)
            if style not in STYLES[node.name]:
                self.unknown(node, f"unknown style '{style}' of {node.name}{instead(style, sorted(STYLES[node.name]))}")

    def _call(self, node: nodes.Call, scope: Scope, depth: int) -> None:
        asked = node.node.name if isinstance(node.node, nodes.Name) else None
        if asked is None and isinstance(node.node, nodes.Getattr) and node.node.attr in FILTERS:
            self.fault(node.node, f"nothing can be called here; write it as a filter, | {node.node.attr}", 1)
        elif asked is None:
            self.fault(node, f"only questions can be called: {self._questions()}")
        elif asked not in self.names.questions:
            hint = nearest(asked, self.names.questions) or f", expected one of: {self._questions()}"
            self.unknown(node.node, f"unknown question '{asked}'{hint}")
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self.fault(node, "* and ** are not offered in arguments")
        for child in (*node.args, *node.kwargs):
            self.expression(child, scope, depth + 1)

    def _questions(self) -> str:
        return ", ".join(sorted(self.names.questions)) or "there are none here"

    def _arithmetic(self, node: nodes.BinExpr) -> None:
        for side in (node.left, node.right):
            text = isinstance(side, nodes.Const) and not isinstance(side.value, int | float)
            if text or isinstance(side, _NO_NUMBER):
                joined = "; join texts with ~" if isinstance(node, nodes.Add) else ""
                self.fault(side, f"{node.operator} is for numbers{joined}")


def _tag(node: nodes.Node) -> str:
    """A construct as its author knows it."""
    return f"'{type(node).__name__.lower().removesuffix('block')}'"
