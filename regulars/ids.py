"""How is a thing named? By an opaque id of 13 base32 characters, ordered by time of making."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
LENGTH = 13


def new_id() -> str:
    """A new id: 41 bits of real milliseconds (till 2039) and 24 random bits, at most 16 characters as Temporal's
    KeywordList of a hundred needs. Sorting by it is sorting by making, so that B-tree inserts stay local."""
    value = ((time.time_ns() // 1_000_000) & ((1 << 41) - 1)) << 24 | secrets.randbits(24)
    return encode(value, LENGTH)


def encode(value: int, length: int) -> str:
    """`value` in base32, padded with zeros to `length` characters."""
    letters = []
    for _ in range(length):
        letters.append(_ALPHABET[value & 31])
        value >>= 5
    return "".join(reversed(letters))
