"""Is the SVG a file that stands alone: well-formed, described, with every word, and nothing from elsewhere?"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from drawn_journeys import PATIENT, SHIPPED, charts
from hypothesis import given

from regulars.draw.chart import END, START, Box, Chart, Note, Way
from regulars.draw.layout import laid_out
from regulars.draw.svg import inside_a_page, standing_alone

_SVG = "{http://www.w3.org/2000/svg}"
_ALLOWED = {"svg", "title", "desc", "defs", "marker", "path", "style", "rect", "g", "text", "a"}
NASTY = Chart(
    "j",
    'Tea & <b>more</b> "你好" 🍵',
    (
        Box(START, "start", "start", ("<script>alert(1)</script>",)),
        Box("s", "email", "email", ("a & b;",)),
        Box(END, "end", "the end"),
    ),
    (),
    (Way(START, "s", "<then>"), Way("s", END)),
    {START: "s", "s": END},
)


def read(made: str) -> ElementTree.Element:
    return ElementTree.fromstring(made)  # noqa: S314 -- what we wrote ourselves


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{_SVG}text")]


@PATIENT
@given(charts)
def test_it_is_well_formed_and_says_all_that_the_chart_does(chart: Chart) -> None:
    root = read(standing_alone(laid_out(chart), "Counted today"))
    assert {one.tag.removeprefix(_SVG) for one in root.iter()} <= _ALLOWED
    said = "".join("".join(texts(root)).split())
    for box in (*chart.rules, *chart.boxes):
        assert all("".join(text.split()) in said for text in (box.word, *box.texts))
    assert "".join(chart.title.split()) in said and "Countedtoday" in said
    assert sum(one.get("class") == "way" for one in root.iter(f"{_SVG}path")) == len(chart.ways)


def test_what_is_written_is_text_and_never_markup() -> None:
    for made in (standing_alone(laid_out(NASTY)), inside_a_page(laid_out(NASTY))):
        root = read(made)
        assert "<script>alert(1)</script>" in texts(root) and "a & b;" in texts(root) and "<then>" in texts(root)
        assert "script" not in {one.tag.removeprefix(_SVG) for one in root.iter()}


def test_it_has_a_title_and_a_description_by_which_it_is_known() -> None:
    root = read(standing_alone(laid_out(NASTY)))
    title, told = root[0], root[1]
    assert (title.tag, told.tag, root.get("role")) == (f"{_SVG}title", f"{_SVG}desc", "img")
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text == 'The journey Tea & <b>more</b> "你好" 🍵'
    assert told.text == "start <script>alert(1)</script> (<then>), then email a & b;. email a & b;, then the end."


@pytest.mark.parametrize("name", SHIPPED)
def test_it_takes_nothing_from_elsewhere_and_knows_light_and_dark(name: str) -> None:
    made = standing_alone(laid_out(SHIPPED[name]))
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", made))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|@font-face|url\((?!#tip-)|href|\son\w+=", made)
    assert "@media (prefers-color-scheme: dark)" in made and 'class="ground"' in made
    used, known = set(re.findall(r"var\((--[a-z-]+)\)", made)), re.findall(r"(--[a-z-]+):", made)
    assert all(known.count(one) == 2 for one in used), "a colour for light, and one for dark"


def test_the_people_at_a_step_are_links_where_there_is_a_page_of_them() -> None:
    linked = NASTY.noted({"s": Note("3 here", "5 sent", "/desk/journeys/j?step=s&x=1#people")})
    root = read(inside_a_page(laid_out(linked)))
    assert [one.get("href") for one in root.iter(f"{_SVG}a")] == ["/desk/journeys/j?step=s&x=1#people"]
    alone = read(inside_a_page(laid_out(NASTY.noted({"s": Note("3 here", "5 sent")}))))
    assert "3 here" in texts(alone) and "5 sent" in texts(alone) and not list(alone.iter(f"{_SVG}a"))


def test_two_in_one_page_share_no_name() -> None:
    names = [set(re.findall(r' id="([^"]+)"', inside_a_page(laid_out(chart)))) for chart in SHIPPED.values()]
    assert all(names) and len(set.union(*names)) == sum(map(len, names))


def test_a_title_and_a_caption_are_wrapped_and_the_picture_is_below_them() -> None:
    picture = laid_out(NASTY)
    heights = [int(read(standing_alone(picture, said)).get("height", "")) for said in ("", "so " * 99)]
    assert picture.height < heights[0] < heights[1]
