"""What does a journey look like? Pictures of what is written, or of what is live, with its people where asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url

from regulars.desk import figures, journeys
from regulars.desk.notes import notes, summary
from regulars.desk.times import Zones, city
from regulars.draw import svg
from regulars.draw.chart import Chart, chart_of
from regulars.draw.layout import laid_out
from regulars.draw.mermaid import mermaid
from regulars.journeys.load import load_book
from regulars.journeys.nearest import instead
from regulars.journeys.play import Play
from regulars.settings import Settings
from regulars.store import event_names, shop_clock
from regulars.store.database import Database
from regulars.store.journeys import Live
from regulars.store.shelf import NothingLive, Shelf
from regulars.store.statements import table

Format = Literal["mermaid", "svg"]
FORMATS: tuple[Format, ...] = get_args(Format)
_ENDINGS: Mapping[Format, str] = {"mermaid": ".md", "svg": ".svg"}
_BARE = (".mmd", ".mermaid")  # files of Mermaid alone, without Markdown around it


class CannotDraw(Exception):
    """There is no such journey, nothing is live, or the file cannot hold what it should. Says how to mend it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`journey`: all without it. `file`: the journeys, those of the settings without it. `out`: standard output without
    it; a folder is one that is there, or a path without an ending."""

    journey: str | None = None
    file: Path | None = None
    format: Format | None = None
    out: Path | None = None
    live: bool = False
    counts: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Charts, and what is said below the title of each, by its id."""

    charts: Sequence[Chart]
    captions: Mapping[str, str] = field(default_factory=dict)


def draw(config: Settings, asked: Asked) -> tuple[str, Sequence[Path]]:
    """What goes to standard output, and the files that were written. Raises CannotDraw, Mistakes, and OSError."""
    drawn = _drawn(config, asked)
    form = asked.format or ("svg" if asked.out and asked.out.suffix == ".svg" else "mermaid")
    if asked.out is None or not _is_folder(asked.out):
        text = _one_file(drawn, form, asked.out)
        if asked.out is None:
            return text, ()
        asked.out.write_text(text, "utf-8")
        return "", (asked.out,)
    asked.out.mkdir(parents=True, exist_ok=True)
    written = []
    for chart in drawn.charts:
        file = asked.out / f"{chart.id}{_ENDINGS[form]}"
        file.write_text(_one_file(_Drawn((chart,), drawn.captions), form, file), "utf-8")
        written.append(file)
    return "", written


def _is_folder(out: Path) -> bool:
    return out.is_dir() or (not out.suffix and not out.exists())


def _one_file(drawn: _Drawn, form: Format, file: Path | None) -> str:
    """All that one file, or standard output, is given."""
    bare = form == "mermaid" and file is not None and file.suffix in _BARE
    if len(drawn.charts) > 1 and (form == "svg" or bare):
        what = "an SVG" if form == "svg" else "a file of Mermaid alone"
        names = ", ".join(chart.id for chart in drawn.charts)
        raise CannotDraw(f"{what} holds one journey: name one ({names}), or write them all with --out FOLDER")
    if form == "svg":
        chart = drawn.charts[0]
        return svg.standing_alone(laid_out(chart), drawn.captions.get(chart.id, ""))
    if bare:
        return mermaid(drawn.charts[0])
    return "\n".join(_markdown(chart, drawn.captions.get(chart.id, "")) for chart in drawn.charts)


def _markdown(chart: Chart, caption: str) -> str:
    """A journey as a part of a page that GitHub shows."""
    below = f"{caption}\n\n" if caption else ""
    title = "".join(f"\\{one}" if one in "\\`*_[]<>#|&~" else one for one in chart.title)
    return f"## {title}\n\n{below}```mermaid\n{mermaid(chart)}```\n"


def _drawn(config: Settings, asked: Asked) -> _Drawn:
    if asked.live and asked.file:
        raise CannotDraw("what is live, or what a file says: not both")
    written = [] if asked.live else _written(config, asked)
    if not asked.live and not asked.counts:
        return _Drawn(written)
    with _reading(config.database_url) as connection:
        shelf = Shelf()
        try:
            zone = shelf.live(connection).house.timezone
        except NothingLive as error:
            raise CannotDraw(str(error)) from None
        charts = _live(connection, shelf, asked.journey) if asked.live else written
        if not asked.counts:
            return _Drawn(charts)
        counted, now = figures.count(connection), shop_clock.read(connection).now()
    at = f"{Zones(zone, zone).show(now).text} in {city(zone)}"
    captions = {chart.id: f"Counted {at}: {summary(counted[chart.id], chart)}." for chart in charts}
    return _Drawn([chart.noted(notes(counted[chart.id])) for chart in charts], captions)


def _written(config: Settings, asked: Asked) -> list[Chart]:
    """Of the files; templates may be yet to be written."""
    book = load_book(asked.file or config.journeys_file, learnt=event_names.learnt(config.database_url))
    names = _named(asked.journey, book.journeys, str(asked.file or config.journeys_file))
    return [chart_of(Play(book.journeys[name]), book.house.holdout) for name in names]


def _live(connection: Connection, shelf: Shelf, journey: str | None) -> list[Chart]:
    """Of what is live, also while it is paused or off; one that is retired where it is asked for."""
    shown = {one.id: one for one in journeys.read(connection, shelf)}
    names = _named(journey, shown, "what is live")
    found = [shown[name].chart for name in names if journey is not None or shown[name].state != "retired"]
    if not found:
        raise CannotDraw("every journey of what is live is retired: name one, and it is drawn")
    return found


def _named(journey: str | None, known: Mapping[str, object], where: str) -> list[str]:
    if journey is None:
        return list(known)
    if journey not in known:
        raise CannotDraw(f"there is no journey {journey!r} in {where}{instead(journey, known)}")
    return [journey]


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """One look at the store; nothing is made there."""
    parsed = make_url(url)
    nothing = "no journeys have been applied to DATABASE_URL: run `regulars up` or `regulars apply`"
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise CannotDraw(nothing)
    database = Database(url)
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(table(Live).name):
                raise CannotDraw(nothing)
            yield connection
    finally:
        database.close()
