"""How many segments is a text? As the carrier counts them (GSM 03.38; Twilio's segment calculator)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
# What Twilio's smart encoding makes of look-alikes that would cost the whole text its GSM alphabet.
_SMART = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "`": "'", "\u00b4": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
        "\u2026": "...", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
        "\u200b": "", "\ufeff": "",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segments:
    """`parts`: the text as it is cut; no character is ever split."""

    encoding: Literal["GSM-7", "UCS-2"]
    parts: tuple[str, ...]


def smart_encoded(text: str) -> str:
    return text.translate(_SMART)


def segments(text: str) -> Segments:
    """Cut `text`: 160 or 153 septets in GSM-7, where extension characters cost two; else 70 or 67 UTF-16 units."""
    gsm = all(letter in _GSM_BASIC or letter in _GSM_EXTENDED for letter in text)
    if gsm:
        widths = [1 + (letter in _GSM_EXTENDED) for letter in text]
        alone, joined = 160, 153
    else:
        widths = [1 + (ord(letter) > 0xFFFF) for letter in text]
        alone, joined = 70, 67
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if gsm else "UCS-2"
    if sum(widths) <= alone:
        return Segments(encoding, (text,))
    parts: list[str] = []
    start = used = 0
    for place, width in enumerate(widths):
        if used + width > joined:
            parts.append(text[start:place])
            start, used = place, 0
        used += width
    return Segments(encoding, (*parts, text[start:]))
