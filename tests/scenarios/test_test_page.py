"""Does docs/test.md say what is so? Its files are read, its commands run, and what it shows is what they print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML
from scenario_shop import ROOT
from typer.testing import CliRunner

from regulars.cli.main import app
from regulars.scenarios.load_expect import WORDS
from regulars.scenarios.scenario import HOWS
from regulars.settings import settings

PAGE = (ROOT / "docs" / "test.md").read_text("utf-8")
FILES = {name: text for text, name in re.findall(r"```yaml\n(# (\w+\.yaml)\n.*?)```", PAGE, re.S)}
SHOWN = re.findall(r"```text\n\$ regulars (test [^\n]+)\n(.*?)```", PAGE, re.S)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, beside the page's files, on the journeys as shipped, on a machine without a database."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOURNEYS_FILE", str(ROOT / "journeys.yaml"))
    monkeypatch.setenv("TEMPLATES_FOLDER", str(ROOT / "templates"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    settings.cache_clear()

    def of(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["test", *words])
        return result.exit_code, result.stdout, result.stderr

    return of


def test_the_page_shows_its_files_and_answers() -> None:
    assert set(FILES) == {"cart.yaml", "slip.yaml", "found.yaml"}
    assert len(SHOWN) == 3
    assert all(f"`{word}" in PAGE for word in (*WORDS, *HOWS))


@pytest.mark.parametrize("number", range(3))
def test_what_the_page_shows_of_a_test_is_what_is_printed(run: Run, number: int) -> None:
    command, shown = SHOWN[number]
    code, out, err = run(*command.split()[1:])
    assert code == [1, 2, 0][number]
    assert (out or err).strip() == shown.strip()


def test_a_file_as_it_is_printed_for_a_counterexample_is_good_in_a_sound_house(run: Run) -> None:
    code, out, _ = run("found.yaml")
    assert (code, out.splitlines()[-1]) == (0, "1 scenario: good")


def test_the_workflow_of_the_page_runs_commands_that_there_are(run: Run) -> None:
    workflow = re.findall(r"```yaml\n# \.github/workflows/journeys\.yaml\n(.*?)```", PAGE, re.S)[0]
    steps = YAML(typ="safe").load(workflow)["jobs"]["test"]["steps"]
    commands = [step["run"] for step in steps if "regulars test" in step.get("run", "")]
    assert len(commands) == 2
    words = commands[0].replace("scenarios/ ", f"{ROOT / 'scenarios'} ").split()[2:]
    assert run(*words)[0] == 0
    assert Path("scenarios.xml").is_file()
    assert run(*commands[1].replace("500", "5").split()[2:])[0] == 0


def test_without_a_path_it_is_the_folder_scenarios(run: Run) -> None:
    assert run()[0] == 2
    Path("scenarios").mkdir()
    Path("scenarios/found.yaml").write_text(FILES["found.yaml"], "utf-8")
    assert run()[:2] == (0, "ok    welcome: seed 7, customer 12: cap\n1 scenario: good\n")


def test_junit_tells_cases_failures_and_lines(run: Run) -> None:
    code, _, _ = run("cart.yaml", "found.yaml", "--junit", "out.xml")
    top = ElementTree.parse("out.xml").getroot()  # noqa: S314 -- our own
    assert code == 1
    assert (top.tag, top.attrib) == ("testsuites", {"name": "regulars", "tests": "3", "failures": "1", "errors": "0"})
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in top] == [
        ("cart.yaml", "2", "1"),
        ("found.yaml", "1", "0"),
    ]
    bad = top[0][1]
    assert (bad.get("name"), bad.get("classname"), bad.get("file")) == (
        "a cart of the evening",
        "abandoned_cart",
        "cart.yaml",
    )
    failure = bad.find("failure")
    assert failure is not None
    assert "happened: finished" in (failure.text or "")
    assert re.search(r"cart\.yaml:\d+: expected: ", failure.text or "")
    assert top[0][0].find("failure") is None


def test_junit_tells_mistakes_as_errors(run: Run) -> None:
    code, _, _ = run("slip.yaml", "--junit", "out.xml")
    top = ElementTree.parse("out.xml").getroot()  # noqa: S314 -- our own
    assert code == 2
    assert (top.get("failures"), top.get("errors")) == ("0", "2")
    assert [case.find("error") is not None for case in top[0]] == [True, True]


def test_junit_holds_whatever_a_name_is_made_of(run: Run) -> None:
    Path("odd.yaml").write_text(FILES["found.yaml"].replace("seed 7", r"\x07 <b> & \u00fc"), "utf-8")
    assert run("odd.yaml", "--junit", "out.xml")[0] == 0
    top = ElementTree.parse("out.xml").getroot()  # noqa: S314 -- our own
    assert (top[0][0].get("name") or "").startswith("\ufffd <b> & ü")


def test_json_tells_all_to_a_program(run: Run) -> None:
    code, out, _ = run("cart.yaml", "--format", "json")
    told = json.loads(out)
    assert (code, told["scenarios"], told["failed"]) == (1, 2, 1)
    good, bad = told["results"]
    assert good["failures"] == []
    assert {failure["file"] for failure in bad["failures"]} == {"cart.yaml"}
    assert bad["failures"][-1]["happened"].startswith("finished")


def test_github_puts_each_failure_beside_its_line(run: Run) -> None:
    code, out, _ = run("cart.yaml", "--format", "github")
    lines = [line for line in out.splitlines() if line.startswith("::error ")]
    assert code == 1 and len(lines) == 2
    assert re.match(
        r"::error file=cart\.yaml,line=\d+,title=abandoned_cart%3A a cart of the evening::expected: ", lines[0]
    )
    assert "%0Ahappened: " in lines[0]


def test_a_name_chooses_scenarios(run: Run) -> None:
    code, out, _ = run("cart.yaml", "--name", "CLICKS")
    assert (code, out.splitlines()[-1]) == (0, "1 scenario: good")
    code, _, err = run("cart.yaml", "--name", "clocks the offer")
    assert code == 2 and "no scenario is called like" in err


def test_figures_of_invented_customers_go_to_a_program(run: Run) -> None:
    told = json.loads(run("--random", "20", "--seed", "7", "--format", "json")[1])
    assert (told["seed"], told["customers"], told["broken"]) == (7, 20, None)
    assert set(told["walks"]) == {"welcome", "abandoned_cart", "dormant_winback", "birthday", "vip_new_release"}


def test_without_a_seed_it_is_told(run: Run) -> None:
    code, out, _ = run("--random", "2")
    assert code == 0
    assert re.match(r"2 customers of seed \d+: ", out)


def test_mistakes_are_told_to_programs_too(run: Run) -> None:
    code, out, _ = run("slip.yaml", "--format", "json")
    assert (code, [one["line"] for one in json.loads(out)["mistakes"]]) == (2, [7, 9])
    code, out, _ = run("slip.yaml", "--format", "github")
    assert code == 2
    assert out.splitlines()[1].startswith("::error file=slip.yaml,line=9,col=14,title=mistake::welcome has no step")
