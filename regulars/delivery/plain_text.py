"""What does a mail say without its looks? The text part, out of the MJML that its author wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from regulars.delivery.held import Held
from regulars.delivery.links import Campaign, link_filter
from regulars.delivery.markup import Close, Open, Piece, Text
from regulars.delivery.mjml_words import HTML

_PARAGRAPHS: Final = HTML | frozenset(
    {
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr"),
        "mj-image",
        "mj-divider",
    }
)
_LINES: Final = {"br": "\n", "li": "\n- ", "tr": "\n"}
_CELLS: Final = frozenset({"td", "th"})
_LINKS: Final = frozenset({"a", "mj-button", "mj-navbar-link", "mj-social-element"})
_SPACE: Final = re.compile(r"\s+")


def tidy(text: str) -> str:
    """Lines without white space at their ends, paragraphs one empty line apart."""
    while "   " in text:
        text = text.replace("   ", "  ")
    text = "\n".join([line.strip(" \t") for line in text.split("\n")])
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


@dataclass
class _Writer:
    """Writes what is read.

    `links`: for each link that is open, its tag, its address and where its words began. `skipped`: the tags that are
    open inside of the head, or of what is for the eye alone (``aria-hidden="true"``).
    """

    held: Held
    campaign: Campaign
    parts: list[str] = field(default_factory=list)
    links: list[tuple[str, str, int]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def take(self, piece: Piece) -> None:
        match piece:
            case Open() if self.skipped or piece.name == "mj-head" or piece.get("aria-hidden") == "true":
                self.skipped += [] if piece.closed else [piece.name]
            case Close() if self.skipped:
                self.skipped.pop()
            case _ if self.skipped:
                return
            case Open():
                self._open(piece)
            case Close():
                self._close(piece.name)
            case Text():
                self._text(piece.text)

    def _open(self, tag: Open) -> None:
        name, href = tag.name, tag.get("href")
        if name in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif name in _LINES:
            self.parts.append(_LINES[name])
        if name == "mj-image" and href:
            self._text(f"{tag.get('alt') or ''} ")
            self.parts += [f"<{self._address(href)}>", "\n\n"]
        elif name in _LINKS and href and not tag.closed:
            self.links.append((name, self._address(href), len(self.parts)))

    def _close(self, name: str) -> None:
        if self.links and self.links[-1][0] == name:
            _, address, began = self.links.pop()
            words = "".join(self.parts[began:]).strip()
            if words != address:
                self.parts.append(f": {address}" if name == "mj-button" else f" <{address}>")
        if name in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif name in _CELLS:
            self.parts.append("  ")

    def _text(self, text: str) -> None:
        self.parts.append(_SPACE.sub(" ", unescape(text)))

    def _address(self, href: str) -> str:
        """The address as text. What of it is Jinja is tagged and guarded when rendered, as in the HTML."""
        if not self.held.has_word(href):
            return self.campaign.tag(unescape(href))
        return self.held.through(link_filter(self.held.told(href)), unescape(href))


def text_of(pieces: tuple[Piece, ...], held: Held, campaign: Campaign) -> str:
    """The text part of a mail, its Jinja still held, with more words than came in."""
    writer = _Writer(held, campaign)
    for piece in pieces:
        writer.take(piece)
    return tidy("".join(writer.parts))
