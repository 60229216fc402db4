"""What stands in the file, and where? YAML 1.2 as a tree of nodes that know their line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from regulars.journeys.mistakes import Findings
from regulars.journeys.yaml_traps import explain, is_cut, too_deep, trap

DEPTH = 40
LENGTH = 1_000_000
TOO_LONG = f"the file is too long: at most {LENGTH:,} characters are read"
_NOTHING = ("", "~", "null", "Null", "NULL")
_LINE_BREAKS = "\x85\u2028\u2029"  # a line's end in YAML 1.1, a letter in 1.2


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the file, 1-based."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A word or a text. `raw` is how it is written, quotes and line breaks included; `plain`: it is unquoted."""

    line: int
    column: int
    value: str
    plain: bool
    raw: str

    @property
    def is_nothing(self) -> bool:
        """Nothing is written, or null."""
        return self.plain and self.value in _NOTHING

    def spot(self, line: int, column: int) -> Spot:
        """Where the character at `line` and `column` of the value (1-based) stands in the file."""
        before = sum(len(text) + 1 for text in self.value.split("\n")[: line - 1]) + column - 1
        at = self.raw.find("\n") + 1 if self.raw[:1] in "|>" and not self.plain else int(not self.plain)
        for letter in self.value[:before]:
            at = max(at, self.raw.find(letter, at) + 1)  # what folding or an escape has changed is passed over
        while at < len(self.raw) and self.raw[at].isspace():
            at += 1
        below = self.raw.count("\n", 0, at)
        return Spot(self.line + below, at - self.raw.rfind("\n", 0, at) if below else self.column + at)


@dataclass(frozen=True, slots=True)
class SequenceNode:
    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Pairs in the order of the file, each key once. `flow`: written as `{...}`."""

    line: int
    column: int
    pairs: tuple[tuple[ScalarNode, Node], ...]
    flow: bool


Node = ScalarNode | SequenceNode | MappingNode


def parse(text: str, findings: Findings) -> Node | None:
    """Read the one document of `text`. What is wrong goes to `findings`; None when nothing can be made of it."""
    findings = findings.of_code("not-yaml")
    if len(text) > LENGTH:
        findings.add(Spot(1, 1), TOO_LONG, "unreadable-file")
        return None
    if any(letter in text for letter in _LINE_BREAKS):
        _report_line_breaks(text, findings)
        return None
    builder = _Builder(text, findings)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if not builder.take(event):
                return None
    except MarkedYAMLError as error:
        at = error.problem_mark if "end of stream" not in str(error.problem) else error.context_mark
        mark = at or error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)
        builder.here.add(spot, builder.explain(str(error.problem or error.context), spot))
        return None
    except (YAMLError, ValueError) as error:  # a character no text may hold, an escape beyond Unicode
        findings.add(_of_reader(text, error), f"not YAML: {str(error).splitlines()[0]}")
        return None
    return builder.root


def _report_line_breaks(text: str, findings: Findings) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        for column, letter in enumerate(line, 1):
            if letter in _LINE_BREAKS:
                findings.add(Spot(number, column), f"U+{ord(letter):04X} ends a line for some: remove it")


def _of_reader(text: str, error: Exception) -> Spot:
    position = getattr(error, "position", 0)
    return Spot(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come. A mapping's keys and values alternate in `items`."""

    line: int
    column: int
    mapping: bool
    flow: bool
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Makes the tree out of the parser's events, without recursion."""

    text: str
    findings: Findings
    root: Node | None = None
    open: list[_Open] = field(default_factory=list)

    @property
    def here(self) -> Findings:
        """The findings of the journey or segment that is being read, by what stands open."""
        path = [one.items[-1] for one in self.open[:2] if one.mapping and len(one.items) % 2]
        names = [key.value for key in path if isinstance(key, ScalarNode)]
        match names:
            case ["journeys", name]:
                return self.findings.of_journey(name)
            case ["segments", name]:
                return self.findings.of_segment(name)
            case _:
                return self.findings

    def take(self, event: Any) -> bool:
        """Take the next event. False: the rest cannot be read."""
        spot = Spot(event.start_mark.line + 1, event.start_mark.column + 1)
        match event:
            case DocumentStartEvent():
                return self._begin(event, spot)
            case AliasEvent():
                self.here.add(spot, f"*{event.anchor} is not read here: write it out")
                self._put(ScalarNode(spot.line, spot.column, "", True, ""))
            case ScalarEvent():
                self._scalar(event, spot)
            case CollectionStartEvent():
                self._plain_node(event, spot)
                if len(self.open) >= DEPTH:
                    self.here.add(spot, f"nested more than {DEPTH} deep")
                    return False
                mapping, flow = isinstance(event, MappingStartEvent), bool(event.flow_style)
                self.open.append(_Open(spot.line, spot.column, mapping, flow))
            case CollectionEndEvent():
                self._close()
        return True

    def explain(self, problem: str, spot: Spot) -> str:
        """Say why the parser stopped at `spot`, from what was being read."""
        last = self.open[-1] if self.open else None
        if last is None or not last.mapping:
            return explain(problem, None, False, False)
        words, read = [node for node in last.items[::2] if isinstance(node, ScalarNode)], last.items[1::2]
        for word, value in zip(words, read, strict=False):
            if last.flow and isinstance(value, ScalarNode) and is_cut(value.value):
                return explain(problem, word.value, False, True)
        if "mapping values are not allowed" in problem and words and words[-1].line < spot.line and not last.flow:
            return too_deep(words[-1].value, words[-1].column)
        latest = read[-1] if len(read) == len(words) and read else None
        ended = latest is not None and not (isinstance(latest, ScalarNode) and latest.plain)
        return explain(problem, words[-1].value if words else None, ended, last.flow)

    def _begin(self, event: Any, spot: Spot) -> bool:
        if event.version is not None or event.tags:
            self.here.add(Spot(1, 1), "a line that begins with % is not read: the file is YAML 1.2")
        if self.root is not None:
            self.here.add(spot, "a second document: the file holds one, without '---' inside")
            return False
        return True

    def _scalar(self, event: Any, spot: Spot) -> None:
        self._plain_node(event, spot)
        plain = event.style is None
        wrong = trap(event.value) if plain else None
        if wrong:
            self.here.add(spot, wrong)
        key = self.open[-1].items[-1] if self.open and self.open[-1].mapping and self.open[-1].items else None
        if not event.value and plain and key is not None:  # the parser places nothing before the next word
            spot = Spot(key.line, key.column)
        raw = self.text[event.start_mark.index : event.end_mark.index]
        self._put(ScalarNode(spot.line, spot.column, event.value, plain, raw))

    def _plain_node(self, event: Any, spot: Spot) -> None:
        if event.anchor is not None:
            self.here.add(spot, f"&{event.anchor} is not read here: write out what is used twice")
        if event.tag is not None:
            self.here.add(spot, f"{event.tag} is not read here: a text is put in quotes")

    def _close(self) -> None:
        done = self.open.pop()
        if not done.mapping:
            self._put(SequenceNode(done.line, done.column, tuple(done.items)))
            return
        pairs = tuple(self._pairs(done.items))
        self._put(MappingNode(done.line, done.column, pairs, done.flow))

    def _pairs(self, items: list[Node]) -> Iterator[tuple[ScalarNode, Node]]:
        lines: dict[str, int] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                self.here.add(key, "expected a word before the ':', not a list or a mapping")
            elif key.value in lines:
                self.here.add(key, f"{key.value!r} is written twice, first in line {lines[key.value]}")
            else:
                lines[key.value] = key.line
                yield key, value

    def _put(self, node: Node) -> None:
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node
