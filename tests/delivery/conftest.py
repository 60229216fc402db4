"""What do the tests of delivery share? A shop on each store, the sandbox, and a courier between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from delivery_office import Office, Vendor, vendor_at
from delivery_shop import Shop, journey
from ports import free_port

from regulars.clock import identity
from regulars.store.database import Database


@pytest.fixture
def shop(database: Database) -> Shop:
    """A shop in which nothing is live yet, on both stores."""
    return Shop(database)


@pytest.fixture(scope="session")
def running_vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    with vendor_at(free_port(), tmp_path_factory.mktemp("vendor")) as vendor:
        yield vendor


@pytest.fixture
def vendor(running_vendor: Vendor) -> Iterator[Vendor]:
    """The sandbox, which behaves again after each test."""
    yield running_vendor
    running_vendor.behave()


@pytest_asyncio.fixture
async def offices(shop: Shop, vendor: Vendor) -> AsyncIterator[Callable[..., Office]]:
    """Makes couriers for what is live in the shop; closed at the end."""
    made: list[Office] = []

    def make(**more: Any) -> Office:
        office = Office(shop, **{"url": vendor.url, **more})
        office.open()
        made.append(office)
        return office

    yield make
    for office in made:
        await office.close()


@pytest.fixture
def now() -> datetime:
    """The vendor knows real time alone, so these tests keep it too."""
    return identity().now()


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is open at any hour: these tests run at all of them."""
    return shop.apply(journey(), quiet_hours={})
