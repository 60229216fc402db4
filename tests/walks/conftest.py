"""On which place do the tests of walks' answers stand? An empty shop, on both databases."""

from __future__ import annotations

import pytest
from walk_place import Place

from regulars.store.database import Database


@pytest.fixture
def place(database: Database) -> Place:
    return Place(database)
