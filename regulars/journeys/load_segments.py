"""How are segments read? By their names, each with the condition that holds of its customers."""

from __future__ import annotations

import re
from collections.abc import Collection

from regulars.journeys import values
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import EVERYONE, Segment
from regulars.journeys.names import at_segment
from regulars.journeys.questions import Vocabulary
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, parse

TOP_WORDS = ("segments",)
WORDS = ("title", "where")
_NAME = re.compile(rf"^\s+({values.ID.pattern}):", re.MULTILINE)


class SegmentsFile:
    """What `segments.yaml` holds. Its names are known before its conditions are judged: journeys speak of them."""

    def __init__(self, text: str, findings: Findings) -> None:
        self._text, self._findings = text, findings
        root = parse(text, findings) if text.strip() else None
        below = Fields(root, findings, "the file", TOP_WORDS).need("segments") if root else None
        self._pairs = below.pairs if isinstance(below, MappingNode) else ()
        if below is not None and not self._pairs:
            findings.add(below, f"segments: expected segments by their names, found {shown(below)}")

    @property
    def names(self) -> frozenset[str]:
        """Of a file that cannot be read, what looks like one: its own mistake is told, and not one of each journey."""
        return frozenset(key.value for key, _ in self._pairs) or frozenset(_NAME.findall(self._text))

    def read(self, events: Collection[str], journeys: Collection[str]) -> dict[str, Segment]:
        """The segments by name. Their conditions may speak of `events` and `journeys`, and not of each other."""
        vocabulary = Vocabulary(frozenset(events), frozenset(journeys), None)
        found: dict[str, Segment] = {}
        for key, below in self._pairs:
            findings = self._findings.of_segment(key.value)
            values.identifier(key, findings)
            if key.value == EVERYONE:
                findings.add(key, f"{EVERYONE!r} is everybody, and no segment: call it otherwise")
            found[key.value] = _segment(key, below, Reading(findings, vocabulary))
        return found


def _segment(key: ScalarNode, node: Node, reading: Reading) -> Segment:
    name = key.value
    fields = Fields(node, reading.findings, "a segment", WORDS, place=key)
    title = fields.read("title", values.text) or name.replace("_", " ").capitalize()
    return Segment(name, title, fields.require("where", reading.condition(at_segment())) or "")
