"""What does a delivery's body say? JSON read strictly: UTF-8, finite numbers, bounded depth."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from pydantic_core import from_json

MAX_DEPTH = 64
_INT_LENGTH = 20  # characters of the longest 64-bit integer
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_LEAST, _TOO_MUCH = -(2**63), 2**64
_LOOKED_AT = frozenset((dict, list, int, float))
_NOT_PLAIN = object()
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """The value of one JSON text (RFC 8259, UTF-8). NUL and lone surrogates, which no database stores, become U+FFFD.

    Raises ValueError, without quoting the body, for anything else: other encodings, NaN and Infinity, integers beyond
    64 bits, floats beyond a double, more than `MAX_DEPTH` levels.
    """
    value = _plain(raw)
    if value is _NOT_PLAIN:
        value = _strict(raw)
    return _storable(value) if _UNSTORABLE_ESCAPE.search(raw) else value


def _plain(raw: bytes) -> Any:
    """The value of what nobody could object to, as nearly all of it is: read several times as fast."""
    try:
        value = from_json(raw, allow_inf_nan=False)
    except ValueError:
        return _NOT_PLAIN
    return value if _is_bounded(value) else _NOT_PLAIN


def _is_bounded(value: Any) -> bool:
    """Are its lists and objects at most `MAX_DEPTH` levels, and its numbers such as are kept?"""
    level = [value] if type(value) in _LOOKED_AT else []
    for _ in range(MAX_DEPTH + 1):
        inner: list[Iterable[Any]] = []
        for child in level:
            kind = type(child)
            if kind is dict:
                inner.append(child.values())
            elif kind is list:
                inner.append(child)
            elif not (_LEAST <= child < _TOO_MUCH if kind is int else -math.inf < child < math.inf):
                return False
        if not inner:
            return True
        level = [child for node in inner for child in node if type(child) is not str and child is not None]
    return False


def _strict(raw: bytes) -> Any:
    try:
        value = _DECODER.decode(raw.decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"body: expected UTF-8, but byte {wrong.start} is not") from None
    except json.JSONDecodeError as wrong:
        # The original error would carry the whole body, and with it personal data, into logs.
        raise ValueError(f"body: not JSON at line {wrong.lineno}, column {wrong.colno}: {wrong.msg}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if not _is_bounded(value):
        raise ValueError(_TOO_DEEP)
    return value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(child) for child in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(child) for key, child in value.items()}
    return value


def _int(text: str) -> int:
    if len(text) > _INT_LENGTH or not _LEAST <= (value := int(text)) < _TOO_MUCH:
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
