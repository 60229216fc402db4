"""What does a delivery's body say? JSON read strictly: UTF-8, finite numbers, bounded depth."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 64
_INT_LENGTH = 20  # characters of the longest 64-bit integer
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """The value of one JSON text (RFC 8259, UTF-8). NUL and lone surrogates, which no database stores, become U+FFFD.

    Raises ValueError, without quoting the body, for anything else: other encodings, NaN and Infinity, integers beyond
    64 bits, floats beyond a double, more than `MAX_DEPTH` levels.
    """
    try:
        value = _DECODER.decode(raw.decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"body: expected UTF-8, but byte {wrong.start} is not") from None
    except json.JSONDecodeError as wrong:
        # The original error would carry the whole body, and with it personal data, into logs.
        raise ValueError(f"body: not JSON at line {wrong.lineno}, column {wrong.colno}: {wrong.msg}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    # Openers bound the depth from above, and counting them is cheaper than walking; most bodies stop here.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise ValueError(_TOO_DEEP)
    return _storable(value) if _UNSTORABLE_ESCAPE.search(raw) else value


def _deeper_than(root: Any, limit: int) -> bool:
    level = [root] if isinstance(root, dict | list) else []
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(child) for child in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(child) for key, child in value.items()}
    return value


def _int(text: str) -> int:
    if len(text) > _INT_LENGTH or not -(2**63) <= (value := int(text)) < 2**64:
        raise ValueError("body: expected integers of at most 64 bits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("body: expected numbers that a double can hold")
    return value


def _constant(text: str) -> NoReturn:
    raise ValueError(f"body: {text} is not JSON")


_TOO_DEEP = f"body: expected at most {MAX_DEPTH} levels of nesting"
_DECODER = json.JSONDecoder(parse_int=_int, parse_float=_float, parse_constant=_constant)
