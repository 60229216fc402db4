"""What becomes of a mail's MJML? Judged, compiled and its CSS inlined once, while the Jinja in it is held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final

import css_inline
from mjml import mjml2html

from regulars.delivery import mjml_words
from regulars.delivery.held import Held, Restored, hold_tags
from regulars.delivery.links import NOWHERE, Campaign, guarded, link_filter
from regulars.delivery.markup import Attribute, Close, Comment, Open, Piece, Text, read
from regulars.delivery.plain_text import text_of
from regulars.delivery.traced import Spot, Traced
from regulars.journeys.mistakes import Code, Mistake
from regulars.journeys.nearest import nearest

_PICTURES: Final = frozenset({"src", "background", "background-url", "icon-wrapped-url", "icon-unwrapped-url"})
_NOT_FOLLOWED: Final = frozenset({"mj-font", "link", "base"})
_BLOCK: Final = re.compile(r"\{%[-+]?\s*(if|for|endif|endfor)\b")
# Outlook's own markup is a comment to everyone else, so no comment may stand in it.
_OUTLOOK: Final = r"<!--\[if[^\]]*\]>(?!<!-->).*?<!\[endif\]-->"
_BREAK: Final = re.compile(r"\s*\n\s*")
_NOT_HERE: Final = "Jinja may stand in text or in an attribute's value, not here"
_INLINER: Final = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """Jinja sources of a mail's parts."""

    html: Restored
    text: Restored


@dataclass
class Judge:
    """Walks the pieces of a mail. `path`: the tags that are open; `blocks`: how deep inside ``if`` and ``for``."""

    source: Traced
    held: Held
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    blocks: int = 0
    section_blocks: int = 0

    @property
    def parent(self) -> str:
        return self.path[-1] if self.path else ""

    def spot(self, offset: int) -> Spot:
        return self.source.spot(min(offset, max(0, len(self.source.text) - 1)))

    def add(self, offset: int, message: str, code: Code = "wrong-template") -> None:
        self.mistakes.append(self.spot(offset).mistake(message, code))

    def take(self, piece: Piece) -> None:
        match piece:
            case Open():
                self._open(piece)
                if not piece.closed:
                    self.path.append(piece.name)
            case Close():
                if piece.name in self.path:
                    while self.path.pop() != piece.name:
                        pass
            case Text():
                self._text(piece)
            case Comment():
                pass

    def _open(self, tag: Open) -> None:
        for offset, name in ((tag.start, tag.name), *((one.place, one.name) for one in tag.attributes)):
            if self.held.has_word(name):
                self.add(offset, _NOT_HERE)
                return
        if self.parent in mjml_words.CHILDREN:
            self._known_tag(tag, mjml_words.CHILDREN[self.parent])
        elif self.parent == "mj-attributes":
            self._known_tag(tag, frozenset({"mj-all", "mj-class", *mjml_words.ATTRIBUTES}))
        elif self.parent in mjml_words.TEXT_ONLY:
            self.add(tag.start, f"{self.parent} holds text alone, not <{tag.name}>")
        elif tag.name.startswith("mj-"):
            self._misplaced(tag)
        for attribute in tag.attributes:
            self._attribute(tag, attribute)
        if tag.name in ("mj-section", "mj-group"):
            self.section_blocks = self.blocks
        elif tag.name == "mj-column" and self.blocks > self.section_blocks and not tag.get("width"):
            message = "this column may be there or not: give it a width, else it has the width it would have always"
            self.warnings.append(self.spot(tag.start).mistake(message, "narrowing-column"))

    def _known_tag(self, tag: Open, expected: frozenset[str]) -> None:
        if tag.name in expected:
            return
        if tag.name in mjml_words.ATTRIBUTES:
            self._misplaced(tag)
        elif tag.name == "mj-include":
            self.add(tag.start, "mj-include is not offered: write {% extends '_layout.mjml' %} and fill its blocks")
        else:
            self.add(tag.start, f"unknown tag '{tag.name}'{nearest(tag.name, mjml_words.ATTRIBUTES)}", "unknown-tag")

    def _misplaced(self, tag: Open) -> None:
        homes = sorted(home for home, inside in mjml_words.CHILDREN.items() if tag.name in inside)
        where = f", only in {', '.join(home or 'the file itself' for home in homes)}" if homes else ""
        self.add(tag.start, f"{tag.name} cannot stand in {self.parent or 'the file itself'}{where}")

    def _attribute(self, tag: Open, attribute: Attribute) -> None:
        known = mjml_words.ATTRIBUTES.get(tag.name)
        if tag.name in ("mj-all", "mj-class"):
            known = mjml_words.ANY_ATTRIBUTE | {"name"}
        if known is not None and attribute.name not in known:
            message = f"{tag.name} has no attribute '{attribute.name}'{nearest(attribute.name, known)}"
            self.add(attribute.place, message, "unknown-tag")
        if tag.name in _NOT_FOLLOWED or self.held.has_word(attribute.value):
            return
        url = unescape(attribute.value)
        if attribute.name == "href" and not url.startswith("#") and guarded(url) == NOWHERE:
            self.add(attribute.start, f"expected a link to http, https, mailto or tel, not '{url}'")
        if attribute.name in _PICTURES and not guarded(url).startswith("http"):
            self.add(attribute.start, f"expected a picture's address that begins with https://, not '{url}'")

    def _text(self, text: Text) -> None:
        tokens = self.held.tokens_in(text.text)
        for token in tokens:
            keyword = _BLOCK.match(token.text)
            if keyword:
                self.blocks += -1 if keyword[1].startswith("end") else 1
        if self.parent == "mj-style" and tokens:
            self.mistakes.append(tokens[0].spot.mistake("Jinja cannot stand in mj-style"))
        if self.parent not in mjml_words.CHILDREN and self.parent != "mj-attributes":
            return
        where = f"directly in {self.parent or 'the file itself'}: put it in mj-text"
        for token in tokens:
            if not token.block:
                self.mistakes.append(token.spot.mistake(f"a value cannot stand {where}"))
        rest = self.held.word_pattern.sub("", text.text)
        if rest.strip():
            self.add(text.start + len(text.text) - len(text.text.lstrip()), f"text cannot stand {where}")


def compile_mail(body: Traced, campaign: Campaign) -> tuple[Mail | None, list[Mistake], list[Mistake]]:
    """Compile a mail whose Jinja is known to be right: its parts (None when they cannot be), mistakes and warnings."""
    held, source = hold_tags(body)
    markup = read(source.text)
    judge = Judge(source, held)
    for problem in markup.problems:
        inside = held.has_word(problem.message)
        judge.add(problem.offset, _NOT_HERE if inside else problem.message)
    for piece in markup.pieces:
        judge.take(piece)
    if judge.mistakes:
        return None, judge.mistakes, judge.warnings
    text = held.fork()
    plain = text.restored(text_of(markup.pieces, text, campaign))
    try:
        html = mjml2html("".join(_written(markup.pieces, held, campaign)), fonts={})
    except ValueError as error:
        return None, [judge.spot(0).mistake(f"MJML: {held.told(str(error))}")], judge.warnings
    finished = _INLINER.inline(_settled(html, held))
    lost = [*held.lost(html), *held.lost(finished)]
    mistakes = [one.token.spot.mistake(f"{one.token.text} {one.message}") for one in dict.fromkeys(lost)]
    return Mail(held.restored(finished), plain), mistakes, judge.warnings


def _written(pieces: tuple[Piece, ...], held: Held, campaign: Campaign) -> Iterator[str]:
    """The MJML to compile: links tagged, the author's comments gone, words as comments wherever text may not stand."""
    parent = holder = ""
    for piece in pieces:
        match piece:
            case Open():
                parent = piece.name
                holder = piece.name if piece.name in mjml_words.HTML and not piece.closed else holder
                attributes = (f' {one.name}="{_value(piece.name, one, held, campaign)}"' for one in piece.attributes)
                yield f"<{piece.name}{''.join(attributes)}{' /' if piece.closed else ''}>"
            case Close():
                holder = "" if piece.name == holder else holder
                yield f"</{piece.name}>"
            case Text() if parent in mjml_words.TEXT_ONLY:
                yield piece.text
            case Text():
                # The compiler drops white space with a line break in it, also between two words of a sentence.
                yield held.commented(_BREAK.sub(" ", piece.text) if holder else piece.text)
            case Comment() if piece.conditional:
                yield piece.text
            case Comment():
                held.drop(piece.text)


def _value(tag: str, attribute: Attribute, held: Held, campaign: Campaign) -> str:
    """An attribute's value as it is compiled, in double quotes."""
    value = attribute.value
    if tag not in _NOT_FOLLOWED and held.has_word(value):
        if attribute.name == "href":
            return held.through(link_filter(held.told(value)), value)
        if attribute.name in _PICTURES:
            return held.through("_picture", value)
    elif attribute.name == "href" and tag not in _NOT_FOLLOWED and not value.startswith("#"):
        return escape(campaign.tag(guarded(unescape(value))))
    return value.replace('"', "&quot;")


def _settled(html: str, held: Held) -> str:
    """HTML in which comments hold: none inside Outlook's, and none between a table and the body that a parser of HTML
    would give it, for a loop that begins there would end inside."""
    words = rf"(?:\s|<!--{held.prefix}\d+x-->)*"
    table = rf"(<table\b[^>]*>|</thead>|</caption>|</colgroup>)({words})(?=<tr\b)"

    def settle(found: re.Match[str]) -> str:
        return f"{found[1]}<tbody>{found[2]}" if found[1] else held.uncommented(found[0])

    return re.sub(rf"{_OUTLOOK}|{table}", settle, html, flags=re.DOTALL)
