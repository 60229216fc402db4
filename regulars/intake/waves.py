"""Which of many that wait together must come one after the other? Those that touch the same things."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def waves(items: Sequence[tuple[T, Iterable[Hashable]]]) -> list[list[T]]:
    """Lay items, each with what it touches, into waves: no two of a wave touch the same, and of two that do the first
    is in an earlier wave. Taken wave by wave, a set of items comes to what they come to one by one.

    Two orders of one new customer: `customer.orders == 1` holds for the first of them and not for the second.
    """
    laid: list[list[T]] = []
    free: dict[Hashable, int] = {}  # the first wave in which a thing is not touched
    for item, touches in items:
        things = list(touches)
        wave = max((free.get(thing, 0) for thing in things), default=0)
        free.update(dict.fromkeys(things, wave + 1))
        if wave == len(laid):
            laid.append([])
        laid[wave].append(item)
    return laid
