"""May each journey be started by the steps that do? Not in a circle, and not one that keeps its runs apart by a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regulars.journeys.model import Journey
from regulars.journeys.reading import Begun


def judge_begun(begun: Sequence[Begun], journeys: Mapping[str, Journey]) -> None:
    """Report each step that starts what it must not."""
    ways: dict[str, set[str]] = {}
    for one in begun:
        ways.setdefault(one.by, set()).add(one.name)
    for one in begun:
        circle = _way(ways, one.name, one.by)
        if circle is not None:
            way = " → ".join((one.by, *circle))
            one.findings.add(one.place, f"a journey that starts itself in a circle never ends: {way}")
        target = journeys.get(one.name)
        if target is not None and target.start.key:
            once = "date" if target.start.on else f"event.{target.start.key}"
            why = f"it runs once for each {once}, and a step has none"
            one.findings.add(one.place, f"{one.name!r} cannot be started by a step: {why}")


def _way(ways: Mapping[str, set[str]], start: str, end: str) -> tuple[str, ...] | None:
    """The journeys from `start` to `end`, each of which starts the next; None where there is no way."""
    seen = {start}
    open_: list[tuple[str, ...]] = [(start,)]
    while open_:
        path = open_.pop(0)
        if path[-1] == end:
            return path
        for name in sorted(ways.get(path[-1], set()) - seen):
            seen.add(name)
            open_.append((*path, name))
    return None
