"""What if Temporal is away? Intake goes on, nothing is lost, and every journey starts when it is back."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from real_processes import ending, temporal_server
from shop_books import eventually
from walk_stage import open_shop

from regulars.store import migrate
from regulars.store.database import Database
from regulars.temporal import client as temporal_client

AWAY = float(os.environ.get("REGULARS_TEST_AWAY_SECONDS", "10"))
_PER_SECOND = 4


async def test_intake_goes_on_without_temporal_and_all_journeys_start_when_it_is_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    migrate.upgrade(sqlite_database)
    server = temporal_server(tmp_path)
    with ending(server):
        await server.start()
        client = await temporal_client.connect(f"127.0.0.1:{server.port}")
        async with open_shop(sqlite_database, client) as shop:
            relaying = asyncio.create_task(shop.relay.run())
            before = await shop.enter(shop.guest(), "Began Plain")
            await before.rests("wait_1")
            server.end(signal.SIGKILL)
            guests, slowest, loop = [], 0.0, asyncio.get_running_loop()
            for _ in range(int(AWAY * _PER_SECOND)):
                guests.append(shop.guest())
                asked = loop.time()
                await shop.tell_only(guests[-1], "Began Plain")
                slowest = max(slowest, loop.time() - asked)
                await asyncio.sleep(1 / _PER_SECOND)
            assert slowest < 1
            assert shop.count_outbox() == len(guests)
            await server.start()
            ids = [shop.enrollments(guest)[0]["id"] for guest in guests]
            await eventually(lambda: all(before.sent(one) == ["one"] for one in ids), 40)
            assert shop.count_outbox() == 0
            assert {len(before.messages(one)) for one in ids} == {1}
            shop.relay.stop()
            await relaying
