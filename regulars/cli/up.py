"""What does `regulars up` do? Prepares the data folder, starts everything, keeps it running, and stops it together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from regulars.cli.house import (
    Addresses,
    DataFolder,
    children,
    choose_ports,
    environment,
    local_database,
    prepare,
    sandbox_settings,
)
from regulars.cli.ports import Ports
from regulars.cli.supervisor import Supervisor
from regulars.clock import Clock
from regulars.delivery import book
from regulars.settings import Settings
from regulars.store import event_names
from regulars.temporal import client as temporal

_CLOSED_RUNS_KEPT = timedelta(days=30)
_KEYS_IN = ("SHOPIFY_WEBHOOK_SECRET", "EVENTS_WEBHOOK_SECRET", "SEGMENT_WRITE_KEYS")
NAMED = 5  # journeys with a link of their own; the UI filters the rest by Journey


@dataclass(frozen=True)
class Running:
    """A shop that is up."""

    folder: DataFolder
    at: Addresses
    clock: Clock
    told: dict[str, str]
    supervisor: Supervisor
    journeys: tuple[str, ...]


@asynccontextmanager
async def running(
    config: Settings,
    data: Path,
    say: Callable[[str], None],
    clock: Clock | None = None,
    sandbox: dict[str, str] | None = None,
) -> AsyncIterator[Running]:
    """Everything up, until the block ends. Raises Mistakes, AlreadyUp, or StartError; then nothing is left running."""
    database = config.database_url if "database_url" in config.model_fields_set else local_database(data)
    found, templates = book.read(config.journeys_file, config.templates_folder, event_names.learnt(database))
    for warning in templates.warnings:
        say(f"warning: {warning}")
    folder = DataFolder(data)
    folder.hold()
    supervisor, ports = Supervisor(say, folder.path / "pids.json"), Ports()
    try:
        at = choose_ports(folder, ports, say)
        told = environment(folder, at, config)
        holds = prepare(told.get("DATABASE_URL", config.database_url), found, templates.sources, clock)
        for child in children(folder, at, told, sandbox_settings(at, told) | (sandbox or {})):
            say(f"starting {child.name}")
            await supervisor.start(child)
            if child.name == "temporal":
                await _keep_runs(at)
        yield Running(folder, at, holds, told, supervisor, tuple(found.journeys))
    finally:
        await supervisor.stop()
        ports.release()
        folder.release()


async def _keep_runs(at: Addresses) -> None:
    client = await temporal.connect(f"127.0.0.1:{at.temporal}")
    await temporal.keep_closed_runs(client, _CLOSED_RUNS_KEPT)


async def until_told(config: Settings, data: Path, say: Callable[[str], None], stopping: asyncio.Event) -> None:
    """`regulars up`: run until SIGINT or SIGTERM."""
    async with running(config, data, say) as shop:
        say("")
        say(f"  the desk        {shop.at.public_url}/desk   (journeys, customers, messages)")
        say(f"  shop webhooks   {shop.at.public_url}/webhooks/shopify")
        say(f"  own events      {shop.at.public_url}/webhooks/events, and /v1/track ... for Segment's libraries")
        made = [name for name in _KEYS_IN if name in shop.told]
        if made:
            say(f"  their keys      {', '.join(made)} in {shop.folder.path / 'secrets.json'}")
        say(f"  Temporal UI     {shop.at.runs}")
        for journey in shop.journeys[:NAMED]:
            say(f"    {journey:<13} {shop.at.runs_of(journey)}")
        if "SENDGRID_HOST" in shop.told or "TWILIO_BASE_URL" in shop.told:
            say(f"  inbox           {shop.at.inbox}   (the sandbox stands in for vendors without keys)")
        say(f"  data and logs   {shop.folder.path}")
        say("")
        say("up. Stop with Ctrl-C.")
        await stopping.wait()
        say("stopping")
