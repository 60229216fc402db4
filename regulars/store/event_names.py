"""Which events of the shop's own has a store seen? Read before anything is done with it, also where there is none."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from regulars.store.database import Database
from regulars.store.events import LearntEvent
from regulars.store.statements import table


def learnt(database_url: str) -> frozenset[str]:
    """Their names; none where the store, or its table of names, is yet to be made: nothing is made here."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return frozenset()
    database = Database(database_url)
    try:
        with database.read() as connection:
            names = table(LearntEvent)
            if not inspect(connection).has_table(names.name):
                return frozenset()
            return frozenset(connection.execute(select(names.c.name)).scalars())
    finally:
        database.close()
