"""Does docs/rehearse.md say what is so? Its command runs on a server, and what it shows is what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rehearsed_side_by_side import ROOT
from typer.testing import CliRunner

from regulars.cli.main import app
from regulars.settings import settings

PAGE = (ROOT / "docs" / "rehearse.md").read_text("utf-8")
FILES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", (ROOT / "docs" / "simulate.md").read_text("utf-8"), re.S))


def test_what_the_page_shows_is_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((command, shown),) = re.findall(r"```text\n\$ regulars (rehearse [^\n]+)\n(.*?)```", PAGE, re.S)
    (tmp_path / "ana.yaml").write_text(FILES["ana.yaml"], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOURNEYS_FILE", str(ROOT / "journeys.yaml"))
    monkeypatch.setenv("TEMPLATES_FOLDER", str(ROOT / "templates"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    settings.cache_clear()
    result = CliRunner().invoke(app, command.split())
    assert result.stderr == ""
    assert (result.exit_code, result.stdout.strip()) == (0, shown.strip())
