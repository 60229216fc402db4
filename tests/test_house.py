"""Is the house in order? Locks without hosts, arrows that point one way, files that say what they answer."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(
    path
    for folder in ("regulars", "workflows", "activities", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if path.stat().st_size
)
_HOST = re.compile(r"(?i)\b(?:https?://|git\+|[a-z0-9-]+\.(?:org|com|net|io|dev)\b)")


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_a_lock_has_a_hash_for_everything_and_names_no_host(lock: str) -> None:
    lines = (ROOT / "locks" / lock).read_text().splitlines()
    assert [line for line in lines if _HOST.search(line)] == []
    packages = [line for line in lines if "==" in line]
    assert len(packages) > 50
    assert all(line.endswith("\\") for line in packages), "a package without hashes"


def test_the_run_lock_is_part_of_the_dev_lock() -> None:
    def pinned(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / "locks" / name).read_text().splitlines() if "==" in line}

    assert pinned("run.txt") <= pinned("dev.txt")


def test_the_arrows_hold() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_every_file_says_first_what_it_answers() -> None:
    silent = [str(path) for path in CODE if not (ast.get_docstring(ast.parse(path.read_text())) or "").strip()]
    assert silent == []


def test_nothing_but_the_clock_reads_the_wall_clock() -> None:
    reads = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        if path.parts[len(ROOT.parts)] in ("regulars", "workflows", "activities") and path.name != "clock.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if reads.search(line)
    ]
    assert found == []
