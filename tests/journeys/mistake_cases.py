"""What is a mistake that a test makes, and how is a table of them tested? Each is found in its place, and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Case = tuple[str, str, str | None, str]  # where the words stand, the words, the step, the message


def found_in_their_places(cases: dict[str, Case]) -> Callable[..., None]:
    """A test of every case. In its words a `«` stands before the place where the mistake is expected."""

    @pytest.mark.parametrize("case", cases.values(), ids=cases.keys())
    def of_each(case: Case, alone_in_its_place: Callable[[str, str, str | None, str], None]) -> None:
        alone_in_its_place(*case)

    return of_each
