"""How is a thing named? By an opaque id of 13 base32 characters, ordered by time of making."""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
LENGTH = 13
_RANDOM_BITS = 24
_MILLISECONDS = (1 << 41) - 1
_ONE_AT_A_TIME = threading.Lock()
_last = 0


def new_id() -> str:
    """A new id: 41 bits of real milliseconds (till 2039) and 24 bits that begin at random in each millisecond, at most
    16 characters as Temporal's KeywordList of a hundred needs. Sorting by it is sorting by making, so that inserts into
    a B-tree stay local.

    Within a millisecond a process counts on: at random, of a few hundred that a full transaction makes two would be the
    same every few thousand times. Between processes that is left to chance, and to a transaction that is tried again.
    """
    global _last
    moment = (time.time_ns() // 1_000_000 & _MILLISECONDS) << _RANDOM_BITS
    with _ONE_AT_A_TIME:
        _last = moment | secrets.randbits(_RANDOM_BITS) if moment > _last else _last + 1
        value = _last
    return encode(value, LENGTH)


def encode(value: int, length: int) -> str:
    """`value` in base32, padded with zeros to `length` characters; what does not fit is cut off at the front."""
    pairs = []
    for _ in range(0, length, 2):
        pairs.append(_PAIRS[value & 1023])
        value >>= 10
    return "".join(reversed(pairs))[-length:]
