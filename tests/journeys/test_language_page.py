"""Is every example of docs/language.md right, and is every kind of step and start shown by one?"""

from __future__ import annotations

import pytest
from language_page import BLOCKS, EXAMPLES, HOUSE, PAGE, SEGMENTS

from regulars.journeys.load import read_book
from regulars.journeys.load_start import WORDS
from regulars.journeys.model import STEP_KINDS, Book, walk_steps
from regulars.journeys.questions import QUESTIONS


def book_of(example: str, line: int = 0) -> Book:
    return read_book(HOUSE + example, f"the example in line {line}", segments=SEGMENTS)


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_of_the_page_is_a_book(line: int) -> None:
    assert book_of(EXAMPLES[line], line).journeys


def test_every_block_of_the_page_is_an_example_or_the_house_or_the_segments_of_all() -> None:
    assert len(BLOCKS) == len(EXAMPLES) + 2
    assert PAGE.count("```") == 2 * len(BLOCKS)
    assert len(book_of(next(iter(EXAMPLES.values()))).house.segments) == SEGMENTS.count("\n    where:")


def test_every_kind_of_step_is_shown() -> None:
    books = [book_of(example) for example in EXAMPLES.values()]
    steps = [step for book in books for journey in book.journeys.values() for step in walk_steps(journey.steps)]
    assert {step.kind for step in steps} == set(STEP_KINDS)


def test_every_kind_of_start_and_every_question_is_shown() -> None:
    starts = PAGE.split("    start:")[1:]
    for word in WORDS:
        assert any(f"{word}:" in start.split("steps:")[0] for start in starts), word
    assert all(f"{question}(" in PAGE for question in QUESTIONS)
