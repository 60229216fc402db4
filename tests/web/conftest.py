"""Which web process does a test call? The real one, on both stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web_shop import Web, running

from regulars.store.database import Database


@pytest.fixture
def web(database: Database) -> Iterator[Web]:
    with running(database) as found:
        yield found


@pytest.fixture
def quick(sqlite_database: Database) -> Iterator[Web]:
    """On SQLite alone: for what does not reach the store."""
    with running(sqlite_database) as found:
        yield found


@pytest.fixture(scope="session")
def payloads(vendors_data: Path) -> Path:
    """The folder of vendors' own samples."""
    return vendors_data / "payloads"


@pytest.fixture(scope="session")
def vectors(payloads: Path) -> Callable[[str], Any]:
    """One of the samples that are JSON."""
    return lambda name: json.loads((payloads / name).read_text("utf-8"))
