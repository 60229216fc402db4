"""Does docs/simulate.md say what is so? Its files are read, its commands run, and what it shows is what they print."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.cli.main import app
from regulars.settings import settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulate.md").read_text("utf-8")
FILES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.S))
SHOWN = re.findall(r"```text\n\$ regulars (simulate [^\n]+)\n(.*?)```", PAGE, re.S)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's files, and the journeys as shipped, on a machine without a database."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOURNEYS_FILE", str(ROOT / "journeys.yaml"))
    monkeypatch.setenv("TEMPLATES_FOLDER", str(ROOT / "templates"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    settings.cache_clear()
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


def test_the_page_shows_both_files_and_at_least_two_answers() -> None:
    assert set(FILES) == {"ana.yaml", "ana-orders.yaml"}
    assert len(SHOWN) >= 2


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_what_the_page_shows_is_what_is_printed(folder: Path, number: int) -> None:
    command, shown = SHOWN[number]
    code, out, _ = run(*command.split())
    assert code == 0
    assert out.strip() == shown.strip()


def test_json_tells_the_same_to_a_machine(folder: Path) -> None:
    code, out, _ = run("simulate", "welcome", "--customer", "ana.yaml", "--script", "ana-orders.yaml", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["journey"], told["from"]) == ("welcome", "2026-03-02T17:00:00+00:00")
    assert all("local" in entry and "at" in entry for entry in told["entries"])
    letter = next(entry for entry in told["entries"] if entry["kind"] == "sent")
    assert letter["message"]["html"].startswith("<!DOCTYPE html>")
    assert told["walks"][0]["journey"] == "abandoned_cart"


def test_an_unknown_journey_names_the_nearest(folder: Path) -> None:
    code, _, err = run("simulate", "welcom", "--customer", "ana.yaml")
    assert (code, err.strip()) == (1, "there is no journey 'welcom'; did you mean 'welcome'?")


def test_mistakes_of_the_profile_stand_in_their_lines(folder: Path) -> None:
    (folder / "ben.yaml").write_text("email: ben@example.com\ntimezone: Europe/Berlim\n", "utf-8")
    code, _, err = run("simulate", "welcome", "--customer", "ben.yaml")
    assert code == 1
    assert "ben.yaml:2:11: expected a time zone" in err


@pytest.mark.parametrize(
    ("day", "said"), [("2026-13-02", "expected a day"), ("2026-03-02T10:00:00", "needs its offset")]
)
def test_a_start_that_is_none_is_said(folder: Path, day: str, said: str) -> None:
    code, _, err = run("simulate", "welcome", "--customer", "ana.yaml", "--from", day)
    assert code == 1 and said in err


def test_days_are_bounded(folder: Path) -> None:
    code, _, err = run("simulate", "welcome", "--customer", "ana.yaml", "--days", "0")
    assert code == 1 and "from 1 to" in err
