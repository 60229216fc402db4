"""Is the house in order? Locks without hosts, arrows that point one way, files that say what they answer, settings."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from regulars.cli import house
from regulars.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(
    path
    for folder in ("regulars", "workflows", "activities", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if path.stat().st_size
)
_HOST = re.compile(r"(?i)\b(?:https?://|git\+|[a-z0-9-]+\.(?:org|com|net|io|dev)\b)")


_LINES = 300  # of a file
_PRIVATE = re.compile(
    r"(?i)(?<![\w.])/wo[r]k(?:/|\b)|\bissu[e] #|\brevie[w]er|\bpyp[i]\.org|pytho[n]hosted\.org|\bnpmj[s]\b"
)
_TEXTS = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".html",
    ".mjml",
    ".css",
    ".js",
    ".ini",
    ".mako",
    ".sh",
    ".json",
}
_LEFT_OUT = {
    *(".git", ".venv", ".data", ".hypothesis", "__pycache__"),
    *(".mypy_cache", ".ruff_cache", ".import_linter_cache", ".pytest_cache", "node_modules"),
}


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


def test_every_file_says_in_its_first_line_what_it_answers() -> None:
    first = {path: (ast.get_docstring(ast.parse(path.read_text()), clean=False) or "").split("\n")[0] for path in CODE}
    assert [str(path.relative_to(ROOT)) for path, line in first.items() if not line.strip()] == []


def test_no_file_is_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > _LINES} == {}


def test_nothing_speaks_of_anything_but_the_project() -> None:
    """No folder, host or person of those who happen to work on it."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in _PRIVATE.finditer(line)
    ]
    assert found == []


def test_the_search_for_what_is_private_finds_it_and_nothing_else() -> None:
    private = ("in " + "/wo" + "rk/main", "see iss" + "ue #7", "the revi" + "ewer asks", "https://py" + "pi.org/simple")
    assert [text for text in private if not _PRIVATE.search(text)] == []
    assert _PRIVATE.search("a product reviewed, /workflows/journey.py, at work/ and npm") is None
    assert {"README.md", "Makefile", ".env.example", "journeys.yaml"} <= {path.name for path in texts()}


def texts() -> list[Path]:
    """Every text that is, or is about to be, in the repository; generated data and binaries are not."""
    listed = ROOT.rglob("*")
    return sorted(
        path
        for path in listed
        if path.is_file()
        and not _LEFT_OUT.intersection(path.relative_to(ROOT).parts)
        and (path.suffix in _TEXTS or path.name in ("Makefile", ".importlinter", ".env.example", "run"))
    )


def test_every_setting_is_explained_and_nothing_else_is() -> None:
    written = (ROOT / ".env.example").read_text()
    told = re.findall(r"^#? ?([A-Z][A-Z_]+)=", written, re.MULTILINE)
    assert sorted(told) == sorted(name.upper() for name in Settings.model_fields)


def test_a_port_that_is_written_down_is_one_that_is_used() -> None:
    written = [
        text.read_text("utf-8") for text in (ROOT / "README.md", ROOT / ".env.example", *(ROOT / "docs").rglob("*.md"))
    ]
    told = {int(port) for text in written for port in re.findall(r"(?:127\.0\.0\.1|localhost):(\d+)", text)}
    assert house._USUAL_PORTS["web"] in told
    assert told <= set(house._USUAL_PORTS.values())


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
