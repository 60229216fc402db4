"""Where does everything of a chart stand? Boxes and lines with coordinates: layers downwards, a lane a branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from regulars.draw.chart import Box, Chart, Way
from regulars.draw.lanes import Lanes, lanes_of
from regulars.draw.wrap import width, wrapped

BOX_WIDTH, INSET, TEXT, SMALL = 252, 14, 13, 12  # letters in pixels
LINE, SMALL_LINE, HEAD, FOOT = 17, 15, 26, 11  # heights of a box's parts
_GAP, _BESIDE, _RAIL, _PAD, _BEND, _BACK = 44, 26, 22, 10, 14, 7
_LABEL, _BELOW, _TO_TEXT = 128, 27, 7  # a label's room, and where it stands: below its bend, beside its rail
_BESIDE_RULES, _BETWEEN_RULES = 44, 14


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place: `x`, `y` are its upper left corner. `lines` and `note` fit into it."""

    box: Box
    x: int
    y: int
    height: int
    lines: tuple[str, ...]
    note: tuple[str, ...]

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True, slots=True)
class Line:
    """A way with its place: the corners that it turns at, and where the first line of its label stands."""

    way: Way
    corners: tuple[tuple[int, int], ...]
    label: tuple[str, ...]
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """In pixels. `boxes`: in reading order, the rules first."""

    chart: Chart
    width: int
    height: int
    boxes: tuple[Placed, ...]
    lines: tuple[Line, ...]


def laid_out(chart: Chart) -> Picture:
    """The picture of a chart."""
    lanes = lanes_of(chart)
    layers = _layers(chart)
    left = _PAD + (BOX_WIDTH + _BESIDE_RULES if chart.rules else 0)
    labels = {way: tuple(wrapped(way.label, _LABEL, SMALL)) for way in chart.ways}
    middles, right = _middles(lanes, labels, left)
    sized = {box.id: _sized(box) for box in chart.boxes}
    tops, bottoms = _heights(layers, sized, labels)
    boxes = {
        name: _moved(one, middles[lanes.of[name]] - BOX_WIDTH // 2, tops[layers[name]]) for name, one in sized.items()
    }
    grid = _Grid(lanes, layers, boxes, middles, bottoms)
    lines = [
        grid.line(way, number, labels[way]) for name in sized for number, way in enumerate(lanes.ways.get(name, ()))
    ]
    rules, y = [], _PAD
    for box in chart.rules:
        rules.append(_moved(_sized(box), _PAD, y))
        y += rules[-1].height + _BETWEEN_RULES
    height = max(one.y + one.height for one in (*boxes.values(), *rules)) + _PAD
    return Picture(chart, right + _PAD, height, (*rules, *boxes.values()), tuple(lines))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Between which lanes and layers the lines run."""

    lanes: Lanes
    layers: Mapping[str, int]
    boxes: Mapping[str, Placed]
    middles: Mapping[int, int]
    bottoms: Mapping[int, int]

    def line(self, way: Way, number: int, label: tuple[str, ...]) -> Line:
        """Down from the source, over to the lane, down it and over to the target; back, up it and into its side."""
        begin, end = self.boxes[way.source], self.boxes[way.target]
        under, rail = self.bottoms[self.layers[way.source]], self.middles[self.lanes.via(way, number)]
        x, bottom = begin.middle, begin.y + begin.height
        if way.back:
            up, side = self.middles[self.lanes.up[way.target]], end.y + HEAD // 2
            turns = [(x, under + _BACK), (up, under + _BACK), (up, side), (end.x + BOX_WIDTH, side)]
        else:
            bend, join = under + _BEND, end.y - _BEND
            turns = [(x, bend), (rail, bend)] if rail != x else []
            turns += [(rail, join), (end.middle, join)] if rail != end.middle else []
            turns.append((end.middle, end.y))
        return Line(way, ((x, bottom), *turns), label, rail + _TO_TEXT, under + _BELOW)


def _layers(chart: Chart) -> dict[str, int]:
    """How many boxes stand above each, on the longest way to it. What follows a `repeat` stands below all of it, and
    what stands behind the end of all ways, so that nothing reaches it, below that."""
    number = {box.id: n for n, box in enumerate(chart.boxes)}
    found = dict.fromkeys(number, 0)
    targets: defaultdict[str, list[str]] = defaultdict(list)
    for way in chart.ways:
        targets[way.source].append(way.target)
    for box in chart.boxes:
        for target in targets.get(box.id) or filter(None, [chart.after.get(box.id)]):
            below = chart.after[target] if number.get(target, len(number)) <= number[box.id] else target
            if below in found:
                found[below] = max(found[below], found[box.id] + 1)
    return found


def _middles(lanes: Lanes, labels: Mapping[Way, tuple[str, ...]], left: int) -> tuple[dict[int, int], int]:
    """Where the middle of each lane is, and where the last one ends. One with no box in it is as narrow as its line,
    with what is written beside that."""
    beside: defaultdict[int, float] = defaultdict(float)
    for out in lanes.ways.values():
        for number, way in enumerate(out):
            lane = lanes.via(way, number)
            beside[lane] = max(beside[lane], _widest(labels[way]))
    boxes = set(lanes.of.values())
    middles, x = {}, left
    for lane in range(max(*boxes, *lanes.rails.values(), *lanes.up.values(), 0) + 1):
        if lane in boxes:
            middles[lane] = x + BOX_WIDTH // 2
            x += BOX_WIDTH + _BESIDE
        else:
            middles[lane] = x + _RAIL // 2
            x += _RAIL // 2 + max(_RAIL // 2, int(beside[lane])) + _BESIDE
    return middles, x - _BESIDE


def _heights(
    layers: Mapping[str, int], sized: Mapping[str, Placed], labels: Mapping[Way, tuple[str, ...]]
) -> tuple[dict[int, int], dict[int, int]]:
    """Where each layer begins and ends. Between two there is room for what is written beside the ways."""
    high: defaultdict[int, int] = defaultdict(int)
    written: defaultdict[int, int] = defaultdict(int)
    for name, layer in layers.items():
        high[layer] = max(high[layer], sized[name].height)
    for way, label in labels.items():
        written[layers[way.source]] = max(written[layers[way.source]], len(label) - 1)
    tops, bottoms, y = {}, {}, _PAD
    for layer in range(max(layers.values()) + 1):
        tops[layer], bottoms[layer] = y, y + high[layer]
        y = bottoms[layer] + _GAP + SMALL_LINE * written[layer]
    return tops, bottoms


def _sized(box: Box) -> Placed:
    """A box as high as what it says."""
    room = BOX_WIDTH - 2 * INSET
    lines = tuple(line for text in box.texts for line in wrapped(text, room, TEXT))
    note = tuple(wrapped(box.note.text, room, SMALL))
    return Placed(box, 0, 0, HEAD + LINE * len(lines) + SMALL_LINE * len(note) + FOOT, lines, note)


def _moved(one: Placed, x: int, y: int) -> Placed:
    return Placed(one.box, x, y, one.height, one.lines, one.note)


def _widest(lines: Iterable[str]) -> float:
    return max((width(line, SMALL) + _TO_TEXT for line in lines), default=0.0)
