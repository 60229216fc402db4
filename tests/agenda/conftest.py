"""On what is the agenda tried? A shop on either database, whose clock stands until it is moved."""

from __future__ import annotations

import pytest
from agenda_shop import Shop

from regulars.store.database import Database


@pytest.fixture
def shop(database: Database) -> Shop:
    """On SQLite and on PostgreSQL."""
    return Shop(database)
