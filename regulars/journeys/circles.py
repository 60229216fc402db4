"""May each journey be started by what does? Not in a circle, and by no step one that keeps its runs apart by a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.model import Journey, Send, walk_steps
from regulars.journeys.reading import Begun

_NEVER_ENDS = "a journey that starts itself in a circle never ends"
_BY_ITSELF = ("Sent", "Delivered", "Failed", "Bounced")  # what becomes of a message without its reader's doing


def judge_told(
    places: Mapping[str, tuple[Place, Findings]], begun: Sequence[Begun], journeys: Mapping[str, Journey]
) -> None:
    """Report each journey that what becomes of its own messages, or of those that follow from it, starts ever again."""
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for one in begun:
        ways[one.by].add(one.name)
    told = [(by, name) for name, journey in journeys.items() for by in _told_by(journey, journeys)]
    for by, name in told:
        ways[by].add(name)
    for name in sorted({name for _, name in told}):
        found = [way for by, of in told if of == name and (way := _way(ways, name, by)) is not None]
        if found:
            place, findings = places[name]
            circle = " → ".join((*min(found, key=len), name))
            message = f"{_NEVER_ENDS}: {circle}; say 'again: never' or 'after 7 days', or 'where'"
            findings.add(place, message, "journey-circle")


def _told_by(journey: Journey, journeys: Mapping[str, Journey]) -> list[str]:
    """The journeys whose every message starts this one."""
    start = journey.start
    if start.where or not (start.again == "always" or start.key):
        return []
    channels: list[Channel] = [
        channel
        for channel, traits in TRAITS_OF.items()
        if start.event in [f"{traits.title} {word}" for word in _BY_ITSELF]
    ]
    return [
        by
        for by, other in journeys.items()
        if any(isinstance(step, Send) and step.kind in channels for step in walk_steps(other.steps))
    ]


def judge_begun(begun: Sequence[Begun], journeys: Mapping[str, Journey]) -> None:
    """Report each step that starts what it must not."""
    ways: dict[str, set[str]] = {}
    for one in begun:
        ways.setdefault(one.by, set()).add(one.name)
    for one in begun:
        circle = _way(ways, one.name, one.by)
        if circle is not None:
            way = " → ".join((one.by, *circle))
            one.findings.add(one.place, f"{_NEVER_ENDS}: {way}", "journey-circle")
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
