"""Where did each word of the book stand? The places of what was read, for whoever has more to say of it later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.journeys.yaml_source import Node, ScalarNode, Spot


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose words they are: `name` as errors call it ("start", "a step 'sms'"), in which journey, step or segment."""

    name: str
    journey: str | None = None
    step: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One mapping of a file. `line` and `column`, 1-based, are where it begins; `words`: each with its value."""

    file: str
    line: int
    column: int
    words: dict[str, tuple[ScalarNode, Node]]

    def inside(self, word: str, line: int, column: int) -> Spot | None:
        """Where a character of the text at `word` stands, by its line and column in that text; None for no text."""
        from regulars.journeys.yaml_source import ScalarNode

        node = self.words[word][1] if word in self.words else None
        return node.spot(line, column) if isinstance(node, ScalarNode) else None


@dataclass(frozen=True, slots=True)
class Written:
    """Every mapping that was read, by its owner; several of one owner (the list below `leave`) in their order."""

    mappings: dict[Owner, list[Placed]] = field(default_factory=dict)

    def keep(self, owner: Owner, placed: Placed) -> None:
        self.mappings.setdefault(owner, []).append(placed)

    def of(self, owner: Owner, number: int = 0) -> Placed | None:
        """The mapping of an owner; None where there is none such."""
        found = self.mappings.get(owner, [])
        return found[number] if number < len(found) else None
