"""What is a picture as SVG? One that stands alone, or one that stands in a page which has the style already."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from regulars.draw.chart import Box
from regulars.draw.layout import (
    BOX_WIDTH,
    FOOT,
    HEAD,
    INSET,
    LINE,
    SMALL,
    SMALL_LINE,
    TEXT,
    Line,
    Picture,
    Placed,
)
from regulars.draw.wrap import width, wrapped

STYLE = (Path(__file__).parent / "picture.css").read_text("utf-8")
_TITLE, _TITLE_LINE, _PAD, _PILL = 18, 24, 10, 10
_LEAST = 320  # pixels of a picture's width: a title needs some


def standing_alone(picture: Picture, caption: str = "") -> str:
    """A whole file: on its own ground, in light and dark, under the journey's title. `caption`: below that."""
    wide = max(picture.width, _LEAST)
    title = wrapped(picture.chart.title, wide - 2 * _PAD, _TITLE)
    below = wrapped(caption, wide - 2 * _PAD, TEXT)
    top = _PAD + _TITLE_LINE * len(title) + LINE * len(below) + _PAD
    head = [_text("title", _PAD, _PAD + _TITLE_LINE * n, line) for n, line in enumerate(title, 1)]
    under = _PAD + _TITLE_LINE * len(title)
    head += [_text("label", _PAD, under + LINE * n, line) for n, line in enumerate(below, 1)]
    parts = (
        f"<style>{STYLE}</style>",
        '<rect class="ground" width="100%" height="100%"/>',
        *head,
        f'<g transform="translate(0 {top})">',
        *_inside(picture),
        "</g>",
    )
    return _svg(picture, wide, picture.height + top, "img", parts)


def inside_a_page(picture: Picture) -> str:
    """An element for a page that has STYLE, and this journey once. Its people are links."""
    return _svg(picture, picture.width, picture.height, "group", tuple(_inside(picture)))


def described(picture: Picture) -> str:
    """The picture in words, for those who do not see it."""
    chart = picture.chart
    names = {box.id: f"{box.word} {', '.join(box.texts)}".strip() for box in (*chart.rules, *chart.boxes)}
    rules = [f"{names[box.id]}." for box in chart.rules]
    ways = [
        f"{names[way.source]}{f' ({way.label})' if way.label else ''}, then {names[way.target]}." for way in chart.ways
    ]
    return " ".join([*rules, *ways])


def _svg(picture: Picture, wide: int, high: int, role: str, parts: tuple[str, ...]) -> str:
    name = picture.chart.id
    begin = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" role="{role}" aria-labelledby="title-{name} desc-{name}">'
    )
    told = (
        f'<title id="title-{name}">The journey {escape(picture.chart.title)}</title>',
        f'<desc id="desc-{name}">{escape(described(picture))}</desc>',
        f'<defs><marker id="tip-{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    )
    return "\n".join([begin, *told, *parts, "</svg>"]) + "\n"


def _inside(picture: Picture) -> Iterator[str]:
    for line in picture.lines:
        yield from _line(line, picture.chart.id)
    for placed in picture.boxes:
        yield from _box(placed, placed.box in picture.chart.rules)


def _line(line: Line, name: str) -> Iterator[str]:
    path = "M" + "L".join(f"{x} {y}" for x, y in line.corners)
    yield f'<path class="way" d="{path}" marker-end="url(#tip-{name})"/>'
    for number, text in enumerate(line.label):
        yield _text("label", line.x, line.y + SMALL_LINE * number, text)


def _box(placed: Placed, rule: bool) -> Iterator[str]:
    box, x, y, high = placed.box, placed.x, placed.y, placed.height
    yield f'<g class="{box.kind}{" rule" if rule else ""}">'
    yield f'<rect class="box" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{high}" rx="10"/>'
    yield f'<rect class="bar" x="{x}" y="{y + 10}" width="3" height="{high - 20}" rx="1.5"/>'
    yield _text("word", x + INSET, y + HEAD - 6, box.word)
    for number, text in enumerate(placed.lines, 1):
        yield _text("said", x + INSET, y + HEAD - 5 + LINE * number, text)
    for number, text in enumerate(reversed(placed.note)):
        yield _text("label", x + INSET, y + high - FOOT - SMALL_LINE * number, text)
    if box.note.here:
        yield from _here(box, x + BOX_WIDTH - _PILL, y + 6)
    yield "</g>"


def _here(box: Box, right: int, top: int) -> Iterator[str]:
    wide = int(width(box.note.here, SMALL)) + 2 * _PILL
    pill = (
        f'<rect class="here" x="{right - wide}" y="{top}" width="{wide}" height="18" rx="9"/>'
        f'<text class="here-count" x="{right - wide // 2}" y="{top + 13}">{escape(box.note.here)}</text>'
    )
    yield f'<a href="{escape(box.note.link)}">{pill}</a>' if box.note.link else pill


def _text(kind: str, x: int, y: int, text: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'
