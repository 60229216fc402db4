"""What does a `set` make of the profile? Its fields, each with a value or with an expression for one."""

from __future__ import annotations

from regulars.journeys import values
from regulars.journeys.fields import Fields, Read, shown
from regulars.journeys.load_told import plain, read_told
from regulars.journeys.model import TRAITS, Change
from regulars.journeys.names import Scope
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode

SETTABLE: dict[str, Read[str]] = {
    "first_name": values.text,
    "last_name": values.text,
    "locale": values.locale,
    "timezone": values.time_zone,
}


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
    value, term = read_told(node, reading, scope, SETTABLE.get(name, plain))
    return Change(name, value, term)


def _rather(own: str) -> str:
    listed = f": one of your own is written {TRAITS}colour; else {', '.join(SETTABLE)}"
    written = own.replace("-", "_").replace(" ", "_").lower()
    own_name = f"; one of your own is written '{TRAITS}{written}'" if values.ID.fullmatch(written) else ""
    close = nearest(own, SETTABLE)
    return f"{close}{own_name}" if close or own_name else listed
