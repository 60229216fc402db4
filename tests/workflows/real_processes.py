"""Which processes do the tests of failures stop and kill? A Temporal server on a file, the sandbox, and worker.py."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shop_books import eventually
from walk_stage import BINARY

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Process:
    """A command that can be stopped in any way, and started again."""

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    running: subprocess.Popen[bytes] | None = None

    async def start(self, said: bytes = b"") -> None:
        """Start it, and wait until it listens or has said that."""
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(  # noqa: ASYNC220 -- it takes a millisecond
                self.command, stdout=log, stderr=log, env={**os.environ, **self.environment}, cwd=ROOT
            )
        await eventually(lambda: self._listens() if self.port else said in self.log.read_bytes()[begun:], 40)

    def send(self, number: signal.Signals) -> None:
        if self.running:
            self.running.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it and wait until it is gone."""
        if self.running is None:
            return
        self.send(number)
        try:
            self.running.wait(20)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait(5)
        self.running = None

    def _listens(self) -> bool:
        if self.running and self.running.poll() is not None:
            raise AssertionError(f"{self.command[0]} ended: {self.log.read_text()[-2000:]}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextlib.contextmanager
def ending(*processes: Process) -> Iterator[None]:
    """Nothing of them is left running afterwards."""
    try:
        yield
    finally:
        for process in processes:
            process.send(signal.SIGCONT)
            process.end(signal.SIGKILL)


def temporal_server(folder: Path) -> Process:
    """The server as `regulars up` runs it: on a file, with WAL."""
    port = free_port()
    command = [
        *(BINARY, "server", "start-dev", "--headless", "--port", str(port), "--log-level", "error"),
        *("--db-filename", str(folder / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
    ]
    return Process(command, folder / "temporal.log", port=port)


def sandbox_server(folder: Path) -> Process:
    """The stand-in for both vendors."""
    port = free_port()
    command = [sys.executable, "-m", "regulars.sandbox", "--port", str(port), "--data", str(folder / "sandbox")]
    keys = {"SENDGRID_API_KEY": "SG.test", "TWILIO_ACCOUNT_SID": "AC" + "5a" * 16, "TWILIO_AUTH_TOKEN": "token"}
    told = {f"REGULARS_SANDBOX_{name}": value for name, value in keys.items()} | {"PYTHONPATH": str(ROOT)}
    return Process(command, folder / "sandbox.log", told, port)


def ask(url: str, body: Any = None) -> Any:
    """JSON from the sandbox's own endpoints."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())
