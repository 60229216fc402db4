"""What does a journey look like? Its graph as boxes and lines with coordinates: layers downwards, a lane a branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.journeys.graph import Graph, Node

START, END = " start", " end"  # no step has a space in its id
BOX_WIDTH, BOX_HEIGHT, TERMINAL_HEIGHT = 236, 82, 40
_GAP, _BESIDE, _RAIL, _PAD, _BEND = 40, 26, 22, 8, 14
_LINES, _LINE_LENGTH = 2, 32  # of a box's title

Ways = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Box:
    """A step, or the journey's start or end. `x`, `y`: its upper left corner. `lines`: `title`, cut to fit."""

    id: str
    kind: str
    title: str
    x: int
    y: int
    height: int

    @property
    def lines(self) -> list[str]:
        """Its title in as many lines as there is room for."""
        return wrapped(self.title)

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True, slots=True)
class Line:
    """A way from one box to the next: an SVG path, and what is written beside it."""

    source: str
    target: str
    path: str
    label: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """In pixels; boxes in reading order."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(graph: Graph, titles: Mapping[str, str]) -> Picture:
    """The picture of a graph. `titles`: what stands in a step's box instead of its own words, and in START's."""
    ways = {START: [("", graph.first or END)], **{step: ways_out(node) for step, node in graph.nodes.items()}, END: []}
    order, back = _ordered(ways)
    layers = _layers(ways, order, back)
    joins = {step: node.next or END for step, node in graph.nodes.items()}
    lanes = _Lanes(ways, joins)
    lanes.place(START, END, 0)
    for step in order:  # what no way from the start leads to in a tree's order
        lanes.of.setdefault(step, 0)
    middles = _middles(lanes)
    boxes = {step: _box(graph, titles, step, layers[step], middles[lanes.of[step]]) for step in order}
    lines = [
        _line(boxes, middles, step, target, label, lanes.via(step, number, target))
        for step in order
        for number, (label, target) in enumerate(ways[step])
    ]
    width = max(middles.values()) + BOX_WIDTH // 2 + _PAD
    height = max(box.y + box.height for box in boxes.values()) + _PAD
    return Picture(width, height, tuple(sorted(boxes.values(), key=lambda box: (box.y, box.x))), tuple(lines))


def ways_out(node: Node) -> list[tuple[str, str]]:
    """Where a step leads, each way with what is written beside it. A `leave` ends where it stands."""
    after = node.next or END
    if node.kind == "leave":
        return [("else", after)] if node.asks else []
    if node.ways is not None:
        return [(name, target or END) for name, target in node.ways.items()]
    if node.kind == "if":
        return [("yes", node.then or END), ("no", node.otherwise or END)]
    if node.then is None and node.otherwise is None:
        return [("", after)]
    return [("", node.then or after), ("otherwise", node.otherwise or END)]


def wrapped(title: str) -> list[str]:
    """`title` in at most two lines that fit into a box."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= _LINE_LENGTH or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    cut = [line if len(line) <= _LINE_LENGTH else f"{line[: _LINE_LENGTH - 1]}…" for line in lines[:_LINES]]
    if len(lines) > _LINES and not cut[-1].endswith("…"):
        cut[-1] = f"{cut[-1][: _LINE_LENGTH - 1]}…"
    return cut


@dataclass
class _Lanes:
    """Which lane each box stands in. `rails`: the lane down which a way without steps runs, by box and way."""

    ways: Ways
    joins: Mapping[str, str]
    of: dict[str, int] = field(default_factory=lambda: {END: 0})
    rails: dict[tuple[str, int], int] = field(default_factory=dict)

    def place(self, at: str, stop: str, lane: int) -> int:
        """Lay what follows `at` down to `stop` from `lane` on, branches beside each other; gives how many lanes."""
        width = 1
        while at != stop and at not in self.of:
            self.of[at] = lane
            out = self.ways[at]
            if len(out) < 2:
                if not out:
                    break
                at = out[0][1]
                continue
            join, taken = self.joins.get(at, END), 0
            for number, (_, target) in enumerate(out):
                if target == join:
                    self.rails[at, number] = lane + taken
                    taken += 1
                else:
                    taken += self.place(target, join, lane + taken)
            width, at = max(width, taken), join
        return width

    def via(self, source: str, number: int, target: str) -> int:
        """The lane down which a way runs."""
        return self.rails.get((source, number), max(self.of[source], self.of[target]))


def _ordered(ways: Ways) -> tuple[list[str], set[tuple[str, str]]]:
    """All that can be reached, each after what leads to it; and the ways that lead back (START is reached always)."""
    done: list[str] = []
    seen, open_, back = {START}, {START}, set()
    stack = [(START, iter(ways[START]))]
    while stack:
        step, left = stack[-1]
        for _, target in left:
            if target in open_:
                back.add((step, target))
            elif target not in seen:
                seen.add(target)
                open_.add(target)
                stack.append((target, iter(ways[target])))
                break
        else:
            stack.pop()
            open_.discard(step)
            done.append(step)
    return done[::-1], back


def _layers(ways: Ways, order: Sequence[str], back: set[tuple[str, str]]) -> dict[str, int]:
    """How many boxes stand above each, on the longest way to it."""
    layers: defaultdict[str, int] = defaultdict(int)
    for step in order:
        for _, target in ways[step]:
            if (step, target) not in back:
                layers[target] = max(layers[target], layers[step] + 1)
    return {step: layers[step] for step in order}


def _middles(lanes: _Lanes) -> dict[int, int]:
    """Where the middle of each lane is; one with no box in it is as narrow as its line."""
    boxes, last = set(lanes.of.values()), max(*lanes.of.values(), *lanes.rails.values(), 0)
    middles, x = {}, _PAD
    for lane in range(last + 1):
        width = BOX_WIDTH if lane in boxes else _RAIL
        middles[lane] = x + width // 2
        x += width + _BESIDE
    return middles


def _box(graph: Graph, titles: Mapping[str, str], step: str, layer: int, middle: int) -> Box:
    top = _PAD + (0 if layer == 0 else TERMINAL_HEIGHT + _GAP + (layer - 1) * (BOX_HEIGHT + _GAP))
    if step in (START, END):
        title = titles.get(step, "start" if step == START else "the end")
        return Box(step, step.strip(), title, middle - BOX_WIDTH // 2, top, TERMINAL_HEIGHT)
    node = graph.nodes[step]
    words = node.title.removeprefix(f"{node.kind.replace('_', ' ')} ")  # its kind stands above them
    return Box(step, node.kind, titles.get(step, words), middle - BOX_WIDTH // 2, top, BOX_HEIGHT)


def _line(boxes: Mapping[str, Box], middles: Mapping[int, int], source: str, target: str, label: str, via: int) -> Line:
    """Down from the source, over to the lane, down it, and over to the target."""
    begin, end = boxes[source], boxes[target]
    x, bottom, rail, top = begin.middle, begin.y + begin.height, middles[via], end.y
    path = [f"M{x} {bottom}"]
    if rail != x:
        path += [f"V{bottom + _BEND}", f"H{rail}"]
    if rail != end.middle:
        path += [f"V{top - _BEND}", f"H{end.middle}"]
    return Line(source, target, "".join([*path, f"V{top}"]), label, rail + 7, bottom + _BEND + 13)
