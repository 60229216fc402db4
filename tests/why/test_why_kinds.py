"""Is every kind of answer given where it is due, in the words that docs/why.md shows?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from provoked import SCENES
from why_shop import Shop, reasons

from regulars.why.kinds import Kind

PAGE = (Path(__file__).parents[2] / "docs" / "why.md").read_text("utf-8")
SHOWN = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.M))


def plain(text: str) -> str:
    """Without ids and lots, which are others each time."""
    text = re.sub(r"\b[0-9a-z]{13}\b|\b[0-9a-f]{32}\b", "ID", text)
    return re.sub(r"theirs is \d+", "theirs is N", text)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_of_answer_is_given_in_the_words_that_the_page_shows(shop: Shop, kind: Kind) -> None:
    found = [one for one in reasons(SCENES[kind](shop)) if one.kind is kind]
    assert found, f"nobody says {kind}"
    assert plain(found[-1].text) == plain(SHOWN[kind])


def test_the_page_shows_every_kind_and_no_other() -> None:
    assert list(SHOWN) == [kind.value for kind in Kind]
