"""How is the demo's page served? By the demo's own process, which alone can kill the worker, and opened by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from regulars.cli import house
from regulars.cli.ports import Ports
from regulars.cli.up import Running
from regulars.demo.killing import Killer
from regulars.demo.live import Watcher
from regulars.demo.page import Booth, create_app
from regulars.demo.page_views import Links
from regulars.demo.people import FOLLOWED
from regulars.demo.stage import Stage
from regulars.store.database import Database
from regulars.store.shelf import Shelf

_USUAL_PORT = 8080


@dataclass(frozen=True, slots=True)
class Page:
    """Where it is, and what its button does."""

    address: str
    killer: Killer


@asynccontextmanager
async def shown(shop: Running, stage: Stage, database: Database) -> AsyncIterator[Page]:
    """The page, which answers until the block ends. Raises OSError where there is no port for it."""
    ports = Ports()
    listening = socket.create_server(("127.0.0.1", ports.free(_USUAL_PORT)))
    booth = _booth(shop, stage, database)
    app = create_app(booth)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1)
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield Page(f"http://127.0.0.1:{listening.getsockname()[1]}/demo", booth.killer)
    finally:
        server.should_exit = True
        await serving
        listening.close()
        ports.release()


class _Quiet(uvicorn.Server):
    """Leaves signals to the command that it serves within."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _booth(shop: Running, stage: Stage, database: Database) -> Booth:
    worker = shop.supervisor.children["worker"]
    sandbox = shop.at.inbox.removesuffix("/inbox")
    return Booth(
        stage=stage,
        watcher=Watcher(stage, database, Shelf(), sandbox, FOLLOWED[: stage.customers]),
        killer=Killer(database, shop.clock, lambda: worker.pid, lambda: house.working(worker.log)),
        database=database,
        links=Links(shop.at.public_url, sandbox, shop.at.runs.removesuffix("/workflows")),
    )


def has_screen() -> bool:
    """Is somebody there who would see a browser open? Not where a program reads along, nor on a machine without one."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def open_browser(url: str) -> None:
    """Where there is one. What goes wrong with it is no matter: the address is told as well."""
    with contextlib.suppress(webbrowser.Error, OSError):
        await asyncio.to_thread(webbrowser.open, url)
