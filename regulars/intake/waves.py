"""Which of many that wait together must come one after the other? Those that touch the same things."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def waves(items: Sequence[tuple[T, Iterable[Hashable], bool]]) -> list[list[T]]:
    """Lay items, each with what it touches, into waves: of two that touch the same the first is in an earlier wave,
    unless both are indifferent (the last value) to whether the other came first. Taken wave by wave, a set of items
    comes to what they come to one by one.

    Two orders of one new customer: `customer.orders == 1` holds for the first of them and not for the second. A hundred
    pages that one customer looked at, and that no journey speaks of, are one wave.
    """
    laid: list[list[T]] = []
    free: dict[Hashable, int] = {}  # the first wave in which a thing is not touched
    settled: dict[Hashable, int] = {}  # the first wave in which whoever is not indifferent does not touch it
    for item, touches, indifferent in items:
        things = list(touches)
        of = settled if indifferent else free
        wave = max((of.get(thing, 0) for thing in things), default=0)
        for thing in things:
            free[thing] = max(free.get(thing, 0), wave + 1)
        if not indifferent:
            settled.update(dict.fromkeys(things, wave + 1))
        if wave == len(laid):
            laid.append([])
        laid[wave].append(item)
    return laid
