"""How is the command run for real? As a process of its own, gone with its processes when the test is over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_commands import ROOT, Command, is_alive

for room in ("web", "desk"):  # whose shop the page's tests look at
    sys.path.append(str(Path(__file__).parents[1] / room))


@pytest.fixture
def regulars(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Start a `regulars` command on a data folder; it and its processes are ended with the test."""
    with commands(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def lasting_regulars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Command]]:
    """The same for all tests of a module together."""
    with commands(tmp_path_factory.mktemp("lasting")) as start:
        yield start


@contextlib.contextmanager
def commands(folder: Path) -> Iterator[Callable[..., Command]]:
    """Starts commands, whose words go to `folder`, and ends those that still run."""
    started: list[Command] = []
    pids: set[int] = set()

    def start(*arguments: str, data: Path, **environment: str) -> Command:
        number = len(started)
        out, err = folder / f"out{number}", folder / f"err{number}"
        command = [sys.executable, "-m", "regulars.cli.main", *arguments, "--data", str(data)]
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=stdout, stderr=stderr
            )
        started.append(Command(process, data, out, err))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            pids |= set(one.pids().values())
            one.stop(patience=30)
        for pid in pids:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
