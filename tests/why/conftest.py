"""What do the tests of the answers ask? A shop on both stores, told and walked by the real functions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / room) for room in ("agenda", "delivery")]

from why_shop import Shop

from regulars.store.database import Database


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


@pytest.fixture
def quick(sqlite_database: Database) -> Shop:
    """On SQLite alone: for what does not depend on the store."""
    return Shop(sqlite_database)
