"""What do the desk's tests look at? A small shop with a past, and the real web process over it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "web"))

from desk_shop import Shop, opened

from regulars.store.database import Database


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """On both stores."""
    with opened(database) as found:
        yield found


@pytest.fixture
def quick(sqlite_database: Database) -> Iterator[Shop]:
    """On SQLite alone: for what does not depend on the store."""
    with opened(sqlite_database) as found:
        yield found
