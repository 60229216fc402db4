"""In which lines does a text stand where there is so much room? Nothing is cut; a word too long is broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Of an em; the widths of a wide sans serif (DejaVu Sans), so that every other one has room.
_WIDTHS = {
    **dict.fromkeys("ijl'|", 0.29),
    **dict.fromkeys(" .,:;!ftr/\\()[]I-`", 0.42),
    **dict.fromkeys('"sczJ_*', 0.55),
    **dict.fromkeys("w", 0.83),
    **dict.fromkeys("m%", 0.98),
    **dict.fromkeys("MWOQ+=<>~^#@&", 1.0),
}
_LATIN, _CAPITAL, _OTHER, _WIDE, _EMOJI = 0.64, 0.78, 0.85, 1.0, 1.4
_JOINTS = "/_.-:,"  # a word too long is broken after one of these, if it can be


def width(text: str, size: float) -> float:
    """At most so many pixels, in letters of `size` pixels."""
    return sum(map(_width, text)) * size


def wrapped(text: str, room: float, size: float) -> list[str]:
    """The lines of `text`, none wider than `room` pixels in letters of `size`."""
    lines: list[str] = []
    for word in text.split():
        for piece, begins in _pieces(word, room, size):
            longer = f"{lines[-1]} {piece}" if lines and begins else piece
            if lines and begins and width(longer, size) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, room: float, size: float) -> Iterator[tuple[str, bool]]:
    """What a word is broken into, each with whether a word begins with it."""
    begins = True
    while width(word, size) > room:
        fits = next((n for n in range(1, len(word)) if width(word[: n + 1], size) > room), len(word))
        joint = max(word.rfind(one, fits // 2, fits) for one in _JOINTS) + 1
        at = joint or fits
        yield word[:at], begins
        word, begins = word[at:], False
    if word:
        yield word, begins


def _width(one: str) -> float:
    if one in _WIDTHS:
        return _WIDTHS[one]
    if one < "\x80":
        return _CAPITAL if one.isupper() else _LATIN
    if unicodedata.combining(one) or unicodedata.category(one) in ("Mn", "Cf"):
        return 0.0
    if one >= "\U0001f000" or unicodedata.category(one) == "So":
        return _EMOJI
    return _WIDE if unicodedata.east_asian_width(one) in "WF" else _OTHER
