"""Is the flowchart one that GitHub shows, with every step, way and word of the chart in it?

`regulars draw --out tests/draw/shipped.md` writes the pictures of the journeys that come with Regulars anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from drawn_journeys import PATIENT, SHIPPED, TEXTS, charts
from hypothesis import given

from regulars.draw.chart import END, START, Chart, Note, chart_of
from regulars.draw.mermaid import escaped, mermaid
from regulars.journeys.happening import Start
from regulars.journeys.model import Journey, Send
from regulars.journeys.play import Play

SHIPPED_PAGE = Path(__file__).with_name("shipped.md").read_text("utf-8")
# What stands in quotes may be any text without these; a name is no word of Mermaid's, since it has an underscore.
_TEXT = r"\"([^\"<>&`%{};#]*(?:(?:#\d+;|<br/>)[^\"<>&`%{};#]*)*)\""
_NAME = r"((?:at|step|rule)_[a-z0-9_]+)"
_SHAPES = {"[": "]", "(": ")", "([": "])", "[[": "]]", "{{": "}}"}
_NODE = re.compile(rf"{_NAME}(\(\[|\[\[|\{{\{{|\[|\(){_TEXT}(\]\)|\]\]|\}}\}}|\]|\))")
_WAY = re.compile(rf"{_NAME} -->(?:\|{_TEXT}\|)? {_NAME}")


def read(label: str) -> str:
    """What is shown of a label."""
    return re.sub(r"#(\d+);", lambda one: chr(int(one[1])), label).replace("\u2060", "")


def parsed(text: str) -> tuple[dict[str, list[str]], list[tuple[str, str, str]], list[str]]:
    """The nodes with their lines, the ways, and the other statements. Fails on what is no statement of ours."""
    nodes: dict[str, list[str]] = {}
    ways, others = [], []
    first, *lines = text.splitlines()
    assert first == "flowchart TD"
    for line in map(str.strip, lines):
        if node := _NODE.fullmatch(line):
            name, opening, label, closing = node.groups()
            assert _SHAPES[opening] == closing and name not in nodes
            nodes[name] = [read(part) for part in label.split("<br/>")]
        elif way := _WAY.fullmatch(line):
            ways.append((way[1], way[3], read(way[2] or "")))
        else:
            others.append(line)
    return nodes, ways, others


@PATIENT
@given(charts)
def test_every_box_and_way_of_the_chart_is_in_it_with_every_word(chart: Chart) -> None:
    chart = chart.noted({"s1": Note("3 here", "5 sent, 2 left")})
    nodes, ways, others = parsed(mermaid(chart))
    names = {START: "at_start", END: "at_end"} | {box.id: f"step_{box.id}" for box in chart.boxes if " " not in box.id}
    told = {names[box.id]: [box.word, *box.texts] for box in chart.boxes}
    rules = {f"rule_{box.id.strip().replace(' ', '_')}": [box.word, *box.texts] for box in chart.rules}
    told["step_s1"] = [*told.get("step_s1", []), "3 here", "5 sent, 2 left"]
    assert nodes == {name: lines for name, lines in (told | rules).items() if name != "step_s1" or "s1" in names}
    assert ways == [(names[way.source], names[way.target], way.label) for way in chart.ways]
    below = ["direction TB", " ~~~ ".join(rules)] if len(rules) > 1 else []
    assert others == (['subgraph rules["all the while"]', *below, "end"] if rules else [])


@PATIENT
@given(TEXTS)
def test_a_label_is_nothing_but_text(text: str) -> None:
    label = escaped(" ".join(text.split()))
    assert read(label) == " ".join(text.split())
    assert re.fullmatch(_TEXT, f'"{label}"') and "style" not in label and "classDef" not in label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('say "hi"', "say #34;hi#34;"),
        ("a < b & c > d", "a #60; b #38; c #62; d"),
        ("#1; #quot;", "#35;1#59; #35;quot#59;"),
        ("`x` 50%%", "#96;x#96; 50#37;#37;"),
        ("{{ event.id }}", "#123;#123; event.id #125;#125;"),
        ("你好 🍵 café", "你好 🍵 café"),
        ("a\\nb $$x$$ fa:fa-car", "a#92;\u2060nb $\u2060$x$\u2060$ fa:\u2060fa-car"),
        ("traits.style:red", "traits.styl#101;:red"),
        ("customer.orders == 1, a/b_c [x] (y) 10:00", "customer.orders == 1, a/b_c [x] (y) 10:00"),
    ],
)
def test_what_mermaid_would_read_is_written_by_its_number(text: str, label: str) -> None:
    assert escaped(text) == label


def test_a_step_may_be_called_by_a_word_of_mermaids() -> None:
    steps = tuple(Send("email", name, name, f"a/{name}") for name in ("end", "click", "subgraph", "start"))
    nodes, ways, _ = parsed(mermaid(chart_of(Play(Journey("j", "J", Start("Order Completed"), steps)))))
    assert list(nodes) == ["at_start", "step_end", "step_click", "step_subgraph", "step_start", "at_end"]
    assert ways[-1] == ("step_start", "at_end", "")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_journeys_that_come_with_regulars_look_as_before(name: str) -> None:
    assert f"```mermaid\n{mermaid(SHIPPED[name])}```\n" in SHIPPED_PAGE, "if it is meant: see the head of this file"


def test_no_picture_of_before_is_of_a_journey_that_is_gone() -> None:
    assert SHIPPED_PAGE.count("```mermaid") == len(SHIPPED)
