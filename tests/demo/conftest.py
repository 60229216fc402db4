"""How is the command run for real? As a process of its own, gone with its processes when the test is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_commands import ROOT, Command, is_alive


@pytest.fixture
def regulars(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Start a `regulars` command on a data folder; it and its processes are ended with the test."""
    started: list[Command] = []
    pids: set[int] = set()

    def start(*arguments: str, data: Path, **environment: str) -> Command:
        number = len(started)
        out, err = tmp_path / f"out{number}", tmp_path / f"err{number}"
        command = [sys.executable, "-m", "regulars.cli.main", *arguments, "--data", str(data)]
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=stdout, stderr=stderr
            )
        started.append(Command(process, data, out, err))
        return started[-1]

    yield start
    for one in started:
        pids |= set(one.pids().values())
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            try:
                one.process.wait(30)
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
    for pid in pids:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
