"""How does a bench run a web process of its own? From when it answers until the block ends."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.cli.ports import answers

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def running(command: list[str], told: dict[str, str], port: int) -> Iterator[None]:
    """From when it answers on the port. Raises AssertionError when it ends before, or takes longer than 30 seconds."""
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        deadline = time.monotonic() + 30
        while not answers(port):
            assert process.poll() is None, f"{command} ended before it answered"
            assert time.monotonic() < deadline, f"{command} does not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
