"""How does one part of a message come out? Compiled Jinja, rendered within limits, whose failures tell no secrets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

from jinja2 import Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy.exc import OperationalError

from regulars.delivery.held import Restored
from regulars.delivery.traced import Spot
from regulars.journeys.jinja import Exceeded, render

CLIPPED_BYTES: Final = 102_400  # Gmail shows no more of a mail's HTML, and so not its footer
_NOT_IN_A_LINE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class RenderError(Exception):
    """One customer's data made a template fail. `reason` names the place and holds nothing of the data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def one_line(text: str) -> str:
    """Text that can stand in a header: nothing in it ends a line."""
    if text.isprintable() and "  " not in text:  # as nearly every one
        return text.strip(" ")
    return _NOT_IN_A_LINE.sub(" ", text).strip(" ")


def printable(text: str) -> str:
    """Text without control characters but line breaks and tabs."""
    return _NOT_IN_TEXT.sub("", text)


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled part. `locate` says where its author wrote what stands on a line of `source`."""

    source: str
    template: Template
    locate: Callable[[int], Spot]
    constant: bool = False

    @staticmethod
    def of(restored: Restored, whole: Spot, environment: ImmutableSandboxedEnvironment) -> Part:
        """Compile. Raises jinja2.TemplateSyntaxError where a compiler has torn the Jinja apart."""
        lines = sorted(restored.spots)

        def locate(line: int) -> Spot:
            at = bisect_right(lines, line)
            return restored.spots[lines[at - 1]] if at else whole

        return Part(restored.text, environment.from_string(restored.text), locate)

    @staticmethod
    def of_lines(text: str, locate: Callable[[int], Spot], environment: ImmutableSandboxedEnvironment) -> Part:
        """Compile a text whose lines are those of its author."""
        return Part(text, environment.from_string(text), locate, constant="{" not in text)

    def render(self, context: dict[str, Any]) -> str:
        """Raises RenderError."""
        if self.constant:
            return self.source
        try:
            return render(self.template, context)
        except Exceeded as error:
            reason = str(error)
            place = self._place(error.__traceback__)
        except OperationalError:  # the database that a question asks is away: no fault of the data
            raise
        except Exception as error:  # whatever a filter, a comparison or a question makes of the data
            reason = f"{type(error).__name__}, a value is not what is expected here"
            place = self._place(error.__traceback__)
        # Raised here and not above, so that the first error, which may quote the data, hangs on to nothing.
        raise RenderError(f"{place}: {reason}")

    def _place(self, trace: TracebackType | None) -> Spot:
        line = 0
        while trace is not None:
            if trace.tb_frame.f_globals is self.template.root_render_func.__globals__:
                line = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return self.locate(line)

    def always_names(self, root: str, attribute: str | None = None) -> bool:
        """Whether ``root`` or ``root.attribute`` is printed whatever the data are: outside of every if and for."""
        tree = self.template.environment.parse(self.source)
        return any(_names(output, root, attribute) for output in _always(tree.body))


def _always(body: list[nodes.Node]) -> Iterator[nodes.Node]:
    for node in body:
        if isinstance(node, nodes.Output):
            yield from node.nodes
        elif isinstance(node, nodes.FilterBlock):
            yield from _always(node.body)


def _names(node: nodes.Node, root: str, attribute: str | None) -> bool:
    every = [node, *node.find_all(nodes.Node)]
    if attribute is None:
        return any(isinstance(one, nodes.Name) and one.name == root for one in every)
    return any(
        isinstance(one, nodes.Getattr)
        and one.attr == attribute
        and isinstance(one.node, nodes.Name)
        and one.node.name == root
        for one in every
    )
