"""Where does a rehearsal differ from its simulation? The same steps, decisions and outcomes, equal to the minute."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from regulars.simulate.as_json import as_json
from regulars.simulate.record import Record, local

Row = dict[str, Any]
_MINUTE = timedelta(minutes=1)
_AWAY = "the rehearsal has not"
_NEW = "the simulation has not"


def differences(simulated: Record, rehearsed: Record) -> list[str]:
    """One sentence for each, by their instants; none where all is the same."""
    found = [*_between(_entries(simulated), _entries(rehearsed)), *_between(_walks(simulated), _walks(rehearsed))]
    zone = simulated.entries[0].zone if simulated.entries else "UTC"
    told = [f"{local(at, zone)}  {text}" for at, text in sorted(found)]
    return told + (["it goes on and on"] if simulated.truncated or rehearsed.truncated else [])


Item = tuple[str, tuple[datetime, ...]]
"""What it says without its instants, and these."""


def _entries(record: Record) -> list[Item]:
    return [_item(one, one.pop("at")) for one in _told(record, "entries") if one["kind"] != "note"]


def _walks(record: Record) -> list[Item]:
    return [_item({"kind": "walk", **one}, one.pop("entered_at")) for one in _told(record, "walks")]


def _told(record: Record, what: str) -> list[Row]:
    return [{**one, "local": None} for one in as_json(record)[what]]


def _item(told: Row, at: str) -> Item:
    instants = [datetime.fromisoformat(at)]
    plain = _without(told, instants)
    shown = {name: value for name, value in plain.items() if value is not None and name not in ("zone", "entered_at")}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True), tuple(instants)


def _without(value: Any, instants: list[datetime]) -> Any:
    """The value with its instants taken out, in the order in which they stand."""
    if isinstance(value, dict):
        return {name: _without(one, instants) for name, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_without(one, instants) for one in value]
    if isinstance(value, str) and (at := _instant(value)) is not None:
        instants.append(at)
        return "…"
    return value


def _instant(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written) if len(written) > len("2026-03-02") else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _between(simulated: Sequence[Item], rehearsed: Sequence[Item]) -> Iterator[tuple[datetime, str]]:
    mine, yours = _grouped(simulated), _grouped(rehearsed)
    for said in sorted({*mine, *yours}):
        yield from _unequal(said, mine[said], yours[said])


def _grouped(items: Iterable[Item]) -> defaultdict[str, list[tuple[datetime, ...]]]:
    found: defaultdict[str, list[tuple[datetime, ...]]] = defaultdict(list)
    for said, instants in items:
        found[said].append(instants)
    return found


def _unequal(
    said: str, mine: list[tuple[datetime, ...]], yours: list[tuple[datetime, ...]]
) -> Iterator[tuple[datetime, str]]:
    """Each of one side takes the first of the other that is the same to the minute."""
    left = sorted(yours)
    for one in sorted(mine):
        equal = next((other for other in left if _same(one, other)), None)
        if equal is None:
            yield one[0], f"{_AWAY}: {said}"
        else:
            left.remove(equal)
    yield from ((one[0], f"{_NEW}: {said}") for one in left)


def _same(one: tuple[datetime, ...], other: tuple[datetime, ...]) -> bool:
    return all(abs(mine - yours) < _MINUTE for mine, yours in zip(one, other, strict=True))
