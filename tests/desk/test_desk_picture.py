"""Is a journey's picture true? Every step once, every way drawn downwards, nothing on top of anything else."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.desk.picture import BOX_WIDTH, END, START, Box, Picture, draw, ways_out, wrapped
from regulars.journeys.graph import Graph, Node, graph_of
from regulars.journeys.happening import Happening, Start
from regulars.journeys.model import If, Journey, Send, Step, Wait, WaitFor
from regulars.journeys.span import Span

DAY = Span.parse("1 day")


@st.composite
def journeys(draw_: st.DrawFn) -> Journey:
    """Journeys of sends, waits and nested branches, with empty branches among them."""
    number = iter(range(10_000))

    def steps(depth: int) -> tuple[Step, ...]:
        return tuple(step(depth) for _ in range(draw_(st.integers(0 if depth else 1, 3))))

    def step(depth: int) -> Step:
        name = f"s{next(number)}"
        match draw_(st.sampled_from(["send", "wait", "if", "wait_for"] if depth < 3 else ["send", "wait"])):
            case "send":
                return Send("email", name, name, "a/b")
            case "wait":
                return Wait("wait", name, name, DAY)
            case "if":
                return If("if", name, name, "customer.phone", steps(depth + 1), steps(depth + 1))
            case _:
                happening = Happening("Email Clicked")
                return WaitFor("wait_for", name, name, happening, DAY, steps(depth + 1), steps(depth + 1))

    return Journey("j", "J", Start("Order Completed"), steps(0))


@given(journeys())
def test_every_step_stands_once_and_no_two_boxes_touch(journey: Journey) -> None:
    graph = graph_of(journey)
    picture = draw(graph, {})
    assert sorted(box.id for box in picture.boxes) == sorted([START, END, *graph.nodes])
    for one, other in combinations(picture.boxes, 2):
        assert not overlap(one, other), (one, other)
    assert all(box.x >= 0 and box.x + BOX_WIDTH <= picture.width for box in picture.boxes)
    assert all(box.y >= 0 and box.y + box.height <= picture.height for box in picture.boxes)


@given(journeys())
def test_every_way_is_drawn_downwards_from_its_step_to_the_next(journey: Journey) -> None:
    graph = graph_of(journey)
    picture = draw(graph, {})
    boxes = {box.id: box for box in picture.boxes}
    drawn = sorted((line.source, line.target, line.label) for line in picture.lines)
    wanted = [(step, target, label) for step, node in graph.nodes.items() for label, target in ways_out(node)]
    assert drawn == sorted([*wanted, (START, graph.first or END, "")])
    for line in picture.lines:
        points = corners(line.path)
        assert points[0] == (boxes[line.source].middle, boxes[line.source].y + boxes[line.source].height)
        assert points[-1] == (boxes[line.target].middle, boxes[line.target].y)
        assert [y for _, y in points] == sorted(y for _, y in points)


@given(journeys())
def test_no_way_runs_through_a_box(journey: Journey) -> None:
    picture = draw(graph_of(journey), {})
    for line in picture.lines:
        points = corners(line.path)
        for (x1, y1), (x2, y2) in pairwise(points):
            for box in picture.boxes:
                beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + BOX_WIDTH
                above = max(y1, y2) <= box.y or min(y1, y2) >= box.y + box.height
                assert beside or above, (line, box)


def test_a_branch_without_steps_takes_no_more_room_than_its_line() -> None:
    step = If("if", "i", "i", "customer.phone", (Send("sms", "t", "t", "a/b"),), ())
    picture = draw(graph_of(Journey("j", "J", Start("Order Completed"), (step,))), {})
    assert picture.width < 2 * BOX_WIDTH
    assert labels(picture, "i") == {"t": "yes", END: "no"}


def test_both_branches_without_steps_are_two_lines() -> None:
    picture = draw(graph_of(Journey("j", "J", Start("Order Completed"), (If("if", "i", "i", "customer.phone"),))), {})
    paths = [line.path for line in picture.lines if line.source == "i"]
    assert len(set(paths)) == 2


def test_a_split_has_a_lane_for_each_way_and_a_leave_goes_nowhere() -> None:
    ways = {"a": "x", "b": "y", "c": None}
    nodes = {
        "s": Node("split", "s", 1, "split", ways=ways),
        "x": Node("email", "x", 2, "email x"),
        "y": Node("leave", "y", 3, "leave: enough"),
    }
    picture = draw(Graph("j", "J", "v", "s", nodes), {})
    assert labels(picture, "s") == {"x": "a", "y": "b", END: "c"}
    assert [line for line in picture.lines if line.source == "y"] == []
    assert len({box.x for box in picture.boxes}) == 2


def test_a_way_back_is_drawn_and_does_not_lengthen_the_picture_for_ever() -> None:
    nodes = {"a": Node("email", "a", 1, "email a", next="b"), "b": Node("wait", "b", 2, "wait", next="a")}
    picture = draw(Graph("j", "J", "v", "a", nodes), {})
    assert {(line.source, line.target) for line in picture.lines} == {(START, "a"), ("a", "b"), ("b", "a")}


def test_a_journey_without_steps_has_a_start_and_an_end() -> None:
    picture = draw(Graph("j", "J", "v", None, {}), {START: "Order Completed"})
    assert [(box.kind, box.title) for box in picture.boxes] == [("start", "Order Completed"), ("end", "the end")]


@pytest.mark.parametrize("title", ["", "short", "word " * 40, "x" * 200, f"{'y' * 31} {'z' * 31} more"])
def test_a_title_is_cut_to_what_fits(title: str) -> None:
    lines = wrapped(title)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= 32 for line in lines)
    assert " ".join(lines) == " ".join(title.split()) or lines[-1].endswith("…")


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + BOX_WIDTH <= other.x or other.x + BOX_WIDTH <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or above)


def corners(path: str) -> list[tuple[int, int]]:
    x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", path).groups())  # type: ignore[union-attr]
    points = [(x, y)]
    for way, number in re.findall(r"([VH])(-?\d+)", path):
        x, y = (x, int(number)) if way == "V" else (int(number), y)
        points.append((x, y))
    return points


def labels(picture: Picture, source: str) -> dict[str, str]:
    return {line.target: line.label for line in picture.lines if line.source == source}
