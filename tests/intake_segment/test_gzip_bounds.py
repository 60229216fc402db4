"""How much room does gzip get? No more than a request may have, whatever it would come to."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from regulars.intake.segment_body import MOST_BYTES, TooLarge, unpacked


def _bomb(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, wbits=31)
    return b"".join(packing.compress(b" " * 1_000_000) for _ in range(megabytes)) + packing.flush()


@pytest.mark.parametrize("raw", [_bomb(50), gzip.compress(b" " * 400_000) * 100], ids=["one", "many"])
def test_what_would_come_to_too_much_is_never_made(raw: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpacked(raw, "gzip")
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_BYTES
    finally:
        tracemalloc.stop()


def test_as_much_as_may_be_is_unpacked() -> None:
    assert len(unpacked(gzip.compress(b" " * MOST_BYTES), "gzip")) == MOST_BYTES
    with pytest.raises(TooLarge):
        unpacked(gzip.compress(b" " * (MOST_BYTES + 1)), "gzip")
