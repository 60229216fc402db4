"""How is a request that a package builds made many times over? Once by the package, then cast from what it made.

The package is given a word for each value that is a message's own. Its request, cut where the words came out, is the
mould: it says where each value goes, and nothing of the vendor's format is known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from pydantic_core import to_json

_WORD = uuid4().hex
_SLOT = re.compile(rf'"{_WORD}(\w+)"'.encode())


def word(slot: str) -> str:
    """What stands for a value; `slot` consists of letters, digits and underscores."""
    return f"{_WORD}{slot}"


@dataclass(frozen=True, slots=True)
class Mould:
    """JSON around the values of `slots`, each of which may stand in it more than once."""

    pieces: tuple[bytes, ...]
    slots: tuple[str, ...]

    @staticmethod
    def of(body: bytes) -> Mould:
        """Of JSON in which words stand as texts of their own."""
        parts = _SLOT.split(body)
        return Mould(tuple(parts[::2]), tuple(slot.decode() for slot in parts[1::2]))

    def cast(self, values: Mapping[str, str]) -> bytes:
        """The JSON with the values in their places."""
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts += (to_json(values[slot]), piece)
        return b"".join(parts)
