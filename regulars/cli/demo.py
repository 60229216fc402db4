"""What does `regulars demo` do? Brings a shop up in a fresh folder, plays a sample shop's days, and shows the books."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import aiohttp

from regulars.cli.demo_view import View
from regulars.cli.house import AlreadyUp, DataFolder, FolderTaken
from regulars.cli.up import Running, running
from regulars.clock import Clock
from regulars.demo import books, ledger, script
from regulars.demo.books import Result
from regulars.demo.ledger import JourneyNumbers
from regulars.demo.player import Played, Player
from regulars.settings import Settings
from regulars.store.database import Database

_BASE = Path(".data")
_SETTLING = 90.0  # real seconds: a message whose worker was killed is found out about in half of that
_LOOK = 0.25  # real seconds between looks at the database
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Options:
    """`pace`: real seconds a shop day. `data`: a folder for this play alone; one of its own below .data without it."""

    pace: float
    days: float
    customers: int
    as_json: bool
    leave: bool
    data: Path | None


async def play(config: Settings, options: Options, stopping: asyncio.Event) -> int:
    """The exit code: 0 when the books balance and the messages went in time, 1 otherwise or when stopped before."""
    view = View(options.as_json)
    folder = options.data or fresh_folder(_BASE)
    if options.data is not None:
        _check_unused(options.data)
    view.title(options.customers, options.days, options.pace)
    clock = Clock(Clock.real_now(), _DAY / options.pace)
    async with running(alone(config), folder, view.say, clock, people(options.pace)) as shop:
        view.opened(shop)
        with contextlib.closing(Database(shop.told["DATABASE_URL"])) as database:
            result = await _until(_days(shop, database, options, view), stopping)
        if result is None:
            return 1
        view.result(result, options.pace)
        if not options.leave:
            view.links(shop)
            await stopping.wait()
        view.say("stopping")
    return 0 if result.good else 1


def fresh_folder(base: Path) -> Path:
    """The first demo folder below `base` that no other demo is using, emptied."""
    for number in count(1):
        path = base / f"demo-{number}"
        folder = DataFolder(path)
        try:
            folder.hold()
        except AlreadyUp:
            continue
        shutil.rmtree(path)
        folder.release()
        return path
    raise AssertionError("numbers do not end")


def _check_unused(path: Path) -> None:
    """Raises AlreadyUp or FolderTaken: a shop's clock is fixed at first use, and a demo wants its own."""
    folder = DataFolder(path)
    folder.hold()
    folder.release()
    if (path / "regulars.db").exists():
        raise FolderTaken(f"{path} holds a shop already; --data wants a new folder, or leave it away")


def alone(config: Settings) -> Settings:
    """The journeys and templates, and nothing else that the environment says: a demo never reaches a real vendor."""
    return Settings.model_construct(
        _fields_set=set(), journeys_file=config.journeys_file, templates_folder=config.templates_folder
    )


def people(pace: float) -> dict[str, str]:
    """How the sandbox's recipients behave, at the shop's pace: delivered within half an hour, read within hours."""
    return {
        "REGULARS_SANDBOX_DELIVERY_SECONDS": str(pace / 48),
        "REGULARS_SANDBOX_REACTION_SECONDS": str(pace / 6),
        "REGULARS_SANDBOX_CLICK_SHARE": "0.25",
    }


async def _until(work: Coroutine[None, None, Result], stopping: asyncio.Event) -> Result | None:
    """The work's result; None when told to stop before."""
    doing, told = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((doing, told), return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, told):
            task.cancel()
        await asyncio.gather(doing, told, return_exceptions=True)


async def _days(shop: Running, database: Database, options: Options, view: View) -> Result:
    """Play, wait for the tail to settle, and hold the books against each other."""
    opening = shop.clock.now()
    told = script.write(opening, options.days, options.customers)
    played = Played(len(told))
    player = Player(f"{shop.at.public_url}/webhooks/shopify", shop.told["SHOPIFY_WEBHOOK_SECRET"], shop.clock)
    playing = asyncio.ensure_future(player.play(told, played))
    try:
        with view.progress(options.days) as progress:
            while not playing.done():
                await asyncio.wait((playing,), timeout=_LOOK)
                numbers = await asyncio.to_thread(_numbers, database)
                day = options.days if playing.done() else (shop.clock.now() - opening) / timedelta(days=1)
                progress.show(day, played, numbers)
        await playing
    finally:
        playing.cancel()
    view.say("the shop closes its doors; waiting for what is still under way")
    by = shop.clock.now()
    await _settle(database, by)
    return await _judge(shop, database, played, by)


def _numbers(database: Database) -> dict[str, JourneyNumbers]:
    with database.read() as connection:
        return ledger.journeys(connection)


async def _settle(database: Database, by: datetime) -> None:
    """Wait until nothing that fell due by `by` is still under way, but not for ever."""

    def settled() -> bool:
        with database.read() as connection:
            return ledger.tail(connection, by).settled

    for _ in range(int(_SETTLING / _LOOK)):
        if await asyncio.to_thread(settled):
            return
        await asyncio.sleep(_LOOK)


async def _judge(shop: Running, database: Database, played: Played, by: datetime) -> Result:
    """The ledger first, then the vendor: what the ledger calls accepted, the vendor must have had by then."""
    with database.read() as connection:
        numbers, messages = ledger.journeys(connection), ledger.messages(connection)
        tail, missing = ledger.tail(connection, by), ledger.missing_orders(connection, played.orders)
        late = books.p95(ledger.lateness(connection))
    vendor = await _vendor(f"http://127.0.0.1:{shop.at.sandbox}/_sandbox/books?full=1")
    return Result(numbers, books.compare(messages, vendor, tail, missing), late, played.refused)


async def _vendor(url: str) -> dict[str, int]:
    """How often the vendors have each message, by our id."""
    async with aiohttp.ClientSession() as session, session.get(url, raise_for_status=True) as answer:
        told = await answer.json()
    return {row["message_id"]: row["accepted_count"] for row in told["messages"]}
