"""Why did a customer get a message, or not? Asked of the store, told as text or JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote

from rich.console import Console
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from regulars.settings import Settings
from regulars.store import shop_clock
from regulars.store.database import Database
from regulars.store.journeys import Live
from regulars.store.shelf import NothingLive, Shelf
from regulars.store.statements import table
from regulars.why import ask, text
from regulars.why.answer import Why
from regulars.why.why import why


def tell(config: Settings, customer: str, about: str | None, at: str | None, *, as_json: bool) -> None:
    """On stdout. Raises Unanswerable where there is no such customer, journey, message or time, and NothingLive where
    there is no store."""
    found = _asked(config.database_url, customer, about, at)
    if as_json:
        sys.stdout.write(f"{json.dumps(found.as_json(), ensure_ascii=False, indent=2)}\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    for line in text.lines(found, lambda party: run_address(config, party)):
        console.print(line)


def run_address(config: Settings, party: str) -> str | None:
    """Of a walk's run in Temporal's UI; None where it is not known where that is."""
    ui = config.temporal_ui_url
    return f"{ui.rstrip('/')}/workflows/{quote(party, safe='')}" if ui else None


def _asked(database_url: str, customer: str, about: str | None, at: str | None) -> Why:
    url, nothing = make_url(database_url), f"there is no shop in {make_url(database_url).render_as_string()}"
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NothingLive(f"{nothing}: run `regulars up` or `regulars apply`, or set DATABASE_URL")
    database, shelf = Database(database_url), Shelf()
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(table(Live).name):
                raise NothingLive(f"{nothing}: run `regulars up` or `regulars apply`, or set DATABASE_URL")
            asked = ask.asked(connection, shelf, customer, about)
            zone = ask.zone_of(connection, shelf, asked.customer)
            then = ask.instant(at, zone) if at else None
            found = why(connection, shelf, asked, shop_clock.read(connection).now(), then)
    finally:
        database.close()
    if found is None:
        raise ask.Unanswerable(f"there is no customer {customer!r}")
    return found
