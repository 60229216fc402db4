"""What is a chart in Mermaid, as GitHub shows it? A flowchart; every label stands in quotes and is nothing but text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from regulars.draw.chart import END, START, Box, BoxKind, Chart

_PLAIN: Final = ("[", "]")
_SHAPES: dict[BoxKind, tuple[str, str]] = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "leave": ("([", "])"),
    "wait": ("(", ")"),
    "wait_until": ("(", ")"),
    "wait_for": ("(", ")"),
    "if": ("{{", "}}"),
    "split": ("{{", "}}"),
    "repeat": ("{{", "}}"),
    "webhook": ("[[", "]]"),
    "tag": ("[[", "]]"),
    "untag": ("[[", "]]"),
    "set": ("[[", "]]"),
    "journey": ("[[", "]]"),
}
# Of ASCII what is text to Mermaid wherever it stands; the rest is written by its number.
_UNSAFE = re.compile(r"[^A-Za-z0-9 .,:/_'()?!+=@*|~^$\[\]\x80-\U0010ffff-]")
_TAKEN = re.compile("(?<=styl)e|(?<=classDe)f")  # these words begin statements, and are looked for in labels too


# A line's end, a formula and an icon are read out of labels even where they are written by number: they are parted.
_JOINED = re.compile(r"(?<=\\)(?=n)|(?<=\$)(?=\$)|(?<=:)(?=fa-)")
_NOTHING = "\u2060"  # takes no room, and parts no words


def mermaid(chart: Chart) -> str:
    """The flowchart's text, which ends with a line's end."""
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(chart))]) + "\n"


def escaped(text: str) -> str:
    """`text` as it stands within quotes in a label."""
    told = _UNSAFE.sub(lambda one: f"#{ord(one[0])};", _JOINED.sub(_NOTHING, text))
    return _TAKEN.sub(lambda one: f"#{ord(one[0])};", told)


def _lines(chart: Chart) -> Iterator[str]:
    # A prefix, since a step may be called by one of Mermaid's words.
    names = {box.id: f"at_{box.id.strip()}" if box.id in (START, END) else f"step_{box.id}" for box in chart.boxes}
    for box in chart.boxes:
        yield _node(names[box.id], box)
    for way in chart.ways:
        label = f'|"{escaped(way.label)}"|' if way.label else ""
        yield f"{names[way.source]} -->{label} {names[way.target]}"
    if chart.rules:
        rules = [f"rule_{box.id.strip().replace(' ', '_')}" for box in chart.rules]
        yield 'subgraph rules["all the while"]'
        yield from (f"    {_node(name, box)}" for name, box in zip(rules, chart.rules, strict=True))
        if len(rules) > 1:
            yield from ("    direction TB", f"    {' ~~~ '.join(rules)}")  # one below the other
        yield "end"


def _node(name: str, box: Box) -> str:
    opening, closing = _SHAPES.get(box.kind, _PLAIN)
    told = (box.word, *box.texts, *filter(None, (box.note.here, box.note.text)))
    return f'{name}{opening}"{"<br/>".join(map(escaped, told))}"{closing}'
