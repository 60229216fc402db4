"""Does a request fit its JSON schema? The schemas of both vendors, compiled once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

_MOST_FAULTS = 100
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


def compiled(name: str) -> Validator:
    """The validator of `schemas/<name>.schema.json`, Draft 2020-12, formats checked."""
    text = (resources.files("regulars.sandbox") / "schemas" / f"{name}.schema.json").read_text("utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    validator: Validator = _Linear(schema, format_checker=_formats)
    return validator


def faults(validator: Validator, value: Any) -> list[ValidationError]:
    """What is wrong with `value`, in the schema's order; at most a hundred."""
    return list(islice(validator.iter_errors(value), _MOST_FAULTS))


def _unique(validator: Any, unique: bool, value: object, schema: object) -> Iterator[ValidationError]:
    """`uniqueItems` in linear time: the library compares each with each, which a long list turns into minutes."""
    if unique and isinstance(value, list):
        seen: set[str] = set()
        for item in value:
            written = json.dumps(item, sort_keys=True)
            if written in seen:
                yield ValidationError(f"{item!r} is there more than once")
                return
            seen.add(written)


_Linear: Any = extend(Draft202012Validator, {"uniqueItems": _unique})  # type: ignore[no-untyped-call]
_formats = FormatChecker(formats=())


@_formats.checks("email")
def _has_at_sign(value: object) -> bool:
    """As little as the vendor's specification can say; the address itself is judged by a rule."""
    return not isinstance(value, str) or "@" in value


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_DATE_TIME.fullmatch(value)) and bool(datetime.fromisoformat(value.upper()))
