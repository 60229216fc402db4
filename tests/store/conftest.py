"""On which database is the store itself tried? On one of its own each time: some of its tests change the schema."""

from __future__ import annotations

import pytest

from regulars.store.database import Database


@pytest.fixture
def postgres_database(postgres_copy: Database) -> Database:
    return postgres_copy
