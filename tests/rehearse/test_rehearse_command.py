"""What does `regulars rehearse` leave behind, and whom does it reach? Nothing, and nobody but its own sandbox."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest
from rehearsed_side_by_side import ROOT, rehearsal
from test_rehearsed_journeys import NATURAL

from regulars.cli.rehearse import Stage, stage
from regulars.rehearse.walk import rehearse
from regulars.settings import Settings

PATIENCE = 60.0
COMMAND = [sys.executable, "-m", "regulars.cli.main", "rehearse"]


def started(arguments: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The command, in a folder of its own for what is temporary."""
    told = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), **(environment or {})}
    files = {"JOURNEYS_FILE": str(ROOT / "journeys.yaml"), "TEMPLATES_FOLDER": str(ROOT / "templates")}
    return subprocess.Popen(
        [*COMMAND, *arguments], env={**told, **files}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def of_folder(folder: Path) -> list[str]:
    """The processes that were started with this folder for what is temporary."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # gone meanwhile, or not ours
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_ctrl_c_stops_everything_that_was_started_and_leaves_no_files(tmp_path: Path) -> None:
    customer, kept = tmp_path / "customer.yaml", tmp_path / "kept"
    customer.write_text(NATURAL["welcome"].customer)
    kept.mkdir()
    arguments = ["welcome", "--customer", str(customer), "--from", "2026-03-02", "--days", "3000"]
    process = started(arguments, kept)
    try:
        limit = time.monotonic() + PATIENCE
        while not any("start-dev" in one for one in of_folder(kept)):
            assert time.monotonic() < limit
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, errors
    assert (output, errors) == ("", "")
    assert of_folder(kept) == []
    assert list(kept.iterdir()) == []


async def test_a_failure_stops_everything_too() -> None:
    with pytest.raises(ZeroDivisionError):
        await _fail()
    (number,) = _STARTED
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", number)


_STARTED: list[int] = []


async def _fail() -> None:
    async with stage(Settings(_env_file=None)) as found:  # type: ignore[call-arg]  # pydantic-settings takes it
        _STARTED.append(int(found.config.sendgrid_host.rpartition(":")[2]))
        raise ZeroDivisionError


async def test_real_keys_are_not_used_and_the_sandbox_has_each_message_once(on_stage: Stage) -> None:
    real = {"sendgrid_api_key": "SG.real", "twilio_account_sid": "AC" + "1" * 32, "twilio_auth_token": "real"}
    async with stage(Settings(_env_file=None, vendor_ca_file=Path("none.pem"), **real)) as own:  # type: ignore[call-arg, arg-type]
        assert own.config.sendgrid_host.startswith("http://127.0.0.1:")
        assert own.config.twilio_base_url == own.config.sendgrid_host != on_stage.config.sendgrid_host
        assert "real" not in own.config.sendgrid_api_key.get_secret_value()
        found = await rehearse(rehearsal(NATURAL["abandoned_cart"], 4), own.clients[0], own.config)
        inbox = await asyncio.to_thread(_inbox, own.config.sendgrid_host)
    assert len(found.sent) == 3
    assert sorted(one["channel"] for one in inbox["messages"]) == ["email", "email", "sms"]


def _inbox(host: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(f"{host}/inbox.json", timeout=10) as answer:
        found: dict[str, list[dict[str, str]]] = json.loads(answer.read())
    return found


def test_what_is_not_there_is_said_before_anything_is_started(tmp_path: Path) -> None:
    customer = tmp_path / "customer.yaml"
    customer.write_text("email: ana\n")
    process = started(["welcom", "--customer", str(customer)], tmp_path)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (1, "there is no journey 'welcom'; did you mean 'welcome'?\n")
    process = started(["welcome", "--customer", str(customer)], tmp_path)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"{customer}:1:8" in errors
