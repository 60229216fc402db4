"""Which shape has each kind of value? JSON Schema of what the readers of `values` take, as far as a schema can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from regulars.journeys import step_values, values
from regulars.journeys.events import STANDARD
from regulars.journeys.happening import Weekday
from regulars.journeys.load_start import INSTANT, LAST_DAY
from regulars.journeys.load_webhook import NAME
from regulars.journeys.model import EVERYONE
from regulars.journeys.span import UNITS

Schema = dict[str, Any]

_SPAN = rf"(?!0+\s)[0-9]{{1,6}}\s+({'|'.join(UNITS)})s?"


def ref(name: str) -> Schema:
    """What `$defs` has under that name."""
    return {"$ref": f"#/$defs/{name}"}


def matching(pattern: str | re.Pattern[str]) -> Schema:
    """A text that the whole pattern matches."""
    return {"type": "string", "pattern": f"^({pattern.pattern if isinstance(pattern, re.Pattern) else pattern})$"}


def one_of(words: Iterable[str]) -> Schema:
    """One word of a closed list."""
    return {"enum": list(words)}


def either(*shapes: Schema) -> Schema:
    """Any of these."""
    return {"anyOf": list(shapes)}


def one_or_many(shape: Schema) -> Schema:
    """One such thing or a list of them."""
    return either(shape, {"type": "array", "items": shape, "minItems": 1})


def by_name(pattern: str | re.Pattern[str], shape: Schema) -> Schema:
    """A mapping of names to one shape."""
    return {
        "type": "object",
        "propertyNames": matching(pattern),
        "additionalProperties": shape,
        "minProperties": 1,
    }


# An unquoted number is a text like any other here, and an unquoted true a condition.
VALUES: Mapping[str, Schema] = {
    "text": {"type": ["string", "number"]},
    "plain": {"type": ["string", "number", "boolean"]},
    "condition": {"type": ["string", "number", "boolean"]},
    "id": matching(values.ID),
    "template": matching(values.TEMPLATE),
    "event": either(one_of(name for name, kind in STANDARD.items() if kind.written is None), {"type": "string"}),
    "property": matching(r"event\.[A-Za-z_][A-Za-z0-9_]*"),
    "audience": either(one_of([EVERYONE]), matching(values.ID)),
    "span": matching(_SPAN),
    "again": either(one_of(["never", "always"]), matching(rf"after\s+{_SPAN}")),
    "clock_time": matching(values.CLOCK),
    "instant": matching(INSTANT),
    "weekdays": {"type": "array", "items": one_of(get_args(Weekday)), "minItems": 1, "uniqueItems": True},
    "day_of_month": either({"type": "integer", "minimum": 1, "maximum": LAST_DAY}, matching("0?[1-9]|1[0-9]|2[0-8]")),
    "date": {"type": "string", "minLength": 1},
    "share": matching(r"[0-9]{1,3}(\.[0-9]{1,2})?\s?%"),
    "rounds": either({"type": "integer", "minimum": 2, "maximum": step_values.MOST_ROUNDS}, matching("[0-9]{1,3}")),
    "reason": {"type": ["string", "number"], "maxLength": step_values.LIMIT},
    "tags": one_or_many({"type": ["string", "number"], "maxLength": step_values.LIMIT}),
    "cap": matching(rf"[0-9]{{1,6}}\s+per\s+{_SPAN}"),
    "quiet_hours": matching(rf"{values.CLOCK}\s*-\s*{values.CLOCK}"),
    "time_zone": matching(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"),
    "locale": matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
    "currency": matching(r"[A-Z]{3}"),
    "email": {"type": "string", "format": "email"},
    "address": matching(r"https?://\S+"),
    "body": by_name(NAME, {"type": ["string", "number", "boolean"]}),
}
