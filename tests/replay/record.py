"""How are golden histories made? `python tests/replay/record.py` walks every kind of step and writes histories/*.json.

Run it for a new kind of step or happening, and after a change that old runs need not survive. A history that is there
stays the judge of the code: only those named on the command line are made anew, or those that are missing.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "workflows")]

from shop_books import eventually  # noqa: E402 -- the paths first
from sqlalchemy import select  # noqa: E402
from temporalio.client import WorkflowFailureError  # noqa: E402
from temporalio.testing import WorkflowEnvironment  # noqa: E402
from walk_stage import BINARY, DAY, VIRTUAL_TIME, Run, Shop, open_shop  # noqa: E402

from regulars.store import migrate  # noqa: E402
from regulars.store.audiences import Audience  # noqa: E402
from regulars.store.database import Database  # noqa: E402
from regulars.store.statements import table  # noqa: E402
from regulars.temporal import ticker  # noqa: E402
from regulars.temporal.failures import DATA_CONVERTER  # noqa: E402
from workflows.journey import JourneyWorkflow  # noqa: E402
from workflows.ticker import TICKER  # noqa: E402

FAR_DAY = f"{datetime.now(UTC) + timedelta(days=40):%Y-%m-%d}"
FOLDER = Path(__file__).parent / "histories"
Scenario = Callable[[Shop], Awaitable[Run]]


def to_the_end(event: str, *, hour: int = 12, **properties: Any) -> Scenario:
    """A walk that nothing disturbs."""

    async def walk(shop: Shop) -> Run:
        run = await shop.enter(shop.guest(hour=hour), event, **properties)
        await run.ends()
        return run

    return walk


def told(event: str, happening: str, **properties: Any) -> Scenario:
    """A walk that hears of something in the middle of its wait."""

    async def walk(shop: Shop) -> Run:
        guest = shop.guest()
        run = await shop.enter(guest, event)
        await run.rests()
        await run.forward(DAY)
        await shop.tell(guest, happening, at=await run.now(), **properties)
        await run.ends()
        return run

    return walk


async def ordered(shop: Shop) -> Run:
    """Support ends a wait, and then takes the customer out."""
    run = await shop.enter(shop.guest(), "Began Ear")
    await run.sleeps("wait_for_1")
    await run.handle.signal(JourneyWorkflow.hint, run.id)
    await run.update(JourneyWorkflow.skip_wait)
    await run.ended()
    return run


async def taken_out(shop: Shop) -> Run:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("wait_1")
    await run.update(JourneyWorkflow.leave)
    await run.ended()
    return run


async def cancelled(shop: Shop) -> Run:
    run = await shop.enter(shop.guest(), "Began Plain")
    await run.sleeps("wait_1")
    await run.handle.cancel()
    with suppress(WorkflowFailureError):
        await run.ended()
    return run


async def party(shop: Shop) -> Run:
    """Four customers divide and meet again; one of them cannot be walked, and is taken out."""
    colours = [{"colour": "green" if n % 2 else "red"} for n in range(4)]
    run = await shop.party("crowd", [shop.guest() for _ in range(4)], colours, broken=3)
    await eventually(lambda: shop.enrollment(run.ids[3])["phase"] == "parked")
    await run.update(JourneyWorkflow.resume, run.ids[3])
    await run.update(JourneyWorkflow.leave, run.ids[3])
    await run.ends()
    return run


async def audience(shop: Shop) -> Run:
    """A release lets a segment in."""
    guests = [shop.guest(tags=("circle",)) for _ in range(3)]
    for guest in guests:
        await shop.tell_only(guest, "Customer Created")
    await shop.announce("Product Released")
    await shop.carry(shop.clock.real_now())
    of = table(Audience)
    (row,) = await eventually(lambda: shop.rows(select(of).where(of.c.finished_at.is_not(None))))
    return Run(shop, row["id"])


async def ticks(shop: Shop) -> Run:
    """An hour of the ticker's."""
    await ticker.see_to_it(shop.client, shop.clock)
    run = Run(shop, TICKER)
    await run.forward(timedelta(hours=1))
    await run.handle.terminate("recorded")
    return run


SCENARIOS: dict[str, Scenario] = {
    "email_wait": to_the_end("Began Plain"),
    "sms": to_the_end("Began Texts"),
    "sms_held_back": to_the_end("Began Texts", hour=23),
    "wait_until": to_the_end("Began Until", hour=14),
    "date_comes": to_the_end("Began Dated", due=FAR_DAY),
    "date_has_passed": to_the_end("Began Dated", due="2020-01-01"),
    "date_is_missing": to_the_end("Began Dated Leave"),
    "best_hour": to_the_end("Began Best", hour=14),
    "wait_for_heard": told("Began Ear", "Product Reviewed", rating=5),
    "wait_for_otherwise": told("Began Ear", "Product Reviewed", rating=1),
    "heard_and_known": told("Began Rated", "Product Reviewed", rating=5),
    "if_then": to_the_end("Began Fork", colour="green"),
    "if_else": to_the_end("Began Fork", colour="red"),
    "if_beside_holds": to_the_end("Began Beside", colour="green"),
    "if_beside_skips": to_the_end("Began Beside", colour="red"),
    "goal_in_a_wait": told("Began Goal", "Order Completed"),
    "left_in_a_wait": told("Began Goal", "Order Cancelled"),
    "while_holds": to_the_end("Began Guarded"),
    "while_fails": told("Began Guarded", "Stopped Guarded"),
    "skipped_by_support": ordered,
    "taken_out_by_support": taken_out,
    "left_by_a_step": to_the_end("Began Leaver", colour="green"),
    "rounds": to_the_end("Began Rounds"),
    "starts_another": to_the_end("Began Opener"),
    "split": to_the_end("Began Splitter"),
    "marked": to_the_end("Began Marker", colour="green", locale="de-DE"),
    "webhook": to_the_end("Began Hook", way="flaky"),
    "whatsapp": to_the_end("Began Chat"),
    "cancelled": cancelled,
    "party": party,
    "audience": audience,
    "ticker": ticks,
}
SHORT_SCENARIOS: dict[str, Scenario] = {"continued_as_new": to_the_end("Began Long")}
_SHORT = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=20")


async def record(scenarios: dict[str, Scenario], *flags: str) -> None:
    """Walk them on a server with these flags, and write down their histories, each of the first run."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=BINARY,
        dev_server_extra_args=[*VIRTUAL_TIME, *flags],
        dev_server_startup_timeout=timedelta(seconds=30),
        dev_server_log_level="error",
        data_converter=DATA_CONVERTER,
    )
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/regulars.db")
        migrate.upgrade(database)
        async with environment, open_shop(database, environment.client) as shop:
            for name, scenario in scenarios.items():
                run = await scenario(shop)
                (FOLDER / f"{name}.json").write_text(json.dumps(await _first_history(shop, run.id), indent=1) + "\n")
        database.close()


async def _first_history(shop: Shop, walk: str) -> dict[str, Any]:
    """The history of a walk's first run, without the names of this machine's processes."""

    async def runs() -> list[Any]:
        return [one async for one in shop.client.list_workflows(f'WorkflowId = "{walk}"')]

    first = min(await eventually(runs), key=lambda one: one.start_time)
    history = await shop.client.get_workflow_handle(walk, run_id=first.run_id).fetch_history()
    found: dict[str, Any] = json.loads(history.to_json())
    for event in found["events"]:
        for value in event.values():
            if isinstance(value, dict) and "identity" in value:
                value["identity"] = "worker"
    return {"workflowId": walk, **found}


async def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    known = {**SCENARIOS, **SHORT_SCENARIOS}
    wanted = names or [name for name in known if not (FOLDER / f"{name}.json").exists()]
    for scenarios, flags in ((SCENARIOS, ()), (SHORT_SCENARIOS, _SHORT)):
        chosen = {name: scenario for name, scenario in scenarios.items() if name in wanted}
        if chosen:
            await record(chosen, *flags)
    print(f"wrote {len(wanted)}: {', '.join(wanted)}")  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
