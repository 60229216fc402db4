"""Does docs/reach.md show what the command prints, and does each command of the five questions run?"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from reach_shop import ReachShop
from typer.testing import CliRunner
from why_shop import DAY, HOUR, MINUTE, NOW

from regulars.cli.main import app
from regulars.clock import Clock
from regulars.delivery import book
from regulars.reach.gates import Contact, Entry
from regulars.settings import settings
from regulars.store import shelf, shop_clock

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reach.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"```console\n\$ (regulars reach [^\n]+)\n(.*?)```", PAGE, re.S))
TABLE = re.compile(r"^\| question \| command \|\n(?:\|.*\n)+", re.M)
PEOPLE = {
    "Mei": {"phone": "+8613800138000", "timezone": "Asia/Shanghai", "country": "CN", "locale": "zh-CN"},
    "Tom": {"phone": "+4915123456789", "timezone": "Europe/Berlin", "country": "DE"},
    "Ana": {"phone": "+14155550123", "country": "US"},
    "Ben": {"country": "US"},
    "Eve": {"country": "US"},
    "Kim": {"country": "JP"},
}


@pytest.fixture
def told(quick: ReachShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReachShop:
    """The shipped journeys in a folder of one's own, and six who left a checkout: Eve never consented, Kim paid at
    once, Tom withdrew and came back once too soon, Mei stirred hers."""
    for name in ("journeys.yaml", "segments.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    found, templates = book.read(ROOT / "journeys.yaml", ROOT / "templates")
    with quick.database.write() as connection:
        shelf.apply(connection, found, NOW - DAY, templates.sources)
    for name, known in PEOPLE.items():
        quick.meet(name, consents="" if name == "Eve" else "email sms" if "phone" in known else "email", **known)
        quick.tell(name, "Checkout Started", checkout_id=name)
    quick.now += 10 * MINUTE
    quick.tell("Mei", "Checkout Started", checkout_id="Mei")
    quick.order("Kim")
    quick.now += HOUR
    walk = quick.begin("Mei")
    quick.sends(walk, "reminder")
    quick.now += 2 * DAY
    quick.tell("Tom", "Checkout Started", checkout_id="Tom, once more")
    quick.consent("Tom", "sms", False)
    quick.now += DAY
    with quick.database.write() as connection:
        shop_clock.fix(connection, Clock(quick.now, 1e-9))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", quick.database.url.render_as_string(hide_password=False))
    settings.cache_clear()
    return quick


def said(line: str) -> str:
    ran = CliRunner().invoke(app, shlex.split(line)[1:])
    settings.cache_clear()
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def alike(text: str) -> str:
    """Whatever the ids are: they are drawn anew each time."""
    return re.sub(r"\bm[0-9a-z]{12}\b", "ID", text)


@pytest.mark.parametrize("line", list(EXAMPLES))
def test_an_example_of_the_page_is_what_the_command_says(told: ReachShop, line: str) -> None:
    assert alike(said(line)) == alike(EXAMPLES[line])


def test_those_on_the_list_of_the_page_are_who_left_a_checkout_and_no_number(told: ReachShop) -> None:
    listed = said("regulars reach abandoned_cart --list last_call/no-address").split()
    assert set(listed) == {told.id_of("Ben"), told.id_of("Eve")}, "Kim has none, and paid in time"


def test_the_page_tells_every_word_and_option() -> None:
    told = set(re.findall(r"`([a-z-]+)`", PAGE))
    assert {str(one) for one in (*Entry, *Contact)} <= told
    options = CliRunner().invoke(app, ["reach", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    assert set(re.findall(r"--[a-z]+", options)) - {"--help"} == {"--days", "--file", "--list", "--json"}
    assert all(f"`{option}" in PAGE for option in ("--days", "--file", "--list", "--json"))


def test_each_of_a_marketers_questions_has_one_command_that_runs(told: ReachShop) -> None:
    (shown,) = TABLE.findall((ROOT / "README.md").read_text("utf-8"))
    (again,) = TABLE.findall((ROOT / "docs" / "questions.md").read_text("utf-8"))
    assert [*again.splitlines()][2:] == [line.replace("](docs/", "](") for line in shown.splitlines()][2:]
    questions = re.findall(r"^\| \[?([^|\]]+\?)[^|]*\| `(regulars [^`]+)` \|$", shown, re.M)
    assert [question for question, _ in questions] == [
        "What will this do?",
        "Whom will it reach?",
        "Why did she get it?",
        "Why did he not?",
        "What does it look like?",
    ]
    profile = (ROOT / "docs" / "simulate.md").read_text("utf-8").split("```yaml\n# ana.yaml\n")[1].split("```")[0]
    Path("ana.yaml").write_text(profile, "utf-8")
    assert len({command for _, command in questions}) == 5
    for _, command in questions:
        assert said(command)
