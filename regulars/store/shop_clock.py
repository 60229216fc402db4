"""Which clock does this shop run by? Fixed in its database at first use, so that a restart does not move it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from regulars.clock import Clock, identity
from regulars.store.journeys import ShopClock
from regulars.store.statements import insert, table


def fix(connection: Connection, clock: Clock) -> Clock:
    """Make `clock` the shop's, if none is; gives the one that holds."""
    row = {"id": 1, "origin": clock.origin, "pace": clock.pace}
    connection.execute(insert(connection, ShopClock).values(row).on_conflict_do_nothing())
    return read(connection)


def read(connection: Connection) -> Clock:
    """The shop's clock: real time where none was fixed."""
    row = connection.execute(select(table(ShopClock))).first()
    return Clock(row.origin, row.pace) if row else identity()
