"""Does docs/draw.md show what the command prints today, and does each of its examples run?"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from drawn_journeys import ROOT, SHIPPED
from typer.testing import CliRunner

from regulars.cli.main import app
from regulars.draw.mermaid import mermaid

PAGE = (ROOT / "docs" / "draw.md").read_text("utf-8")
EXAMPLES = [line.split("#")[0].strip() for line in PAGE.splitlines() if line.startswith("regulars draw ")]


def test_the_picture_on_the_page_is_the_one_of_today() -> None:
    assert f"```mermaid\n{mermaid(SHIPPED['welcome'])}```\n" in PAGE, "`regulars draw welcome` prints it anew"


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_runs(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("journeys.yaml", "segments.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    from regulars.settings import settings

    settings.cache_clear()
    ran = CliRunner().invoke(app, shlex.split(example)[1:])
    settings.cache_clear()
    if "--live" in example:
        assert (ran.exit_code, "no journeys have been applied" in ran.output) == (1, True), ran.output
    else:
        assert ran.exit_code == 0, ran.output
        assert "```mermaid" in ran.output or list(tmp_path.rglob("*.svg")) or (tmp_path / "docs/journeys.md").exists()


def test_the_page_tells_every_option() -> None:
    said = CliRunner().invoke(app, ["draw", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    options = {word for word in said.split() if word.startswith("--") and word != "--help"}
    assert options == {"--format", "--out", "--live", "--counts", "--file"}
    assert all(f"| `{option}" in PAGE for option in options)
