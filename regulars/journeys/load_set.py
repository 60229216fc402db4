"""What does a `set` make of the profile? Its fields, each with a value or with an expression for one."""

from __future__ import annotations

import re

from regulars.journeys import values
from regulars.journeys.fields import Fields, Read, shown
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import TRAITS, Change
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode

SETTABLE: dict[str, Read[str]] = {
    "first_name": values.text,
    "last_name": values.text,
    "locale": values.locale,
    "timezone": values.time_zone,
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_BRACES = re.compile(r"\{\{(.*)\}\}", re.DOTALL)


def read_changes(fields: Fields, reading: Reading, scope: Scope) -> tuple[Change, ...]:
    """The fields below `set`, in the order of the file."""
    node = fields.node("set")
    if not isinstance(node, MappingNode) or not node.pairs:
        expected = "set: expected fields of the customer, as {traits.colour: green}"
        fields.blame("set", f"{expected}, found {shown(node) if node else 'nothing'}")
        return ()
    return tuple(_change(key, below, reading, scope) for key, below in node.pairs)


def _change(key: ScalarNode, node: Node, reading: Reading, scope: Scope) -> Change:
    name, findings = key.value, reading.findings
    own = name.removeprefix(TRAITS)
    if name not in SETTABLE and not (name.startswith(TRAITS) and values.ID.fullmatch(own)):
        findings.add(key, f"a customer has no field {name!r} that can be set{_rather(own)}")
    braces = _BRACES.fullmatch(node.value.strip()) if isinstance(node, ScalarNode) else None
    if braces and isinstance(node, ScalarNode):
        return Change(name, term=_term(braces[1].strip(), node, reading, scope))
    read = SETTABLE.get(name)
    return Change(name, read(node, findings) if read else _plain(node, findings))


def _rather(own: str) -> str:
    listed = f": one of your own is written {TRAITS}colour; else {', '.join(SETTABLE)}"
    written = own.replace("-", "_").replace(" ", "_").lower()
    own_name = f"; one of your own is written '{TRAITS}{written}'" if values.ID.fullmatch(written) else ""
    close = nearest(own, SETTABLE)
    return f"{close}{own_name}" if close or own_name else listed


def _term(source: str, node: ScalarNode, reading: Reading, scope: Scope) -> str | None:
    """An expression in `{{` and `}}`, whose mistakes stand where it does."""
    before = node.value.index(source)
    inner = ScalarNode(*_place(node, before), source, True, source)
    return reading.condition(at_condition(scope))(inner, reading.findings)


def _place(node: ScalarNode, before: int) -> tuple[int, int]:
    line = node.value.count("\n", 0, before) + 1
    spot = node.spot(line, before - node.value.rfind("\n", 0, before))
    return spot.line, spot.column


def _plain(node: Node, findings: Findings) -> str | int | float | bool | None:
    """true, false, a number, or a text."""
    if isinstance(node, ScalarNode) and node.plain and node.value in ("true", "false"):
        return node.value == "true"
    if isinstance(node, ScalarNode) and node.plain and _NUMBER.fullmatch(node.value):
        return float(node.value) if "." in node.value else int(node.value)
    return values.text(node, findings)
