"""What does `regulars demo` do? Brings a shop up in a fresh folder, plays a sample shop's days, and shows the books."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from regulars.cli import demo_page
from regulars.cli.demo_view import View
from regulars.cli.house import AlreadyUp, DataFolder, FolderTaken
from regulars.cli.up import Running, running
from regulars.clock import Clock
from regulars.demo import books, ledger, past, script, vendor
from regulars.demo.books import Result
from regulars.demo.ledger import JourneyNumbers
from regulars.demo.player import Doors, Played, Player
from regulars.demo.stage import PastTold, Stage
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
    async with running(alone(config), folder, view.say, clock, people(clock, options.pace)) as shop:
        stage = Stage(shop.clock, options.customers, options.days, options.pace)
        with contextlib.closing(Database(shop.told["DATABASE_URL"])) as database:
            async with demo_page.shown(shop, stage, database) as page:
                view.opened(shop, page.address)
                if not options.as_json and demo_page.has_screen():
                    await demo_page.open_browser(page.address)
                result = await _until(_days(shop, database, stage, view), stopping)
                if result is None:
                    return 1
                view.result(result, options.pace, len(page.killer.kills))
                if not options.leave:
                    view.links(shop, page.address)
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


def people(clock: Clock, pace: float) -> dict[str, str]:
    """How the sandbox's recipients behave, at the shop's pace: delivered within half an hour, read within hours. Its
    inbox shows the shop's time."""
    return {
        "REGULARS_SANDBOX_CLOCK_ORIGIN": clock.origin.isoformat(),
        "REGULARS_SANDBOX_CLOCK_PACE": str(clock.pace),
        "REGULARS_SANDBOX_DELIVERY_SECONDS": str(pace / 48),
        "REGULARS_SANDBOX_REACTION_SECONDS": str(pace / 6),
        "REGULARS_SANDBOX_OPEN_SHARE": "0.6",
        "REGULARS_SANDBOX_MACHINE_OPEN_SHARE": "0.1",
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


async def _days(shop: Running, database: Database, stage: Stage, view: View) -> Result:
    """Tell the past, play the days, wait for the tail to settle, and hold the books against each other."""
    player, played = Player(_doors(shop), shop.clock), stage.played
    before, began = past.pasts(shop.clock.now(), stage.days, stage.customers, script.SEED), Clock.real_now()
    await player.play(past.tell(before, stage.customers, script.SEED), played)
    stage.past = PastTold(len(played.orders), len(before), (Clock.real_now() - began).total_seconds())
    view.say(f"half a year of the shop's past is there, {stage.past.orders} orders; history starts no journey")
    stage.opening, stage.phase = shop.clock.now(), "days"
    told = script.write(stage.opening, stage.days, stage.customers, before=before)
    playing = asyncio.ensure_future(player.play(told, played))
    try:
        with view.progress(stage.days) as progress:
            while not playing.done():
                await asyncio.wait((playing,), timeout=_LOOK)
                progress.show(stage.gone, played, await asyncio.to_thread(_numbers, database))
        await playing
    finally:
        playing.cancel()
    view.say("the shop closes its doors; waiting for what is still under way")
    stage.phase, by = "tail", shop.clock.now()
    await _settle(database, by)
    stage.phase = "over"
    return await _judge(shop, database, played, by)


def _doors(shop: Running) -> Doors:
    names = ("SHOPIFY_WEBHOOK_SECRET", "SEGMENT_WRITE_KEYS", "EVENTS_WEBHOOK_SECRET")
    return Doors(shop.at.public_url, *(shop.told[name] for name in names))


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
    had = await vendor.accepted(shop.at.inbox.removesuffix("/inbox"))
    return Result(numbers, books.compare(messages, had, tail, missing), late, played.refused)
