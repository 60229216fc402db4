"""Does text that was cut and joined still know its file and line?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.traced import Source, Traced


@given(st.text("ab\n", min_size=1, max_size=30), st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_every_letter_keeps_its_place_through_cutting_and_joining(text: str, cuts: list[int]) -> None:
    source = Source("f", text)
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    whole = Traced.of(source)
    pieces = [whole.cut(start, end) for start, end in pairwise(edges)]
    added = Traced.put("xyz", Source("g", "hello"), 2)
    joined = Traced.join([added, *pieces, added])
    assert joined.text == f"xyz{text}xyz"
    for offset in range(len(text)):
        assert joined.spot(offset + 3) == source.spot(offset)
    assert joined.spot(1) == joined.spot(0) == Source("g", "hello").spot(2)
    assert joined.spot(len(joined.text) - 1).file == "g"
    assert added.cut(1, 3).spot(1) == added.spot(0)


def test_a_place_is_counted_from_one() -> None:
    spot = Source("f", "ab\ncd").spot(4)
    assert (spot.line, spot.column) == (2, 2)
    assert Source("f", "ab\ncd").offset(2, 2) == 4
