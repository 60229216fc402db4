"""What did the author of a template write? A head of YAML, and a body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from regulars.delivery.traced import Source, Spot, Traced
from regulars.journeys.mistakes import Findings, Mistake
from regulars.journeys.nearest import nearest
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, parse

_VARIABLE: Final = re.compile(r"[A-Za-z0-9_]{1,16}")  # as Twilio has it: docs/content, "Using variables"
_HEAD: Final = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_BELOW: Final = {"words": "texts by locale", "variables": "texts by the variable's name"}  # words with others below
_HINT: Final = ': a text that begins with {{ or holds ": " is put in quotes'


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a head: its text, and where each of its characters stands."""

    text: str
    node: ScalarNode
    source: Source

    def at(self, line: int, column: int) -> Spot:
        """Where the character at a line and column of the text stands in the file."""
        spot = self.node.spot(line, column)
        return Spot(self.source.file, spot.line, spot.column, self.source.journey)

    @property
    def traced(self) -> Traced:
        """The text: letter by letter where it is written as it reads, else standing for the place where it begins."""
        start = self.source.offset(self.node.line, self.node.column)
        written = start + int(not self.node.plain)
        if self.source.text.startswith(self.text, written):
            return Traced.of(self.source, written).cut(0, len(self.text))
        return Traced.put(self.text, self.source, start)


@dataclass(frozen=True, slots=True)
class Written:
    """A file, taken apart. `words`: by locale, the texts of a layout. `variables`: by name, the texts that fill an
    approved content. Both are empty elsewhere."""

    source: Source
    head: Mapping[str, Field]
    words: Mapping[str, Mapping[str, Field]]
    body: Traced
    variables: Mapping[str, Field] = field(default_factory=dict)


@dataclass
class Reader:
    """Takes files apart and collects what is wrong with them."""

    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, text: str, name: str, journey: str | None, keys: frozenset[str]) -> Written | None:
        """Read the file `name`, whose head may have `keys`; a layout has ``words``. None when nothing can be made of
        it."""
        source = Source(name, text, journey)
        found = _HEAD.match(text)
        if found is None and text.startswith("---"):
            self.mistakes.append(source.spot(0).mistake("the head is not closed by a line '---'"))
            return None
        nodes = self._head(source, found[1], keys) if found else {}
        if nodes is None:
            return None
        head = {key: Field(node.value, node, source) for key, node in nodes.items() if isinstance(node, ScalarNode)}
        words = self._words(nodes.get("words"), source)
        variables = self._variables(nodes.get("variables"), source)
        return Written(source, head, words, Traced.of(source, found.end() if found else 0), variables)

    def _head(self, source: Source, yaml: str, keys: frozenset[str]) -> dict[str, Node] | None:
        findings = Findings(source.file, source.journey)
        tree = parse("\n" + yaml, findings)  # the line '---' stands before
        if findings.found:
            # What is wrong with YAML that holds Jinja is nearly always this.
            self.mistakes += (
                replace(m, message=m.message + ("" if "quotes" in m.message else _HINT)) for m in findings.found
            )
            return None
        if tree is None or (isinstance(tree, ScalarNode) and tree.is_nothing):
            return {}
        if not isinstance(tree, MappingNode):
            self.mistakes.append(source.spot(4).mistake("expected lines like 'subject: ...' in the head"))
            return None
        return {key.value: node for key, node in tree.pairs if self._is_key(source, key, node, keys)}

    def _is_key(self, source: Source, key: ScalarNode, node: Node, keys: frozenset[str]) -> bool:
        spot = Spot(source.file, key.line, key.column, source.journey)
        if key.value not in keys:
            expected = nearest(key.value, keys) or f", expected {', '.join(sorted(keys))}"
            self.mistakes.append(spot.mistake(f"unknown word '{key.value}' in the head{expected}"))
            return False
        if isinstance(node, ScalarNode) == (key.value in _BELOW):
            expected = _BELOW.get(key.value, "a text")
            self.mistakes.append(spot.mistake(f"expected {expected} after '{key.value}:'; put Jinja in quotes"))
            return False
        return True

    def _variables(self, node: Node | None, source: Source) -> dict[str, Field]:
        found: dict[str, Field] = {}
        for key, value in node.pairs if isinstance(node, MappingNode) else ():
            spot = Spot(source.file, key.line, key.column, source.journey)
            if not _VARIABLE.fullmatch(key.value):
                expected = "a variable's name of at most 16 letters, digits and _, as 1 or first_name"
                self.mistakes.append(spot.mistake(f"expected {expected}, found '{key.value}'"))
            elif isinstance(value, ScalarNode):
                found[key.value] = Field(value.value, value, source)
            else:
                self.mistakes.append(spot.mistake(f"expected a text after '{key.value}:'; put Jinja in quotes"))
        return found

    def _words(self, node: Node | None, source: Source) -> dict[str, dict[str, Field]]:
        if not isinstance(node, MappingNode):
            return {}
        words: dict[str, dict[str, Field]] = {}
        for locale, texts in node.pairs:
            pairs = texts.pairs if isinstance(texts, MappingNode) else ()
            words[locale.value] = {
                key.value: Field(value.value, value, source) for key, value in pairs if isinstance(value, ScalarNode)
            }
        every = {key for texts in words.values() for key in texts}
        for locale, _ in node.pairs:
            for key in sorted(every - set(words[locale.value])):
                spot = Spot(source.file, locale.line, locale.column, source.journey)
                self.mistakes.append(spot.mistake(f"'{key}' has no words in {locale.value}"))
        return words
