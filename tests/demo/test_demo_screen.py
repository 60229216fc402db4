"""Does the demo open its page by itself where somebody sits before a screen, and nowhere else?"""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from demo_commands import ROOT, wait_for


@dataclass
class Terminal:
    """A command on a terminal of its own. `opened`: what its browser was asked to show."""

    process: subprocess.Popen[bytes]
    opened: Path
    shown: bytearray = field(default_factory=bytearray)

    def said(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown.decode(errors="replace"))


def plain() -> dict[str, str]:
    """The environment of somebody without a screen."""
    return {name: value for name, value in os.environ.items() if name not in ("CI", "DISPLAY", "WAYLAND_DISPLAY")}


@contextlib.contextmanager
def terminal(folder: Path, **told: str) -> Iterator[Terminal]:
    """`regulars demo` as somebody starts it, with a browser that writes down what it is asked for."""
    browser, opened = folder / "browser", folder / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    ours, theirs = pty.openpty()
    command = ("demo", "--days", "1", "--pace", "20", "--customers", "2", "--data", str(folder / "shop"))
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars.cli.main", *command],
        cwd=ROOT,
        env={**plain(), "BROWSER": f"{browser} %s", "COLUMNS": "200", **told},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    found = Terminal(process, opened)
    reader = threading.Thread(target=_read, args=(ours, found), daemon=True)
    reader.start()
    try:
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        finally:
            process.kill()
            process.wait()
            reader.join(5)
            os.close(ours)


def _read(handle: int, into: Terminal) -> None:
    with contextlib.suppress(OSError):  # Linux says so when the other end is closed
        while piece := os.read(handle, 4096):
            into.shown += piece


def test_before_a_screen_the_page_opens_by_itself(tmp_path: Path) -> None:
    with terminal(tmp_path, DISPLAY=":9") as found:
        opened = wait_for(lambda: found.opened.exists() and found.opened.read_text().split(), "browser")
        (address,) = re.findall(r"watch it +(\S+)", found.said())
        assert opened == [address]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/demo", address)


@pytest.mark.parametrize(
    ("told", "has"),
    [
        ({"DISPLAY": ":9"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({}, sys.platform == "darwin"),
        ({"DISPLAY": ":9", "CI": "true"}, False),
    ],
)
def test_nothing_opens_without_a_screen_or_somebody_before_it(told: dict[str, str], has: bool) -> None:
    ask = "from regulars.cli.demo_page import has_screen; raise SystemExit(7 if has_screen() else 0)"
    ours, theirs = pty.openpty()
    for out, there in ((theirs, has), (subprocess.DEVNULL, False)):
        ran = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env={**plain(), **told}, stdout=out, check=False)
        assert ran.returncode == (7 if there else 0)
    os.close(ours)
    os.close(theirs)
