"""Which shop does a test of the way in run on? An empty one, on both stores."""

from __future__ import annotations

import pytest
from intake_shop import Shop

from regulars.store.database import Database


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)
