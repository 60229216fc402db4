"""Is a body read strictly, and is no body able to hurt?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.intake.body import MAX_DEPTH, read_json

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=30,
)


@given(VALUES, st.booleans())
def test_what_is_json_reads_back_as_it_was(value: object, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_value_error(raw: bytes) -> None:
    refusal = None
    try:
        read_json(raw)
    except ValueError as wrong:
        refusal = str(wrong)
    assert refusal is None or refusal.startswith("body: ")


@pytest.mark.parametrize("opener", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("depth", [65, 300, 1_000, 1_000_000])
def test_deep_bodies_are_refused_at_once(opener: bytes, depth: int) -> None:
    closer = b"".join({b"[": b"]", b"{": b"}"}.get(bytes([c]), b"") for c in reversed(opener))
    raw = opener * depth + b"1" + closer * depth
    with pytest.raises(ValueError, match="at most 64 levels"):
        read_json(raw)


def test_depth_is_counted_to_the_level() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(ValueError, match="levels"):
        read_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_brackets_inside_texts_neither_add_depth_nor_hide_it() -> None:
    assert read_json(json.dumps("[" * 500).encode()) == "[" * 500
    hidden = b'["]",' * 100 + b"1" + b',"["]' * 100
    with pytest.raises(ValueError, match="levels"):
        read_json(hidden)


def test_a_wide_body_is_not_a_deep_one() -> None:
    assert len(read_json(json.dumps([{"a": []}] * 1000).encode())) == 1000


@pytest.mark.parametrize(
    "raw",
    [
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b"[1e999]",
        b"[-1e999]",
        b"[18446744073709551616]",
        b"1" * 10_000,
        b"",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} x',
        b'"\xff"',
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'"\x00"',
    ],
)
def test_what_is_not_plain_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^body: "):
        read_json(raw)


def test_integers_of_64_bits_are_kept_exactly() -> None:
    assert read_json(b"[18446744073709551615, -9223372036854775808]") == [2**64 - 1, -(2**63)]


def test_an_error_does_not_carry_the_body() -> None:
    with pytest.raises(ValueError, match="line 1, column") as caught:
        read_json(b'{"email": "ada@example.com", oops}')
    assert "ada" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not hasattr(caught.value, "doc")


def test_what_no_database_can_store_is_replaced() -> None:
    raw = rb'{"a\u0000b": ["\ud800", "\udC00x", "\ud83d\ude00", "\\u0000", "\u00e9"]}'
    value = read_json(raw)
    assert value == {"a\ufffdb": ["\ufffd", "\ufffdx", "\U0001f600", "\\u0000", "é"]}
    json.dumps(value, ensure_ascii=False).encode()
