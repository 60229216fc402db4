"""What does a template look like inside its layout? Blocks filled and words put in, every letter knowing its file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinja2 import TemplateSyntaxError

from regulars.delivery.locales import choose
from regulars.delivery.sources import Field, Written
from regulars.delivery.traced import Spot, Traced
from regulars.journeys.mistakes import Mistake
from regulars.journeys.nearest import nearest
from regulars.journeys.syntax import tags

_TAG: Final = re.compile(r"\{%[-+]?\s*(\w+)\s*(.*?)\s*[-+]?%\}", re.DOTALL)
_WORD: Final = re.compile(r"\{\{[-+]?\s*words\.(\w+)\s*[-+]?\}\}")
_UNSAID: Final = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Block:
    """``{% block name %}inside{% endblock %}``: from `start` to `end`, `inside` between the tags."""

    name: str
    start: int
    end: int
    inside: Traced
    spot: Spot


@dataclass(frozen=True, slots=True)
class _Outline:
    """The blocks of a body, and the tag that extends a layout: its name, start and end."""

    blocks: tuple[_Block, ...]
    extends: tuple[str, int, int] | None


@dataclass
class Assembler:
    """Puts templates into layouts and collects what is wrong. `layouts`: by name; None for one that cannot be read."""

    layouts: Mapping[str, Written | None]
    house_locale: str
    mistakes: list[Mistake] = field(default_factory=list)

    def assembled(self, page: Written, locale: str) -> Traced:
        """The body of a template inside the layout it extends, with the layout's words in the template's language."""
        outline = self._outline(page.body)
        if outline is None or outline.extends is None:
            return page.body
        name, start, end = outline.extends
        if name not in self.layouts:
            message = f"there is no layout '{name}'{nearest(name, self.layouts)}"
            self.mistakes.append(page.body.spot(start).mistake(message, "not-defined"))
        self._only_blocks(page.body, [(start, end), *((block.start, block.end) for block in outline.blocks)])
        layout = self.layouts.get(name)
        filled = self._filled(layout, outline.blocks) if layout else None
        if layout is None or filled is None:
            return page.body.cut(0, 0) if layout is None else layout.body
        words = layout.words[choose(locale, layout.words, self.house_locale)] if layout.words else {}
        return self._worded(filled, words)

    def _outline(self, body: Traced) -> _Outline | None:
        """None where the syntax is wrong, which is said, with its place, when the whole is judged."""
        blocks: list[_Block] = []
        extends: tuple[str, int, int] | None = None
        open_: tuple[str, int, int] | None = None
        try:
            every = tags(body.text)
        except TemplateSyntaxError:
            return None
        for tag in every:
            match = _TAG.match(body.text, tag.start) if tag.kind == "block" else None
            keyword = match[1] if match else ""
            if match and keyword == "extends" and extends is None:
                extends = (match[2].strip("\"'"), tag.start, tag.end)
            elif match and keyword == "block":
                if open_:
                    self.mistakes.append(body.spot(tag.start).mistake("a block cannot stand inside another"))
                open_ = (match[2], tag.start, tag.end)
            elif keyword == "endblock" and open_:
                name, start, end = open_
                blocks.append(_Block(name, start, tag.end, body.cut(end, tag.start), body.spot(start)))
                open_ = None
        if open_:
            self.mistakes.append(body.spot(open_[1]).mistake(f"block '{open_[0]}' is never closed"))
        return _Outline(tuple(blocks), extends)

    def _only_blocks(self, body: Traced, spans: Sequence[tuple[int, int]]) -> None:
        at = 0
        for start, end in [*spans, (len(body.text), len(body.text))]:
            between = _UNSAID.sub(lambda comment: " " * len(comment[0]), body.text[at:start])
            if between.strip():
                offset = at + len(between) - len(between.lstrip())
                self.mistakes.append(body.spot(offset).mistake("this stands outside of every block: it would be lost"))
            at = end

    def _filled(self, layout: Written, fillings: Sequence[_Block]) -> Traced | None:
        """The layout with its blocks filled, those that nobody fills as they are."""
        outline = self._outline(layout.body)
        if outline is None:
            return None
        inside = {filling.name: filling.inside for filling in fillings}
        parts: list[Traced] = []
        at = 0
        for block in outline.blocks:
            parts += (layout.body.cut(at, block.start), inside.get(block.name, block.inside))
            at = block.end
        parts.append(layout.body.cut(at, len(layout.body.text)))
        known = [block.name for block in outline.blocks]
        for filling in fillings:
            if filling.name not in known:
                message = f"{layout.source.file} has no block '{filling.name}'{nearest(filling.name, known)}"
                self.mistakes.append(filling.spot.mistake(message))
        return Traced.join(parts)

    def _worded(self, body: Traced, words: Mapping[str, Field]) -> Traced:
        """The body with ``{{ words.x }}`` as the text that it stands for, which may hold Jinja itself."""
        parts: list[Traced] = []
        at = 0
        for found in _WORD.finditer(body.text):
            parts.append(body.cut(at, found.start()))
            at = found.end()
            if found[1] in words:
                parts.append(words[found[1]].traced)
            else:
                message = f"there are no words '{found[1]}'{nearest(found[1], words)}"
                self.mistakes.append(body.spot(found.start()).mistake(message))
        parts.append(body.cut(at, len(body.text)))
        return Traced.join(parts)
