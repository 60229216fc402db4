"""Is every example of docs/language.md right, and is every kind of step shown by one?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regulars.journeys.load import read_book
from regulars.journeys.model import STEP_KINDS, walk_steps

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text()
BLOCKS = {PAGE.count("\n", 0, found.start()) + 2: found[1] for found in re.finditer(r"```yaml\n(.*?)```", PAGE, re.S)}
HOUSE = next(block for block in BLOCKS.values() if block.startswith("house:"))
EXAMPLES = {line: block for line, block in BLOCKS.items() if block.startswith("journeys:")}


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_of_the_page_is_a_book(line: int) -> None:
    book = read_book(HOUSE + EXAMPLES[line], f"the example in line {line}")
    assert book.journeys


def test_every_block_of_the_page_is_an_example() -> None:
    assert len(BLOCKS) == len(EXAMPLES) + 1
    assert PAGE.count("```") == 2 * len(BLOCKS)


def test_every_kind_of_step_is_shown() -> None:
    books = [read_book(HOUSE + example, "the page") for example in EXAMPLES.values()]
    steps = [step for book in books for journey in book.journeys.values() for step in walk_steps(journey.steps)]
    assert {step.kind for step in steps} == set(STEP_KINDS)
