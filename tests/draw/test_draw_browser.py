"""Does a real browser show the pictures as they are laid out: every word in its box, in light and in dark?

With REGULARS_SCREENSHOTS=folder each picture is photographed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from drawn_journeys import DAY, SHIPPED
from playwright.sync_api import Browser

from regulars.draw.chart import Chart, Note, chart_of
from regulars.draw.layout import laid_out
from regulars.draw.svg import standing_alone
from regulars.journeys.happening import Start
from regulars.journeys.model import If, Journey, Leave, Repeat, Send, Split, Tag, Way
from regulars.journeys.play import Play

_LONG = "MWQ@%&_mw_" * 12
_STEPS = (
    Repeat(
        "repeat",
        "r",
        "r",
        3,
        DAY,
        (If("if", "i", "i", f'customer.tags == "{_LONG}"', (Tag("tag", "t", "t", ("你好，世界" * 9,)),)),),
    ),
    Split(
        "split",
        "s",
        "s",
        (Way("with_a_name_that_is_rather_long", 2500, (Leave("leave", "l", "l", "Ž" * 90),)), Way("no", 7500)),
    ),
    Send("email", "e", "e", "a/e"),
)
_NOTE = Note("12345 here", "12345 sent, 123 skipped, 1 failed, 100000 left")
_WIDE = chart_of(
    Play(
        Journey(
            "wide", "A title that is WIDE", Start("Order Completed", where=f'customer.tags == "{"word " * 60}"'), _STEPS
        )
    )
)
PICTURES = {**SHIPPED, "wide": _WIDE}
_OUTSIDE = """() => [...document.querySelectorAll('g > rect.box')].flatMap(rect => {
  const box = rect.getBBox(), within = one => one.x >= box.x && one.y >= box.y
    && one.x + one.width <= box.x + box.width && one.y + one.height <= box.y + box.height;
  const words = [...rect.parentNode.querySelectorAll('text')];
  return words.filter(one => !within(one.getBBox())).map(one => one.textContent);
})"""
_BEYOND = """() => [...document.querySelectorAll('text')].filter(one => {
  const svg = document.documentElement, place = one.getBoundingClientRect();
  return place.right > svg.width.baseVal.value || place.bottom > svg.height.baseVal.value;
}).map(one => one.textContent)"""
_CONTRAST = """() => {
  const light = colour => {
    const linear = part => part <= .04 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4;
    const [r, g, b] = colour.match(/[\\d.]+/g).map(part => linear(part / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const fill = one => getComputedStyle(one).fill;
  return Math.min(...[...document.querySelectorAll('text')].map(one => {
    const box = one.closest('g[class]:not(.rule)')?.querySelector('.box');
    const behind = one.matches('.here-count') ? one.previousElementSibling : box;
    const [a, b] = [light(fill(one)), light(fill(behind ?? document.querySelector('.ground')))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  }));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_word_stands_in_its_box_and_is_readable(
    browser: Browser, tmp_path: Path, name: str, scheme: Literal["light", "dark"]
) -> None:
    chart: Chart = PICTURES[name]
    picture = laid_out(chart.noted({box.id: _NOTE for box in chart.boxes}))
    file = tmp_path / f"{name}.svg"
    file.write_text(standing_alone(picture, "Counted today: " + "120 entered, " * 30), "utf-8")
    context = browser.new_context(viewport={"width": max(picture.width, 400), "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    if folder := os.environ.get("REGULARS_SCREENSHOTS"):
        page.set_viewport_size({"width": max(picture.width, 400), "height": picture.height + 120})
        page.screenshot(path=Path(folder) / f"draw-{name}-{scheme}.png")
    assert asked == [file.as_uri()]
    assert page.evaluate(_OUTSIDE) == []
    assert page.evaluate(_BEYOND) == []
    assert page.evaluate(_CONTRAST) >= 4.5, "as WCAG 2.2 asks of text (1.4.3)"
    context.close()
