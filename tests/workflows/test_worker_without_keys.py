"""Does a worker that somebody starts by hand say what it lacks?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from regulars.settings import Missing, Settings

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
