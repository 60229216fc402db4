"""What does somebody see who watches the demo? A title, progress, a table, and where to look further."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from regulars.cli.up import NAMED, Running
from regulars.demo.books import PUNCTUAL, Result
from regulars.demo.ledger import JourneyNumbers
from regulars.demo.player import Played

_NAMES = {"email": "emails", "sms": "texts", "whatsapp": "WhatsApps"}
_ALWAYS = ("email", "sms")  # shown even where nothing was sent on them


class Shows(Protocol):
    """Shows how far the play is. `day`: shop days since the opening."""

    def show(self, day: float, played: Played, numbers: Mapping[str, JourneyNumbers]) -> None: ...


class View:
    """Writes to stdout; with `as_json` the result alone goes there, as one JSON object, and all else to stderr."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(stderr=as_json, highlight=False)

    def say(self, text: str) -> None:
        self._console.print(Text(f"  {text}", style="dim"), soft_wrap=True)

    def title(self, customers: int, days: float, pace: float) -> None:
        self._console.print(
            Text.assemble(
                ("\n  Regulars", "bold green"),
                (f"  a tea shop's next {days:g} day{'' if days == 1 else 's'}, in {days * pace:g} seconds\n\n", "bold"),
                f"  {customers} customers in the United States, Germany and China fill carts, forget\n"
                "  them, come back, buy, cancel and unsubscribe. Their webhooks are signed and\n"
                "  posted as Shopify does it, every walk is a Temporal workflow, and nothing\n"
                "  leaves this machine.\n\n"
                "  The templates are written in English and Chinese. Germans have no file of\n"
                "  their own, so they read the house's language, English, with euros and dates\n"
                "  as Germans write them; <name>.de.mjml beside <name>.en.mjml changes that.\n",
            )
        )

    def opened(self, shop: Running, page: str) -> None:
        """Where to look while it plays. `page`: the demo's own."""
        self._console.print()
        self._console.print(_links(shop, page), soft_wrap=True)
        self._console.print()

    @contextmanager
    def progress(self, days: float) -> Iterator[Shows]:
        """A moving bar on a terminal, a line a day elsewhere."""
        if not self._console.is_terminal:
            yield _Lines(self, days)
            return
        columns = (TextColumn("  [bold]{task.description}"), BarColumn(20), TextColumn("{task.fields[words]}"))
        with Progress(*columns, console=self._console, transient=True) as moving:
            yield _Bar(moving, days)

    def result(self, result: Result, pace: float, killed: int) -> None:
        """The numbers of each journey, and whether the books balance. `killed`: how often the worker was."""
        self._console.print()
        self._console.print(_table(result.journeys))
        self._console.print()
        legend = "  entered = inside + goal + finished + left; unsent: kept from being sent by a rule, as told"
        self._console.print(Text(legend, style="dim"), soft_wrap=True)
        for name, one in result.journeys.items():
            for title, reasons in (("left", one.left), ("unsent", one.skipped)):
                if reasons:
                    self._console.print(Text(f"  {name}, {title}: {_counted(reasons)}", style="dim"), soft_wrap=True)
        self._console.print()
        self._console.print(_verdict(result, pace, killed), soft_wrap=True)
        for refused in result.refused[:5]:
            self._console.print(Text(f"  not taken: {refused}", style="red"), soft_wrap=True)
        self._console.print()
        if self._as_json:
            sys.stdout.write(json.dumps(result.told(), ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def links(self, shop: Running, page: str) -> None:
        self._console.print(_links(shop, page), soft_wrap=True)
        self._console.print("\n  Nobody buys any more; who is inside walks on at the same pace. Stop with Ctrl-C.\n")


class _Lines:
    """Where nothing can move: one line when a day is over."""

    def __init__(self, view: View, days: float) -> None:
        self._view, self._days, self._told = view, days, 0

    def show(self, day: float, played: Played, numbers: Mapping[str, JourneyNumbers]) -> None:
        if int(day) > self._told:
            self._told = int(day)
            self._view.say(f"day {self._told} of {self._days:g}: {_words(played, numbers)}")


class _Bar:
    """One line that moves."""

    def __init__(self, moving: Progress, days: float) -> None:
        self._moving, self._days = moving, days
        self._task: TaskID = moving.add_task("opening", total=days, words="")

    def show(self, day: float, played: Played, numbers: Mapping[str, JourneyNumbers]) -> None:
        title = f"day {min(int(day) + 1, max(int(self._days), 1))} of {self._days:g}"
        words = _words(played, numbers)
        self._moving.update(self._task, completed=min(day, self._days), description=title, words=words)


def _words(played: Played, numbers: Mapping[str, JourneyNumbers]) -> str:
    sent = {name: sum(one.sent.get(channel, 0) for one in numbers.values()) for channel, name in _shown(numbers)}
    entered = sum(one.entered for one in numbers.values())
    counts = (f"{many} {name if many != 1 else name.removesuffix('s')}" for name, many in sent.items())
    return ", ".join([f"{played.accepted} webhooks", f"{entered} entered", *counts])


def _shown(journeys: Mapping[str, JourneyNumbers]) -> list[tuple[str, str]]:
    """The channels that are used, and what their messages are called."""
    used = {channel for one in journeys.values() for channel, many in one.sent.items() if many}
    return [(channel, name) for channel, name in _NAMES.items() if channel in used or channel in _ALWAYS]


def _links(shop: Running, page: str) -> Text:
    """A line each, never wrapped: a link that is cut can be neither clicked nor copied."""
    rows = (
        ("watch it", page, "the days, two customers, the books, and a button that kills the worker"),
        ("inbox", shop.at.inbox, "what the customers got"),
        ("desk", f"{shop.at.public_url}/desk", "every journey with its picture, every customer with their why"),
        ("Temporal UI", shop.at.runs, "every walk and its timers"),
        *((journey, shop.at.runs_of(journey), "") for journey in shop.journeys[:NAMED]),
        ("data and logs", str(shop.folder.path), ""),
    )
    width = max(len(name) for name, _, _ in rows) + 2
    return Text("\n").join(
        Text.assemble(f"  {name:<{width}}", (where, "bold cyan"), (f"  {why}", "dim")) for name, where, why in rows
    )


def _table(journeys: Mapping[str, JourneyNumbers]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim", pad_edge=False)
    table.add_column("  journey", no_wrap=True, min_width=16)
    shown = _shown(journeys)
    for name in ("entered", "inside", *(name for _, name in shown), "goal", "finished", "left", "unsent"):
        table.add_column(name, justify="right")
    for name, one in journeys.items():
        counts = (
            *(one.entered, one.active, *(one.sent.get(channel, 0) for channel, _ in shown)),
            *(one.goals, one.finished, sum(one.left.values()), sum(one.skipped.values())),
        )
        table.add_row(Text(f"  {name}", style="bold"), *(str(many) for many in counts))
    return table


def _counted(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {many}" for reason, many in sorted(reasons.items(), key=lambda pair: -pair[1]))


def _verdict(result: Result, pace: float, killed: int) -> Text:
    books, late = result.books, result.late_p95_s
    adds_up = all(one.adds_up for one in result.journeys.values())
    told = Text("  ")
    good, punctual = books.balance and adds_up, late is not None and late <= PUNCTUAL
    told.append("The books balance. " if good else "The books do not balance. ", _style(good))
    told.append(f"{books.duplicates} sent twice, {books.lost} lost, {books.unknown} unknown")
    if not adds_up:
        told.append("; who entered is not who is inside or out")
    if late is None:
        return told.append("\n  Nothing was sent.", "red")
    told.append("\n  Messages went in time. " if punctual else "\n  Messages went late. ", _style(punctual))
    real = late * pace / 86400
    told.append(f"95 of 100 within {late / 60:.0f} minutes of shop time ({real:.2f} real seconds)")
    if killed and not punctual:
        told.append(f"; the worker was killed {'once' if killed == 1 else f'{killed} times'}, and had to catch up")
    return told


def _style(good: bool) -> str:
    return "bold green" if good else "bold red"
