"""What do the sandbox's tests share? A running sandbox, and a receiver of what it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sandbox_servers import Process, Receiver, Running, Server, Start

from regulars.sandbox.app import SandboxSettings, create_app

FAST: dict[str, Any] = {
    "open_share": 0.0, "click_share": 0.0, "machine_open_share": 0.0, "delivery_seconds": 0.0,
    "reaction_seconds": 0.05, "retry_seconds": 0.05, "retry_cap_seconds": 0.2,
}  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()
    with Server(kept.app()) as server:
        kept.url = server.url
        yield kept


@pytest.fixture
def start(tmp_path: Path, receiver: Receiver) -> Iterator[Start]:
    """Starts a sandbox with these settings over the quick ones."""
    with ExitStack() as running:

        def begin(**changed: Any) -> Running:
            hooks = {
                "event_webhook_url": f"{receiver.url}/events", "inbound_webhook_url": f"{receiver.url}/inbound",
            }  # fmt: skip
            settings = SandboxSettings(**{"data": tmp_path / "vendor", **FAST, **hooks, **changed})
            server = running.enter_context(Server(create_app(settings)))
            return Running(server.url, settings, receiver)

        yield begin


@pytest.fixture
def sandbox(start: Start) -> Running:
    return start()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One sandbox for a whole table of requests; it tells nobody."""
    settings = SandboxSettings(data=tmp_path_factory.mktemp("shared"), **FAST)
    with Server(create_app(settings)) as server:
        yield Running(server.url, settings, Receiver(url="http://127.0.0.1:9"))


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Makes sandboxes that are processes of their own; none outlives the test."""
    made: list[Process] = []

    def make(*flags: str) -> Process:
        made.append(Process(tmp_path / "vendor", *flags))
        return made[-1]

    yield make
    for each in made:
        each.kill()
