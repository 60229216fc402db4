"""How many segments does a text message take, and can plainer letters make it fewer?

Encodings and sizes are those of 3GPP TS 23.038 and 23.040: a single segment holds 160 septets or 70 UTF-16 units, each
of several 153 or 67, because a header joins them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Encoding = Literal["GSM-7", "UCS-2"]
_SIZES: Final[dict[Encoding, tuple[int, int]]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # an escape and a letter: two septets that stay together

# What typographers and keyboards put in the place of a plain letter, and Twilio's smart encoding takes out again.
_PLAINER: Final = {
    **dict.fromkeys("«»“”„‟″ʺˮ❝❞〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛′ʹʻʼʽˈˊˋ`´❛❜＇\u0313\u0314", "'"),
    **dict.fromkeys("‐‑‒–—―⁃−﹣－﹘", "-"),
    **dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
    ),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
    **{"…": "...", "‥": "..", "․": ".", "•": "*", "·": "*", "⁄": "/", "∕": "/", "÷": "/", "‹": "<", "›": ">"},
    **{"¼": "1/4", "½": "1/2", "¾": "3/4", "‼": "!!", "ˆ": "^", "˜": "~", "\u2028": "\n", "\u2029": "\n"},
}
_TABLE: Final = str.maketrans(_PLAINER)


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes: `units` are septets (GSM-7) or UTF-16 units (UCS-2). An empty text takes no segment."""

    segments: int
    encoding: Encoding
    units: int


def size_of(text: str) -> Size:
    """Count the segments that a text takes."""
    encoding: Encoding = "GSM-7" if all(letter in _BASIC or letter in _EXTENDED for letter in text) else "UCS-2"
    costs = [_cost(letter, encoding) for letter in text]
    single, joined = _SIZES[encoding]
    units = sum(costs)
    if units <= single:
        return Size(1 if text else 0, encoding, units)
    segments, room = 1, joined
    for cost in costs:  # a letter of two units is never split between segments
        if cost > room:
            segments, room = segments + 1, joined
        room -= cost
    return Size(segments, encoding, units)


def smart(text: str) -> str:
    """The text in plainer letters, as a vendor's smart encoding sends it."""
    return text.translate(_TABLE)


def thrifty(text: str) -> str:
    """The plainer text where that makes it fit GSM-7; else the text as it is, for nothing would be gained."""
    plain = smart(text)
    return plain if size_of(plain).encoding == "GSM-7" else text


def _cost(letter: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
