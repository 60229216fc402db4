"""Is a picture readable? Nothing on top of anything else, every line at its boxes, every word in whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

from drawn_journeys import PATIENT, SHIPPED, TEXTS, charts
from hypothesis import given
from hypothesis import strategies as st

from regulars.draw.chart import END, START, Chart, Note, chart_of
from regulars.draw.layout import BOX_WIDTH, INSET, SMALL, SMALL_LINE, TEXT, Line, Picture, Placed, laid_out
from regulars.draw.wrap import width, wrapped
from regulars.journeys.happening import Start
from regulars.journeys.model import If, Journey, Repeat, Send
from regulars.journeys.play import Play
from regulars.journeys.span import Span


@dataclass(frozen=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Area) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


def area(placed: Placed) -> Area:
    return Area(placed.x, placed.y, placed.x + BOX_WIDTH, placed.y + placed.height)


def label_area(line: Line) -> Area:
    """Of the letters of a label."""
    right = line.x + max(width(text, SMALL) for text in line.label)
    return Area(line.x, line.y - 10, right, line.y + 2 + SMALL_LINE * (len(line.label) - 1))


def labels(picture: Picture) -> list[Area]:
    return [label_area(line) for line in picture.lines if line.label]


@PATIENT
@given(charts)
def test_every_box_stands_once_inside_of_the_picture_and_no_two_touch(chart: Chart) -> None:
    picture = laid_out(chart)
    assert sorted(one.box.id for one in picture.boxes) == sorted(box.id for box in (*chart.rules, *chart.boxes))
    whole = [area(one) for one in picture.boxes]
    assert not [pair for pair in combinations(whole, 2) if pair[0].touches(pair[1])]
    for one in (*whole, *labels(picture)):
        assert one.left >= 0 and one.top >= 0 and one.right <= picture.width and one.bottom <= picture.height


@PATIENT
@given(charts)
def test_every_way_is_a_line_from_its_box_to_its_box(chart: Chart) -> None:
    picture = laid_out(chart)
    boxes = {one.box.id: one for one in picture.boxes}
    assert sorted(map(repr, (line.way for line in picture.lines))) == sorted(map(repr, chart.ways))
    for line in picture.lines:
        begin, end = boxes[line.way.source], boxes[line.way.target]
        assert line.corners[0] == (begin.middle, begin.y + begin.height)
        if line.way.back:
            assert line.corners[-1][0] == end.x + BOX_WIDTH and end.y < line.corners[-1][1] < end.y + end.height
        else:
            assert line.corners[-1] == (end.middle, end.y)
            assert [y for _, y in line.corners] == sorted(y for _, y in line.corners)
        assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(line.corners))


@PATIENT
@given(charts)
def test_no_line_runs_through_a_box_and_no_label_lies_on_one_or_on_another(chart: Chart) -> None:
    picture = laid_out(chart)
    boxes = [area(one) for one in picture.boxes]
    for line in picture.lines:
        for (x1, y1), (x2, y2) in pairwise(line.corners):
            run = Area(min(x1, x2) - 1, min(y1, y2), max(x1, x2) + 1, max(y1, y2))
            ends = {line.corners[0], line.corners[-1]}
            assert not [box for box in boxes if run.touches(box) and not ends & {(x1, y1), (x2, y2)}], line
            assert not [box for box in boxes if Area(run.left + 1, run.top, run.right - 1, run.bottom).touches(box)]
    found = labels(picture)
    assert not [pair for pair in combinations(found, 2) if pair[0].touches(pair[1])]
    assert not [one for one in found for box in boxes if one.touches(box)]


@PATIENT
@given(charts)
def test_every_way_with_a_label_has_a_line_of_its_own(chart: Chart) -> None:
    lines = [line for line in laid_out(chart).lines if line.way.label and not line.way.back]
    assert len({(line.way.source, line.corners) for line in lines}) == len(lines)


@PATIENT
@given(charts)
def test_every_word_of_a_box_stands_in_it(chart: Chart) -> None:
    note = Note("3 here", "12345 sent, 123 skipped, 1 failed, 100000 left, and others")
    picture = laid_out(chart.noted({box.id: note for box in chart.boxes}))
    for one in picture.boxes:
        assert "".join("".join(one.lines).split()) == "".join("".join(one.box.texts).split())
        assert all(width(line, TEXT) <= BOX_WIDTH - 2 * INSET for line in one.lines)
        assert " ".join(one.note) == one.box.note.text


@PATIENT
@given(TEXTS, st.integers(30, 200))
def test_a_text_is_wrapped_and_never_cut(text: str, room: int) -> None:
    lines = wrapped(text, room, 12)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 12) <= room for line in lines)
    assert all(width(f"{one} {other.split()[0]}", 12) > room for one, other in pairwise(lines) if other.split())


def test_a_word_too_long_is_broken_at_its_joints() -> None:
    assert wrapped("dormant_winback/we_miss_you_so_much", 120, 13) == [
        "dormant_",
        "winback/we_",
        "miss_you_so_",
        "much",
    ]


def test_a_branch_without_steps_takes_no_more_room_than_its_line() -> None:
    step = If("if", "i", "i", "customer.phone", (Send("sms", "t", "t", "a/b"),), ())
    picture = laid_out(chart_of(Play(Journey("j", "J", Start("Order Completed"), (step,)))))
    assert BOX_WIDTH < picture.width < 1.5 * BOX_WIDTH


def test_what_follows_a_repeat_stands_below_all_that_is_inside_of_it() -> None:
    inside = (Send("email", "a", "a", "a/a"), Send("email", "b", "b", "a/b"))
    steps = (Repeat("repeat", "r", "r", 3, Span(1, "day"), inside), Send("email", "c", "c", "a/c"))
    picture = laid_out(chart_of(Play(Journey("j", "J", Start("Order Completed"), steps))))
    tops = {one.box.id: one.y for one in picture.boxes}
    assert sorted(tops, key=tops.__getitem__) == [START, "r", "a", "b", "c", END]


def test_the_pictures_that_come_with_regulars_are_no_wider_than_a_page() -> None:
    assert max(laid_out(chart).width for chart in SHIPPED.values()) < 1100
