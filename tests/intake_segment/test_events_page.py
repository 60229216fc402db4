"""Does docs/events.md list every event that the language knows, with what it carries, and nothing else?"""

from __future__ import annotations

import re
from pathlib import Path

from regulars.journeys.events import STANDARD

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "events.md").read_text("utf-8")
_ROW = re.compile(r"^\| ([A-Z][^|]+?) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_lists_every_event_with_its_properties_once() -> None:
    rows = [(name, when, told) for name, when, told in _ROW.findall(PAGE)]
    assert len(rows) == len({name for name, _, _ in rows}) > 40
    listed = {name: None if told == "any" else frozenset(re.findall(r"`(\w+)`", told)) for name, _, told in rows}
    known = {name: kind.properties for name, kind in STANDARD.items()}
    assert {name for name, properties in known.items() if listed.get(name, "missing") != properties} == set()
    assert listed.keys() == known.keys()
    assert all(when.endswith(".") for _, when, _ in rows)
