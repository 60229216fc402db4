"""How is a thing named? By an opaque id of 13 base32 characters, ordered by time of making."""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
LENGTH = 13
_TIME_LENGTH = 8  # 40 bits of milliseconds: in order till 2039
_START_BITS = 24  # of the 25 behind: there is room to count on
_ONE_AT_A_TIME = threading.Lock()
_moment, _prefix, _count = 0, "", 0


def new_id() -> str:
    """A new id, as of `new_ids`."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """New ids, in order. An id is the real millisecond, and a count that begins at random in each; at most 16
    characters, as Temporal's KeywordList of a hundred needs. Sorting by it is sorting by making, so that B-tree inserts
    stay local.

    At random, two of the few hundred that a full transaction makes would be the same every few thousand times; within
    a millisecond a process counts on. Between processes it is left to chance, and to a transaction that is tried again.
    """
    global _moment, _prefix, _count
    moment = time.time_ns() // 1_000_000
    with _ONE_AT_A_TIME:
        if moment > _moment:
            _moment, _prefix, _count = moment, encode(moment, _TIME_LENGTH), secrets.randbits(_START_BITS)
        else:
            _count += 1
        first, _count = _count, _count + max(count - 1, 0)
        return _numbered(_prefix, first, count)


def _numbered(prefix: str, number: int, count: int) -> list[str]:
    """`count` ids from `number` on: those that differ in their last two characters alone are made together."""
    ids: list[str] = []
    while count > 0:
        low = number % len(_PAIRS)
        head, pairs = prefix + encode(number // len(_PAIRS), LENGTH - _TIME_LENGTH - 2), _PAIRS[low : low + count]
        ids += [head + pair for pair in pairs]
        number, count = number + len(pairs), count - len(pairs)
    return ids


def encode(value: int, length: int) -> str:
    """`value` in base32, padded with zeros to `length` characters; what does not fit is cut off at the front."""
    pairs = []
    for _ in range(0, length, 2):
        pairs.append(_PAIRS[value & 1023])
        value >>= 10
    return "".join(reversed(pairs))[-length:]
