"""How is the command run for real? As a process of its own, in a folder of its own, gone when the test is over."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
NAMES = ("sandbox", "temporal", "web", "worker")


def wait_for(look: Callable[[], T | None], what: str, patience: float = 60.0) -> T:
    """What `look` gives once it gives something."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"in {patience:g} seconds: no {what}")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@dataclass
class Command:
    """A `regulars` command under way. What it says goes to files."""

    process: subprocess.Popen[bytes]
    data: Path
    out: Path
    err: Path

    def said(self) -> str:
        return self.out.read_text() + self.err.read_text()

    def pids(self) -> dict[str, int]:
        """Its processes' ids by name; those that run."""
        try:
            found: dict[str, int] = json.loads((self.data / "pids.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def address(self, of: str) -> str:
        """Where something answers, as the command says."""

        def look() -> str | None:
            found = re.search(rf"^ +{of} +(http://127\.0\.0\.1:\d+)", self.said(), re.MULTILINE)
            return found[1] if found else None

        return wait_for(look, f"address of {of}")

    def finish(self, patience: float) -> int:
        return self.process.wait(patience)

    def stop(self, patience: float) -> int:
        """Have it stop by itself, or kill it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def get_json(url: str) -> object:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def post_json(url: str, body: object) -> None:
    raw = json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, raw), timeout=5) as answer:
        answer.read()
