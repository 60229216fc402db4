"""What does a Segment request hold? Gzip undone within bounds, JSON read, and the write key that it was sent with."""

from __future__ import annotations

import base64
import hmac
import zlib
from collections.abc import Sequence
from typing import Any

MOST_BYTES = 500 << 10
"""Of a request's body, before and after it is unpacked: 500 kB."""


class TooLarge(ValueError):
    """More than a request may have."""

    def __init__(self) -> None:
        super().__init__(f"body: expected at most {MOST_BYTES} bytes")


def unpacked(raw: bytes, encoding: str) -> bytes:
    """The body as it was before `encoding` (Content-Encoding: gzip, or none). Never makes more than `MOST_BYTES`.

    Raises TooLarge, and ValueError for what is not gzip, cut short, or packed in another way.
    """
    if encoding in ("", "identity"):
        return raw
    if encoding != "gzip":
        raise ValueError("Content-Encoding: expected gzip or none")
    parts: list[bytes] = []
    room = MOST_BYTES
    while raw:  # a file of several members is one file (RFC 1952, section 2.2)
        unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            part = unpacking.decompress(raw, room + 1)
        except zlib.error:
            raise ValueError("body: not gzip") from None
        if len(part) > room:
            raise TooLarge
        if not unpacking.eof:
            raise ValueError("body: gzip that is cut short")
        parts.append(part)
        room -= len(part)
        raw = unpacking.unused_data
    return b"".join(parts)


def is_key(authorization: str, keys: Sequence[str]) -> bool:
    """Is that HTTP Basic with one of the write keys as its user and an empty password? In a time that tells nothing."""
    scheme, _, given = authorization.partition(" ")
    genuine = False
    for key in keys:
        expected = base64.b64encode(f"{key}:".encode())
        genuine |= hmac.compare_digest(expected, given.strip().encode("utf-8", "replace"))
    return genuine and scheme.lower() == "basic"


def names_key(body: Any, keys: Sequence[str]) -> bool:
    """Is one of the write keys the body's `writeKey`? So do browsers send it that leave without waiting."""
    given = body.get("writeKey") if isinstance(body, dict) else None
    genuine = False
    if isinstance(given, str):
        for key in keys:
            genuine |= hmac.compare_digest(key.encode(), given.encode("utf-8", "replace"))
    return genuine
