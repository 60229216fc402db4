"""What do the tests of the language share? A small house, and reading a text for its mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.journeys.load import read_book
from regulars.journeys.mistakes import Mistake, Mistakes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def mistakes_in() -> Callable[[str], tuple[Mistake, ...]]:
    """All mistakes of a text; none when it makes a book."""

    def read(text: str) -> tuple[Mistake, ...]:
        try:
            read_book(text, "journeys.yaml", learnt=("Tea Ceremony Booked",), templates=lambda _, name: "none" not in name)
        except Mistakes as mistakes:
            return mistakes.found
        return ()

    return read


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The file that ships."""
    return ROOT / "journeys.yaml"
