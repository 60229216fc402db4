"""Beside what does each box of a chart stand? Lanes, counted from the left: a branch has its own down to its join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from regulars.draw.chart import END, START, Chart, Way


@dataclass
class Lanes:
    """`of`: the lane of each box. `rails`: the lane down which a way runs that no box stands in, by its box and
    number there. `up`: the lane on which the ways back to a `repeat` run up, by that."""

    ways: Mapping[str, Sequence[Way]]
    after: Mapping[str, str]
    loops: Set[str]
    of: dict[str, int] = field(default_factory=lambda: {END: 0})
    rails: dict[tuple[str, int], int] = field(default_factory=dict)
    up: dict[str, int] = field(default_factory=dict)

    def via(self, way: Way, number: int) -> int:
        """The lane down which a way runs, the `number`-th of its box."""
        if way.target == way.source:
            return self.up[way.target]
        return self.rails.get((way.source, number), max(self.of[way.source], self.of[way.target]))

    def place(self, at: str, stop: str, lane: int) -> int:
        """Lay all from `at` to before `stop`, from `lane` on; gives how many lanes that takes."""
        width = 1
        while at != stop:
            self.of[at] = lane
            width = max(width, self._branches(at, lane))
            at = self.after[at]
        return width

    def _branches(self, at: str, lane: int) -> int:
        """Lay the ways out of a box beside each other; gives how many lanes they take."""
        out, taken = self.ways[at], 0
        for number, way in enumerate(out):
            if way.target == self.after[at]:
                if len(out) > 1:
                    self.rails[at, number] = lane + taken
                    taken += 1
            elif way.target != at:
                taken += self.place(way.target, at if at in self.loops else self.after[at], lane + taken)
        if at in self.loops:
            self.up[at] = lane + taken
            taken += 1
        return taken


def lanes_of(chart: Chart) -> Lanes:
    """The lanes of a chart's boxes."""
    ways: defaultdict[str, list[Way]] = defaultdict(list)
    for way in chart.ways:
        ways[way.source].append(way)
    found = Lanes(ways, chart.after, {box.id for box in chart.boxes if box.kind == "repeat"})
    found.place(START, END, 0)
    return found
