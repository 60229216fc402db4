"""What do the checks look at? A book that was loaded, where each of its words stands, and its templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from regulars.checks.finding import Finding
from regulars.checks.table import Code
from regulars.delivery.templates import Templates
from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.journeys.model import Book, Journey, Send, Step, walk_steps
from regulars.journeys.written import Owner, Placed, Written
from regulars.journeys.yaml_source import Spot

Inside = Literal["start", "goal", "leave", "wait_for", "repeat", "step", "journey", "segment"]


@dataclass(frozen=True, slots=True)
class Looked:
    """`file`: the journeys. `folder`: of the templates; `templates` is None where they cannot be loaded."""

    file: Path
    folder: Path
    book: Book
    written: Written
    templates: Templates | None = None

    def uses(self) -> Iterator[tuple[Journey, Send]]:
        """Every message, with its journey."""
        for journey in self.book.journeys.values():
            for step in walk_steps(journey.steps):
                if isinstance(step, Send):
                    yield journey, step

    def template_file(self, channel: Channel, template: str, locale: str) -> str:
        """The file of a template, as it is named in findings."""
        return f"{self.folder.name}/{channel}/{template}.{locale}{TRAITS_OF[channel].ending}"

    def in_journey(
        self, journey: Journey, owner: str, code: Code, message: str, word: str = "", number: int = 0
    ) -> Finding:
        """A finding below a word of the journey, such as its `start`; of several the one with that number."""
        placed = self.written.of(Owner(owner, journey.id), number)
        return self._found(placed, word, code, f"journey {journey.id}: {message}")

    def in_step(
        self, journey: Journey, step: Step, code: Code, message: str, word: str = "", owner: str | None = None
    ) -> Finding:
        """A finding at a step, at one of its words, or at a word below `owner`, as `wait_for`."""
        placed = self.written.of(Owner(owner or f"a step {step.kind!r}", journey.id, step.id))
        return self._found(placed, word, code, f"journey {journey.id}, step {step.id}: {message}")

    def in_segment(self, segment: str, code: Code, message: str) -> Finding:
        placed = self.written.of(Owner("a segment", segment=segment))
        return self._found(placed, "where", code, f"segment {segment}: {message}")

    def in_house(self, owner: str, code: Code, message: str, word: str = "") -> Finding:
        """A finding below the house: `owner` is "house", or "the market DE"."""
        return self._found(self.written.of(Owner(owner)), word, code, message)

    def _found(self, placed: Placed | None, word: str, code: Code, message: str) -> Finding:
        if placed is None:
            return Finding.at(str(self.file), Spot(1, 1), code, message)
        place = placed.inside(word, 1, 1) or (placed.words[word][0] if word in placed.words else placed)
        return Finding.at(placed.file, place, code, message)
