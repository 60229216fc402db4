"""Of whom is it asked whom a journey will reach? A shop on both stores, told by the real functions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / room) for room in ("agenda", "delivery", "why")]

from reach_shop import ReachShop

from regulars.store.database import Database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> ReachShop:
    return ReachShop(database, tmp_path / "files")


@pytest.fixture
def quick(sqlite_database: Database, tmp_path: Path) -> ReachShop:
    """On SQLite alone: for what does not depend on the store."""
    return ReachShop(sqlite_database, tmp_path / "files")
