"""How is a value read that a marketer writes, or that an expression in `{{` and `}}` is worth?"""

from __future__ import annotations

import re

from regulars.journeys import values
from regulars.journeys.fields import Read
from regulars.journeys.mistakes import Findings
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import Node, ScalarNode

Plain = str | int | float | bool | None
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_BRACES = re.compile(r"\{\{(.*)\}\}", re.DOTALL)


def plain(node: Node, findings: Findings) -> Plain:
    """true, false, a number, or a text."""
    if isinstance(node, ScalarNode) and node.plain and node.value in ("true", "false"):
        return node.value == "true"
    if isinstance(node, ScalarNode) and node.plain and _NUMBER.fullmatch(node.value):
        return float(node.value) if "." in node.value else int(node.value)
    return values.text(node, findings)


def read_told(
    node: Node, reading: Reading, scope: Scope, read: Read[str] | Read[Plain] = plain
) -> tuple[Plain, str | None]:
    """The value, as `read` reads it, or None and the source of the expression that stands for it."""
    braces = _BRACES.fullmatch(node.value.strip()) if isinstance(node, ScalarNode) else None
    if braces is None or not isinstance(node, ScalarNode):
        return read(node, reading.findings), None
    source = braces[1].strip()
    inner = ScalarNode(*_place(node, node.value.index(source)), source, True, source)
    return None, reading.condition(at_condition(scope))(inner, reading.findings)


def _place(node: ScalarNode, before: int) -> tuple[int, int]:
    line = node.value.count("\n", 0, before) + 1
    spot = node.spot(line, before - node.value.rfind("\n", 0, before))
    return spot.line, spot.column
