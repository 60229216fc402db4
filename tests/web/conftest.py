"""Which web process does a test call? The real one, on both stores."""

from __future__ import annotations

import json
import os
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
def payloads() -> Path:
    """The folder of vendors' own samples."""
    shared = Path(os.environ.get("REGULARS_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    folder = shared / "data" / "payloads"
    if not folder.is_dir():
        pytest.skip(f"the vendors' samples are not at {folder}: set REGULARS_SHARED")
    return folder


@pytest.fixture(scope="session")
def vectors(payloads: Path) -> Callable[[str], Any]:
    """One of the samples that are JSON."""
    return lambda name: json.loads((payloads / name).read_text("utf-8"))
