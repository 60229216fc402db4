"""What can a template cost, at most? The Jinja environment whose every construct is bounded, and metered rendering."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar, cast

from jinja2 import ChainableUndefined, Template, nodes, pass_context, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from regulars.journeys.formats import FILTERS, LIST_LIMIT, bounded_text, missing

OUTPUT_LIMIT: Final = 1_000_000  # characters of one rendering
TURNS_LIMIT: Final = 10_000  # of all loops of one rendering together
FACTOR_BITS: Final = 128  # of the factors of a product together: a product of products cannot grow
_SHORT: Final = 200  # characters: what is longer is not printed often
_BATCH: Final = 64  # pieces of output between two looks at its length
LOOP: Final = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})

_Node = TypeVar("_Node", bound=nodes.Node)


class Exceeded(Exception):
    """A rendering went over a limit. The message holds nothing of the context."""


class _Context(Context):
    """What Jinja keeps of one rendering, made in a fraction of the time; and the turns of all its loops."""

    def __init__(
        self,
        environment: Any,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: Any = None,
    ) -> None:
        """Without what the language does not offer: blocks, globals, and a setting that changes on the way."""
        self.environment, self.parent, self.name = environment, parent, name
        self.eval_ctx = environment.eval_ctx
        self.vars, self.exported_vars, self.globals_keys, self.blocks = {}, set(), set(), {}
        self.turns = 0

    def spend(self, turns: int) -> None:
        self.turns += turns
        if self.turns > TURNS_LIMIT:
            raise Exceeded(f"loops took more than {TURNS_LIMIT} turns")


@pass_context
def _turns(context: _Context, value: Any) -> list[Any]:
    """What a loop goes over: the first hundred, metered."""
    if missing(value):
        return []
    if isinstance(value, str):
        raise TypeError("a loop cannot go over text")
    some = list(islice(value, LIST_LIMIT))
    context.spend(len(some))
    return some


@pass_eval_context
def _concat(eval_ctx: nodes.EvalContext, parts: list[Any]) -> str:
    """What ``~`` makes, within limits; what is missing adds nothing."""
    texts = ["" if missing(part) else part for part in parts]
    if eval_ctx.autoescape and any(isinstance(part, Markup) for part in texts):
        return bounded_text(Markup("").join(texts))
    return bounded_text("".join(map(str, texts)))


class _Bounder(NodeTransformer):
    """Sends every loop and every ``~`` through the bounded filters above."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.iter = self._through("_turns", cast(nodes.Expr, node.iter))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return self._through("_concat", nodes.List(node.nodes, lineno=node.lineno))

    def _through(self, name: str, expr: nodes.Expr) -> nodes.Expr:
        through = nodes.Filter(expr, name, [], [], None, None, lineno=expr.lineno)
        through.set_environment(self.environment)
        return through


class _Generator(CodeGenerator):
    """Has every value printed by one call, where Jinja's own makes two."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.escaped(" if frame.eval_ctx.autoescape else "environment.shown(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


_escaped = lru_cache(maxsize=4096)(escape)  # names of the shop and its wares, addresses, amounts: few, printed often


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _bits(value: int | float) -> int:
    return value.bit_length() if isinstance(value, int) else 0


TESTS: Final[Mapping[str, Any]] = {
    "defined": lambda value: not missing(value),
    "undefined": missing,
    "none": missing,
    "odd": lambda value: _is_number(value) and value % 2 == 1,
    "even": lambda value: _is_number(value) and value % 2 == 0,
    "number": _is_number,
    "string": lambda value: isinstance(value, str),
}


class Environment(ImmutableSandboxedEnvironment):
    """Plain data in, text out: attributes are a mapping's items and nothing else, and no operation can run away."""

    intercepted_binops = frozenset({"+", "*", "%", "**"})
    context_class = _Context
    code_generator_class = _Generator

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.eval_ctx = nodes.EvalContext(self)

    def escaped(self, value: Any) -> str:
        """A value as HTML; what is missing as nothing."""
        if type(value) is str:
            return _escaped(value) if len(value) <= _SHORT else escape(value)
        return "" if value is None else escape(value)

    def shown(self, value: Any) -> str:
        """A value as text; what is missing as nothing."""
        return value if type(value) is str else "" if value is None else str(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``obj.attribute``: an item of a mapping, or of ``loop``; anything else is nothing."""
        if type(obj) is dict and attribute in obj:  # what nearly all are, several times as fast
            return obj[attribute]
        if isinstance(obj, Mapping):
            found = obj.get(attribute, self)
            return self.undefined(name=attribute) if found is self else found
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``obj[argument]``: an item of a mapping, list or text; anything else is nothing."""
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, list | tuple | str) and isinstance(argument, int | slice):
            with suppress(IndexError):  # past a list's end is as empty as a key that is not there
                return obj[argument]
        return self.undefined(name=str(argument)[:40])

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """``+ * % **`` are for numbers, and products stay small. Raises TypeError, SecurityError."""
        if operator == "**":
            raise SecurityError("** is not offered")
        if not (_is_number(left) and _is_number(right)):
            raise TypeError(f"{operator} is for numbers")
        if operator == "*" and _bits(left) + _bits(right) > FACTOR_BITS:
            raise Exceeded("a product is too large")
        return super().call_binop(context, operator, left, right)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(_Bounder(self).visit(source), name, filename, defer_init)


def _print(value: Any) -> Any:
    return "" if value is None else value


def environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    """A Jinja environment that is bounded whatever it is given. `faults` refuses at load what this refuses at run time.

    Missing values print as nothing and so do their attributes; no globals, and the filters and tests of the language.
    """
    made = Environment(autoescape=autoescape, undefined=ChainableUndefined, finalize=_print, keep_trailing_newline=True)
    made.globals.clear()
    made.tests = dict(TESTS)
    made.filters = {**FILTERS, "_turns": _turns, "_concat": _concat}
    return made


def render(template: Template, context: dict[str, Any]) -> str:
    """Render within limits. Raises Exceeded, and whatever a filter makes of the data (ValueError, TypeError, ...)."""
    stream = template.root_render_func(template.new_context(context, shared=True))
    text = ""
    while batch := list(islice(stream, _BATCH)):
        text += "".join(batch)
        if len(text) > OUTPUT_LIMIT:
            raise Exceeded(f"the text is longer than {OUTPUT_LIMIT} characters")
    return text
