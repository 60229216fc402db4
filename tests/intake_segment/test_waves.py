"""Which of many must come one after the other? Those that touch the same, but for two that do not care."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regulars.intake.waves import waves

ITEMS = st.lists(st.tuples(st.frozensets(st.integers(0, 3), max_size=3), st.booleans()), max_size=12)


@given(ITEMS)
def test_who_touches_the_same_comes_in_turn_and_whoever_does_not_care_needs_no_turn(
    items: list[tuple[frozenset[int], bool]],
) -> None:
    laid = waves([(number, touches, indifferent) for number, (touches, indifferent) in enumerate(items)])
    at = {number: wave for wave, numbers in enumerate(laid) for number in numbers}
    assert sorted(at) == list(range(len(items)))
    assert all(numbers == sorted(numbers) for numbers in laid)
    for later, (touches, indifferent) in enumerate(items):
        before = [
            at[earlier]
            for earlier, (others, other) in enumerate(items[:later])
            if touches & others and not (indifferent and other)
        ]
        assert at[later] == max((wave + 1 for wave in before), default=0)


def test_a_hundred_that_do_not_care_are_one_wave() -> None:
    assert [len(wave) for wave in waves([(number, ["mei"], True) for number in range(100)])] == [100]
    assert len(waves([(number, ["mei"], number != 50) for number in range(100)])) == 3
