"""Do the books balance when a worker is killed while messages go out?"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from demo_commands import NAMES, Command, get_json, is_alive, post_json, wait_for

_UNTOLD = {"kind": "callbacks_off"}  # of one, no callback tells: it has to be looked up
_SLOW = {"kind": "slow", "seconds": 8}  # the vendor takes it, and its answer meets nobody
_SILENT = {"kind": "hang", "seconds": 8}  # the vendor never takes it


@pytest.mark.xdist_group("processes")
def test_a_worker_killed_amid_sends_loses_nothing_and_sends_nothing_twice(
    regulars: Callable[..., Command], tmp_path: Path
) -> None:
    data = tmp_path / "shop"
    demo = regulars("demo", "--days", "2", "--pace", "6", "--customers", "30", "--json", "--exit", data=data)
    vendors = demo.address("inbox").removesuffix("/inbox")
    wait_for(lambda: accepted(vendors) >= 3, "message at the vendor")
    post_json(f"{vendors}/_sandbox/faults", [_UNTOLD, _SLOW, _SILENT, _SLOW, _SILENT])
    wait_for(lambda: on_the_wire(data) >= 2, "two messages on the wire")
    pids = demo.pids()
    os.kill(pids["worker"], signal.SIGKILL)
    again = wait_for(lambda: (now := demo.pids()).get("worker") != pids["worker"] and now, "second worker")

    code = demo.finish(patience=120)

    lines = demo.out.read_text().splitlines()
    assert len(lines) == 1, lines
    told = json.loads(lines[0])
    assert told["books"] == {"duplicates": 0, "lost": 0, "unknown": 0}, demo.err.read_text()
    for numbers in told["journeys"].values():
        ways = ("active", "goals", "finished")
        assert numbers["entered"] == sum(numbers[way] for way in ways) + sum(numbers["left"].values())
    assert sum(numbers["entered"] for numbers in told["journeys"].values()) >= 25
    assert sum(sum(numbers["sent"].values()) for numbers in told["journeys"].values()) >= 20
    assert code == (told["late_p95_s"] > 3600)  # what waited for its fate was late
    assert set(pids) == set(again) == set(NAMES)
    assert not [pid for pid in {*pids.values(), *again.values()} if is_alive(pid)]
    assert not (data / "pids.json").exists()


def accepted(vendors: str) -> int:
    found = get_json(f"{vendors}/_sandbox/books")
    assert isinstance(found, dict)
    return sum(found["accepted"].values())


def on_the_wire(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'regulars.db'}?mode=ro", uri=True)) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM message WHERE state = 'dispatching'").fetchone()[0]
    return count
