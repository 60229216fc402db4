"""Which plain values stand in a profile or a script? Instants, and what events and traits carry, as JSON has it."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from regulars.journeys import values
from regulars.journeys.fields import shown
from regulars.journeys.mistakes import Findings
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, SequenceNode

Row = dict[str, Any]
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]+|[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?")
CLOCK = re.compile(values.CLOCK)


def plain(node: Node) -> Any:
    """The value at a node, as JSON has it: a word without quotes may be a number, true, false or nothing."""
    match node:
        case MappingNode():
            return {key.value: plain(value) for key, value in node.pairs}
        case SequenceNode():
            return [plain(item) for item in node.items]
        case ScalarNode(plain=False):
            return node.value
        case ScalarNode():
            return None if node.is_nothing else _word(node.value)


def _word(written: str) -> Any:
    if written in ("true", "false"):
        return written == "true"
    if _WHOLE.fullmatch(written):
        return int(written)
    if _NUMBER.fullmatch(written) and math.isfinite(float(written)):
        return float(written)
    return written


def mapping(node: Node, findings: Findings) -> Row | None:
    """Names and what they are worth."""
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.pairs}
    findings.add(node, f"expected names and their values, found {shown(node)}")
    return None


def moment(node: Node, findings: Findings) -> datetime | None:
    """An instant: ISO 8601 with its offset."""
    written = values.text(node, findings)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        findings.add(node, f"expected an instant like 2026-03-02T10:00:00-05:00, found {shown(node)}")
        return None
    if found.tzinfo is None:
        findings.add(node, f"an instant needs its offset from UTC: {written}Z, or like {written}-05:00")
        return None
    return found.astimezone(UTC)


def items(node: Node, findings: Findings, what: str) -> tuple[Node, ...]:
    """The items of a list."""
    if isinstance(node, SequenceNode):
        return node.items
    findings.add(node, f"expected a list of {what}, found {shown(node)}")
    return ()
