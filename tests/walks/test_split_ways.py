"""Is a split as fair as its shares, and each customer's way their own for good?"""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from regulars.journeys.model import Split, Way
from regulars.walks.look import way_of
from regulars.walks.lots import lot_of

SPLIT = Split("split", "s", "s", (Way("a", 1_250), Way("b", 750), Way("c", 8_000)))


def test_customers_take_the_ways_by_their_shares() -> None:
    taken = Counter(way_of(SPLIT, lot_of(f"{n:013}", "welcome", "s")) for n in range(20_000))
    for way in SPLIT.ways:
        assert abs(taken[way.name] / 20_000 - way.share / 10_000) < 0.01, way.name


def test_the_lots_of_two_splits_have_nothing_to_do_with_each_other() -> None:
    customers = [f"{n:013}" for n in range(4_000)]
    both = sum(lot_of(one, "j", "s") < 5_000 and lot_of(one, "j", "other") < 5_000 for one in customers)
    assert 900 < both < 1_100


def test_a_lot_is_the_same_on_every_machine_and_for_good() -> None:
    assert lot_of("06g1x0000000a", "welcome", "split_1") == 6_559


@given(st.lists(st.integers(1, 5_000), min_size=2, max_size=6), st.integers(0, 9_999))
def test_every_lot_has_one_way_in_the_order_of_the_file(shares: list[int], lot: int) -> None:
    ways = tuple(Way(f"w{n}", share) for n, share in enumerate(shares))
    before = [sum(shares[:n]) for n in range(len(shares))]
    expected = max((n for n, start in enumerate(before) if start <= lot), default=0)
    assert way_of(Split("split", "s", "s", ways), lot) == f"w{expected}"
