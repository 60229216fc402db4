"""Does a worker that somebody starts by hand say what it lacks?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import worker
from regulars.clock import identity
from regulars.settings import Missing, Settings
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.writer import Writer

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"REGULARS_SECRET", "SENDGRID_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}


@pytest.mark.parametrize("given", [set(), {"SENDGRID_API_KEY", "REGULARS_SECRET"}])
def test_a_worker_without_keys_names_each_of_them_and_leaves(given: set[str], tmp_path: Path) -> None:
    told = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **dict.fromkeys(given, "a key")}
    command = [sys.executable, str(ROOT / "worker.py")]
    done = subprocess.run(command, env=told, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert {name for name in KEYS if name in line} == KEYS - given
    assert not list(tmp_path.iterdir())  # nothing was begun


def test_what_is_set_is_not_missed_and_blanks_and_commas_are_no_value() -> None:
    config = Settings(twilio_account_sid="AC1", twilio_auth_token=" , ", _env_file=None)  # type: ignore[call-arg]
    config.require("twilio_account_sid")
    with pytest.raises(Missing, match=r"^TWILIO_AUTH_TOKEN: not set\."):
        config.require("twilio_account_sid", "twilio_auth_token")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("webhook_signing_secret", "whsec_", "WEBHOOK_SIGNING_SECRET: expected 'whsec_' and base64"),
        ("webhook_allow", "erp.internal:8080,erp", "WEBHOOK_ALLOW: expected a host and its port"),
    ],
)
def test_a_setting_of_calls_that_cannot_be_read_is_named(
    sqlite_database: Database, setting: str, value: str, said: str
) -> None:
    given: dict[str, Any] = {setting: value, "_env_file": None}
    config, writer = Settings(**given), Writer(sqlite_database)
    try:
        with pytest.raises(Missing, match=f"^{said}"):
            worker.calls(config, writer, Shelf(), identity())
    finally:
        writer.close()
