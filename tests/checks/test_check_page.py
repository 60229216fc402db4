"""Does the command say what docs/check.md says it does, in every form, and what of files that are none?"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from check_page import PAGE, ROOT, block, example, run
from check_shop import checked, journeys, mail, second, steps, template

from regulars.checks.page import page
from regulars.checks.run import check
from regulars.checks.shown import lines


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of one's own, with no database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")


def test_the_example_of_the_page_is_found_to_be_what_the_page_says(tmp_path: Path) -> None:
    example(tmp_path)
    said = run("journeys.yaml")
    assert said.stdout == block("text")
    assert said.exit_code == 1


def test_the_example_as_json_is_that_of_the_page(tmp_path: Path) -> None:
    example(tmp_path)
    shown, said = json.loads(block("json")), json.loads(run("journeys.yaml", "--format", "json").stdout)
    assert said["findings"][:1] == shown["findings"]
    assert {name: said[name] for name in ("journeys", "segments", "templates")} == {
        name: shown[name] for name in ("journeys", "segments", "templates")
    }
    assert len(said["findings"]) == block("text").count(": error ") + block("text").count(": warning ")


def test_the_example_for_github_is_that_of_the_page(tmp_path: Path) -> None:
    example(tmp_path)
    said = run("journeys.yaml", "--format", "github").stdout.splitlines()
    assert said[0] == PAGE.split("```\n::")[1].split("\n```")[0].join(("::", ""))
    assert all(line.startswith("::") for line in said)


def test_the_page_of_all_checks_is_made_from_the_table() -> None:
    assert (ROOT / "docs" / "checks.md").read_text("utf-8") == page()


def test_the_files_that_ship_have_no_error_and_no_warning_and_are_looked_at_in_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    began = time.process_time()
    said = run("--strict")
    assert time.process_time() - began < 2
    assert said.exit_code == 0
    assert said.stdout.splitlines()[-1] == "5 journeys, 2 segments, 13 templates: good, 2 pieces of advice"


@pytest.mark.parametrize(
    ("files", "plain", "strict"),
    [
        ({}, 0, 0),
        (template(mail("<mj-text>{{ customer.first_name }}</mj-text>")), 0, 1),
        (steps("- email: a/helo"), 1, 1),
        (journeys(house="  markets: {DE: {locale: de-DE}}\n"), 0, 0),
    ],
    ids=["nothing", "a warning", "an error", "advice"],
)
def test_errors_end_with_one_and_with_strict_warnings_do_too(
    files: dict[str, str], plain: int, strict: int, tmp_path: Path
) -> None:
    checked(tmp_path, files)
    assert run("journeys.yaml").exit_code == plain
    assert run("journeys.yaml", "--strict").exit_code == strict


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_mistake_of_loading_comes_out_in_every_form_with_its_code_and_place(form: str, tmp_path: Path) -> None:
    checked(tmp_path, steps("- email: a/helo"))
    said = run("journeys.yaml", "--format", form)
    assert said.exit_code == 1
    place = {
        "text": "journeys.yaml:14:16: error not-defined: journey first, step helo: there is no template 'a/helo'",
        "json": '"code": "not-defined",\n      "severity": "error",\n      "file": "journeys.yaml",\n      "line": 14,',
        "github": "::error file=journeys.yaml,line=14,col=16,title=not-defined::journey first, step helo: there is no",
    }
    assert place[form] in said.stdout


def test_github_gets_what_ends_a_line_or_a_property_escaped(tmp_path: Path) -> None:
    folder = tmp_path / "50%, more: or less"
    folder.mkdir()
    found, _ = checked(folder, steps("- email: a/hello\n  if: customer.x50%%2"))
    (line,) = lines(found, "github")
    assert "50%25%2C more%3A or less/journeys.yaml,line=" in line
    assert line.count("::") == 2
    assert "%0A" in line


def test_without_mistakes_in_the_journeys_the_mistakes_of_templates_do_not_hide_the_checks(tmp_path: Path) -> None:
    found, _ = checked(tmp_path, steps("- email: a/hello\n  if: customer.orders < 0") | template(mail("{{ x }}")))
    assert {one.code for one in found.findings} == {"unknown-name", "constant-condition"}


def test_a_template_that_made_up_values_do_not_fit_is_left_alone(tmp_path: Path) -> None:
    found, _ = checked(tmp_path, template(mail("<mj-text>{{ start.order_id + 1 }}</mj-text>")))
    assert found.findings == ()


def test_what_is_not_sound_is_not_looked_at_further(tmp_path: Path) -> None:
    waits = second("{event: Order Paid, again: never}", "      - wait_for: {event: SMS Clicked, within: 1 day}\n")
    found, _ = checked(tmp_path, steps("- sms: a/text\n- wait: 2 moons", more=waits))
    assert [one.code for one in found.findings] == ["wrong-value"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shop", "expected a journeys file, found a folder; did you mean shop/journeys.yaml?"),
        ("empty", "expected a journeys file, found a folder"),
        ("none.yaml", "the file cannot be read: No such file or directory"),
        ("bytes.yaml", "expected a file in UTF-8: save it with that encoding"),
    ],
)
def test_what_cannot_be_read_is_told_as_a_finding(name: str, message: str, tmp_path: Path) -> None:
    checked(tmp_path / "shop", {})
    (tmp_path / "empty").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    (found,) = check([(Path(name), Path("templates"))]).findings
    assert (found.file, found.line, found.column, found.code) == (name, 1, 1, "unreadable-file")
    assert found.message == message


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    checked(tmp_path, {})
    said = run("journeys.yaml", "./journeys.yaml", str(tmp_path / "journeys.yaml"))
    assert said.stdout == "1 journey, 1 segment, 3 templates: good\n"


def test_the_command_knows_no_other_form() -> None:
    said = run("--format", "xml")
    assert said.exit_code == 2
    assert "'xml' is not one of" in said.stderr
