"""Would a walk that began under older code go on under this? Golden histories, replayed as the worker replays them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from regulars.journeys.model import STEP_KINDS
from regulars.temporal.failures import DATA_CONVERTER
from regulars.temporal.sandbox import sandbox
from workflows.audience import AudienceWorkflow
from workflows.journey import JourneyWorkflow
from workflows.ticker import TickerWorkflow

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "histories"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    """A golden history."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def _replayer() -> Replayer:
    """The same sandbox and the same converter as in the worker."""
    return Replayer(
        workflows=[JourneyWorkflow, TickerWorkflow, AudienceWorkflow],
        workflow_runner=sandbox(),
        data_converter=DATA_CONVERTER,
    )


async def replay(history: dict[str, Any]) -> None:
    """Replay it. Raises NondeterminismError where the code goes another way."""
    walk = history["workflowId"]
    await _replayer().replay_workflow(WorkflowHistory.from_json(walk, {"events": history["events"]}))


@pytest.mark.parametrize("name", NAMES)
async def test_a_walk_of_older_code_goes_the_same_way_under_this(name: str) -> None:
    await replay(load(name))


@pytest.mark.parametrize(("was", "now"), [("send_email", "send_sms"), ("one#1.1", "one#1.2")])
async def test_a_walk_that_went_another_way_is_told_apart(was: str, now: str) -> None:
    text = json.dumps(load("email_wait"))
    assert was in text
    with pytest.raises(Exception, match=r"(?i)nondeterminism"):
        await replay(json.loads(text.replace(f'"{was}"', f'"{now}"')))


@pytest.mark.parametrize("path", [None, ""])
def test_a_worker_that_has_just_begun_finds_its_way_whence_ever_its_zones_come(path: str | None) -> None:
    """The first thing a new process does may be to take over a walk: no zone looked at yet, perhaps none installed."""
    # It leaves without the interpreter's own end, which may crash after a sandboxed worker (sdk-python issue 300).
    code = "import asyncio, os, test_replay as t; asyncio.run(t.replay(t.load('wait_until'))); os._exit(0)"
    told = {name: value for name, value in os.environ.items() if name != "PYTHONTZPATH"}
    told |= {"PYTHONPATH": os.pathsep.join([str(ROOT), str(FOLDER.parent)])}
    told |= {"PYTHONTZPATH": path} if path is not None else {}
    done = subprocess.run(
        [sys.executable, "-c", code], env=told, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


async def test_there_is_a_golden_history_for_every_kind_of_step() -> None:
    walked: set[str] = set()
    for name in NAMES:
        history = WorkflowHistory.from_json("walk", {"events": load(name)["events"]})
        (start,) = history.events[0].workflow_execution_started_event_attributes.input.payloads
        for graph in json.loads(start.data).get("graphs", {}).values():
            walked |= {node["kind"] for node in graph["nodes"].values()}
    assert walked == set(STEP_KINDS)
