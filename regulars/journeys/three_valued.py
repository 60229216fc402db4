"""How is truth reckoned when data is missing? Closures over three truth values.

What is missing (None, or no such key) is `Empty`. A comparison in which it takes part is `UNKNOWN`; `and`, `or` and
`not` follow Kleene's strong logic, so that an unknown side decides nothing where the other side decides. Plain truth
(`customer.phone`) and `is none`, `is defined` are answered for what is missing as for anything else.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

_TEXT_LIMIT: Final = 200
_LIST_LIMIT: Final = 20
COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


@dataclass(frozen=True, slots=True)
class Empty:
    """A missing value. `names`: what was missing, as it is written."""

    names: tuple[str, ...]


class Unknown:
    """The third truth value."""


UNKNOWN: Final = Unknown()


@dataclass(slots=True)
class Frame:
    """One judgement under way. `seen`: each path and question asked, with its value; `empty`: what made it unknown."""

    context: Mapping[str, Any]
    seen: dict[str, Any] = field(default_factory=dict)
    empty: dict[str, None] = field(default_factory=dict)


Run = Callable[[Frame], Any]


def truth(value: Any) -> bool | None:
    """True, False, or None for unknown."""
    if value is UNKNOWN:
        return None
    return not isinstance(value, Empty) and bool(value)


def strict(function: Callable[..., Any], operands: list[Run]) -> Run:
    """Anything missing or unknown among the operands makes the whole so."""

    def run(frame: Frame) -> Any:
        values = [operand(frame) for operand in operands]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        names = tuple(name for value in values if isinstance(value, Empty) for name in value.names)
        return Empty(names) if names else function(*values)

    return run


def not_(operand: Run) -> Run:
    def run(frame: Frame) -> Any:
        holds = truth(operand(frame))
        return UNKNOWN if holds is None else not holds

    return run


def and_(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        first = left(frame)
        holds = truth(first)
        if holds is False:
            return first
        second = right(frame)
        return UNKNOWN if holds is None and truth(second) is not False else second

    return run


def or_(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        first = left(frame)
        holds = truth(first)
        if holds:
            return first
        second = right(frame)
        return UNKNOWN if holds is None and not truth(second) else second

    return run


def choice(test: Run, then: Run, otherwise: Run) -> Run:
    """`then if test else otherwise`."""

    def run(frame: Frame) -> Any:
        holds = truth(test(frame))
        if holds is None:
            return UNKNOWN
        return then(frame) if holds else otherwise(frame)

    return run


def comparison(first: Run, others: list[tuple[str, Run]]) -> Run:
    """`first < second < ...`, by the names of `COMPARISONS`: false when a link is, else unknown when a link is."""

    def run(frame: Frame) -> Any:
        result: bool | None = True
        left = first(frame)
        for name, other in others:
            right = other(frame)
            holds = _compared(name, left, right, frame)
            if holds is False:
                return False
            result = result and holds
            left = right
        return UNKNOWN if result is None else True

    return run


def _compared(name: str, left: Any, right: Any, frame: Frame) -> bool | None:
    known = True
    for value in (left, right):
        if isinstance(value, Empty):
            frame.empty.update(dict.fromkeys(value.names))
            known = False
        known = known and value is not UNKNOWN
    if not known:
        return None
    if isinstance(left, datetime) and isinstance(right, str):
        right = _moment(right, frame)
    elif isinstance(right, datetime) and isinstance(left, str):
        left = _moment(left, frame)
    return bool(COMPARISONS[name](left, right))


def _moment(written: str, frame: Frame) -> datetime:
    """ISO 8601 text as an instant: a date alone begins at the customer's midnight, a time without offset is UTC."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=_zone(frame) if len(written) == len("2026-01-31") else UTC)


def _zone(frame: Frame) -> tzinfo:
    for root in ("customer", "shop"):
        known = frame.context.get(root)
        name = known.get("timezone") if isinstance(known, Mapping) else None
        if name:
            return ZoneInfo(name)
    return UTC


def recorded(value: Any) -> Any:
    """`value` as it goes on record: a JSON value, never long."""
    if isinstance(value, float) and not math.isfinite(value):  # no number of JSON's
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= _TEXT_LIMIT else value[:_TEXT_LIMIT] + "..."
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"a mapping of {len(value)}"
    if isinstance(value, list | tuple | set | frozenset):
        short = len(value) <= _LIST_LIMIT and all(isinstance(item, str | int | float) for item in value)
        return [recorded(item) for item in value] if short else f"a list of {len(value)}"
    return str(value)[:_TEXT_LIMIT]
