"""Are segments counted as the vendor counts them?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.segments import size_of, smart, thrifty


def test_the_vendors_calculator_agrees_on_every_vector_but_the_empty_text(vendors_data: Path) -> None:
    every = json.loads((vendors_data / "payloads" / "sms_segments_vectors.json").read_text("utf-8"))["vectors"]
    assert len(every) > 20
    for vector in every:
        if not vector["text"]:
            continue  # the vendor's calculator says one segment, and nothing is sent
        plain, smarter = size_of(vector["text"]), size_of(smart(vector["text"]))
        bits = plain.units * (7 if plain.encoding == "GSM-7" else 16)
        said = (vector["encoding"], vector["segments"], vector["messageSize"])
        assert (plain.encoding, plain.segments, bits) == said, vector["name"]
        assert smarter.encoding == vector["smart"]["encoding"], vector["name"]
        assert smarter.segments == vector["smart"]["segments"], vector["name"]


OWN = [
    ("", "GSM-7", 0),
    ("a" * 160, "GSM-7", 1),
    ("a" * 161, "GSM-7", 2),
    ("a" * 306, "GSM-7", 2),
    ("a" * 307, "GSM-7", 3),
    ("€" * 80, "GSM-7", 1),
    ("€" * 81, "GSM-7", 2),
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),  # an escape and its letter stay together: 152, 2 + 151, 1
    ("茶" * 70, "UCS-2", 1),
    ("茶" * 71, "UCS-2", 2),
    ("茶" * 134, "UCS-2", 2),
    ("茶" * 135, "UCS-2", 3),
    ("🍵" * 35, "UCS-2", 1),
    ("a" * 66 + "🍵" + "a" * 66, "UCS-2", 3),  # a pair of surrogates stays together
    ("`", "UCS-2", 1),
    ("ç", "UCS-2", 1),
]


@pytest.mark.parametrize(("text", "encoding", "segments"), OWN, ids=[f"{row[0][:3]}*{len(row[0])}" for row in OWN])
def test_own_vectors(text: str, encoding: str, segments: int) -> None:
    size = size_of(text)
    assert (size.encoding, size.segments) == (encoding, segments)


def test_typography_is_made_plain_only_where_that_saves() -> None:
    assert thrifty("“Hi” – it’s…\u00a0tea") == '"Hi" - it\'s... tea'
    assert thrifty("“茶” – tea") == "“茶” – tea"


@given(st.text())
def test_plainer_letters_never_take_more_segments_where_they_are_used(text: str) -> None:
    assert size_of(thrifty(text)).segments <= max(size_of(text).segments, 1) or size_of(text).encoding == "GSM-7"


@given(st.text(min_size=1))
def test_the_segments_are_enough_and_not_one_too_many(text: str) -> None:
    size = size_of(text)
    room = (160, 153) if size.encoding == "GSM-7" else (70, 67)
    assert size.units <= (room[0] if size.segments == 1 else room[1] * size.segments)
    if size.segments > 1:
        assert size.units > room[0]
        assert size.units > (room[1] - 1) * (size.segments - 1)
