"""Is what a user can mend said in a line, and nothing started?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from demo_commands import ROOT


def say(folder: Path, *command: str, **told: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    ran = subprocess.run(
        [sys.executable, "-m", "regulars.cli.main", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **told},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_real_keys_without_an_address_that_customers_reach_start_nothing(tmp_path: Path) -> None:
    code, said = say(tmp_path, "up", "--data", str(tmp_path / "shop"), SENDGRID_API_KEY="SG.real")
    assert (code, "starting" in said) == (1, False), said
    assert "SENDGRID_API_KEY would send real messages" in said
    assert "PUBLIC_URL is http://127.0.0.1:8000" in said


@pytest.mark.parametrize(
    ("command", "told", "words"),
    [
        (("apply",), {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (("apply",), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "DATABASE_URL"),
        (("apply",), {"DATABASE_URL": "sqlite:////nowhere/at/all/shop.db"}, "DATABASE_URL"),
        (("up", "--data", "README.md"), {}, "README.md"),
        (("up", "--data", "README.md/below"), {}, "README.md"),
        (("up",), {"LOG_LEVEL": "loud"}, "log_level"),
        (("demo", "--pace", "inf"), {}, "--pace"),
    ],
)
def test_what_a_user_can_mend_is_said_without_a_traceback(
    tmp_path: Path, command: tuple[str, ...], told: dict[str, str], words: str
) -> None:
    code, said = say(tmp_path, *command, **told)
    assert code in (1, 2), said
    assert words in said
    assert "Traceback" not in said
    assert len(said.splitlines()) < 12, said


def test_a_web_process_without_its_secret_says_so_and_ends(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REGULARS_SECRET"}
    ran = subprocess.run(
        [sys.executable, "-m", "regulars.web", "--port", "0"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("REGULARS_SECRET: not set")
