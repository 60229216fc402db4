"""How does Jinja survive two compilers? Each tag becomes a word they do not touch, and comes back afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from regulars.delivery.traced import Spot, Traced
from regulars.journeys.syntax import tags

_OPENS: Final = re.compile(r"\{[{%][-+]?")
_BRACE: Final = re.compile(r"\{(?=[{%#]|\Z)")


@dataclass(frozen=True, slots=True)
class Token:
    """A Jinja tag that is held. `block`: ``{% %}``, which must come back exactly once and in order."""

    text: str
    spot: Spot
    block: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A tag that did not come back as it must."""

    token: Token
    message: str


@dataclass(frozen=True, slots=True)
class Restored:
    """Jinja source again. `spots`: for each line on which a tag begins, where its author wrote it."""

    text: str
    spots: dict[int, Spot]


@dataclass
class Held:
    """A text whose Jinja tags are words: letters and digits that occur nowhere else in it."""

    prefix: str
    tokens: list[Token] = field(default_factory=list)
    absorbed: set[int] = field(default_factory=set)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches a word, bare or as a comment; its number is group 1."""
        return re.compile(rf"(?:<!--)?{self.prefix}(\d+)x(?:-->)?")

    @cached_property
    def word_pattern(self) -> re.Pattern[str]:
        """Matches a bare word; its number is group 1."""
        return re.compile(rf"{self.prefix}(\d+)x")

    def hold(self, token: Token) -> str:
        """The word for a tag."""
        self.tokens.append(token)
        return f"{self.prefix}{len(self.tokens) - 1}x"

    def has_word(self, text: str) -> bool:
        return self.prefix in text

    def tokens_in(self, text: str) -> list[Token]:
        """The tags whose words stand in a text, in order."""
        return [self.tokens[int(number)] for number in self.word_pattern.findall(text)]

    def through(self, name: str, value: str) -> str:
        """One word for a whole value with words in it, which goes through the filter `name` when it is rendered."""
        inside = [int(number) for number in self.word_pattern.findall(value)]
        self.absorbed |= set(inside)
        text = f"{{% filter {name} %}}{self.told(value)}{{% endfilter %}}"
        return self.hold(Token(text, self.tokens[inside[0]].spot, block=False))

    def drop(self, text: str) -> None:
        """Do not expect the words of a text back."""
        self.absorbed |= {int(number) for number in self.word_pattern.findall(text)}

    def fork(self) -> Held:
        """The same words, to which others can be added."""
        return Held(self.prefix, list(self.tokens), set(self.absorbed))

    def told(self, text: str) -> str:
        """The text with every word as the tag its author wrote."""
        return self.word_pattern.sub(lambda found: self.tokens[int(found[1])].text, text)

    def commented(self, text: str) -> str:
        """The text with every word as a comment, which may stand where text may not."""
        return self.word_pattern.sub(lambda found: f"<!--{found[0]}-->", text)

    def uncommented(self, text: str) -> str:
        """The text with every word bare."""
        return self.pattern.sub(lambda found: f"{self.prefix}{found[1]}x", text)

    def lost(self, text: str) -> list[Lost]:
        """The tags that are not in the text as they must be."""
        numbers = [int(number) for number in self.word_pattern.findall(text)]
        present = set(numbers)
        wanted = set(range(len(self.tokens))) - self.absorbed
        missing = [Lost(self.tokens[n], "does not survive MJML here") for n in sorted(wanted - present)]
        comments = [int(number) for number in re.findall(rf"<!--{self.prefix}(\d+)x-->", text)]
        blocks = [number for number in comments if self.tokens[number].block]
        if not missing and blocks != sorted(set(blocks)):
            moved = next(n for n, after in zip(blocks, [*blocks[1:], -1], strict=True) if after <= n)
            missing.append(Lost(self.tokens[moved], "would be moved or repeated by MJML here"))
        return missing

    def restored(self, text: str) -> Restored:
        """Put the tags back. Each begins a line, inside itself, so that an error's line tells which tag it was."""
        parts: list[str] = []
        spots: dict[int, Spot] = {}
        line, at = 1, 0
        for found in self.pattern.finditer(text):
            token = self.tokens[int(found[1])]
            before = _inert(text[at : found.start()])
            opening = _OPENS.match(token.text)
            end = opening.end() if opening else 0
            line += before.count("\n") + 1
            spots[line] = token.spot
            parts += (before, token.text[:end], "\n", token.text[end:])
            line += token.text[end:].count("\n")
            at = found.end()
        return Restored("".join([*parts, _inert(text[at:])]), spots)


def _inert(text: str) -> str:
    """Text that is no Jinja although a compiler, or what follows, makes it look so (``{#`` of minified CSS)."""
    return _BRACE.sub("{{ '{' }}", text)


def hold_tags(source: Traced) -> tuple[Held, Traced]:
    """Hold every Jinja tag of a source whose syntax is right; Jinja's comments are dropped."""
    prefix = "jinja"
    while prefix in source.text:
        prefix += "j"
    held, parts, at = Held(prefix), [], 0
    for tag in tags(source.text):
        parts.append(source.cut(at, tag.start))
        at = tag.end
        if tag.kind != "comment":
            text = source.text[tag.start : tag.end]
            word = held.hold(Token(text, source.spot(tag.start), tag.kind == "block"))
            parts.append(source.replaced(tag.start, word))
    parts.append(source.cut(at, len(source.text)))
    return held, Traced.join(parts)
