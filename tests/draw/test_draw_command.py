"""Does `regulars draw` draw what is written and what is live, on both stores, and say plainly what it cannot?"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from drawn_journeys import BOOK, ROOT, SHIPPED

from regulars.cli.draw import Asked, CannotDraw, draw
from regulars.draw.mermaid import mermaid
from regulars.journeys.graph import version_of
from regulars.journeys.mistakes import Mistakes
from regulars.journeys.model import Book
from regulars.settings import Settings
from regulars.store import shelf
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Message
from regulars.store.statements import add, table

AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
NOWHERE = "sqlite:////nowhere/regulars.db"


def config(url: str = NOWHERE, file: Path = ROOT / "journeys.yaml") -> Settings:
    return Settings(_env_file=None, database_url=url, journeys_file=file)


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def live(database: Database) -> Database:
    """What comes with Regulars is live, but for one that is retired."""
    others = {name: journey for name, journey in BOOK.journeys.items() if name != "birthday"}
    with database.write() as connection:
        shelf.apply(connection, BOOK, AT)
        shelf.apply(connection, Book(BOOK.house, others), AT)
    return database


def test_all_journeys_are_one_page_of_markdown_as_github_shows_it() -> None:
    text, files = draw(config(), Asked())
    assert text.count("```mermaid\n") == len(SHIPPED) and not files
    for chart in SHIPPED.values():
        assert f"## {chart.title}\n\n```mermaid\n{mermaid(chart)}```\n" in text
    assert draw(config(), Asked("welcome"))[0] == f"## Welcome\n\n```mermaid\n{mermaid(SHIPPED['welcome'])}```\n"


def test_one_journey_is_written_as_its_file_ends(tmp_path: Path) -> None:
    for name in ("w.svg", "w.mmd", "w.md"):
        assert draw(config(), Asked("welcome", out=tmp_path / name)) == ("", (tmp_path / name,))
    assert (tmp_path / "w.svg").read_text("utf-8") == draw(config(), Asked("welcome", format="svg"))[0]
    assert ElementTree.parse(tmp_path / "w.svg").getroot().tag.endswith("svg")  # noqa: S314 -- our own
    assert (tmp_path / "w.mmd").read_text("utf-8") == mermaid(SHIPPED["welcome"])
    assert (tmp_path / "w.md").read_text("utf-8") == draw(config(), Asked("welcome"))[0]


def test_a_folder_gets_a_file_each(tmp_path: Path) -> None:
    for form, ending in (("svg", ".svg"), ("mermaid", ".md")):
        folder = tmp_path / "new" / form
        _, files = draw(config(), Asked(format=form, out=folder))  # type: ignore[arg-type]
        assert sorted(folder.iterdir()) == sorted(files) == sorted(folder / f"{name}{ending}" for name in SHIPPED)
        assert draw(config(), Asked("welcome", format=form, out=folder))[1] == [folder / f"welcome{ending}"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("wellcome"), "there is no journey 'wellcome' in .*journeys.yaml; did you mean 'welcome'?"),
        (Asked("xyz"), "there is no journey 'xyz' in .*: expected welcome, abandoned_cart, .* or vip_new_release"),
        (Asked(format="svg"), "an SVG holds one journey: name one .welcome, .*, or write them all with --out FOLDER"),
        (Asked(out=Path("all.mmd")), "a file of Mermaid alone holds one journey"),
        (Asked(live=True), "no journeys have been applied to DATABASE_URL"),
        (Asked(counts=True), "no journeys have been applied to DATABASE_URL"),
        (Asked(live=True, file=Path("journeys.yaml")), "not both"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_the_way_out(asked: Asked, said: str) -> None:
    with pytest.raises(CannotDraw, match=said):
        draw(config(), asked)
    assert not Path("all.mmd").exists()


def test_a_file_with_mistakes_is_not_drawn_and_one_without_templates_is(tmp_path: Path) -> None:
    text = (ROOT / "journeys.yaml").read_text("utf-8")
    (tmp_path / "segments.yaml").write_text((ROOT / "segments.yaml").read_text("utf-8"), "utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("welcome/hello", "welcome/not_written_yet"), "utf-8")
    assert "welcome/not_written_yet" in draw(config(), Asked("welcome", file=mine))[0]
    mine.write_text(text.replace("settle:", "setle:"), "utf-8")
    with pytest.raises(Mistakes, match="setle"):
        draw(config(), Asked(file=mine))


def test_what_is_live_is_drawn_and_not_what_the_file_says(live: Database, tmp_path: Path) -> None:
    edited = tmp_path / "journeys.yaml"
    edited.write_text("not a journey", "utf-8")
    text, _ = draw(config(url_of(live), edited), Asked(live=True))
    drawn = [name for name, chart in SHIPPED.items() if f"```mermaid\n{mermaid(chart)}```\n" in text]
    assert sorted(drawn) == sorted(set(SHIPPED) - {"birthday"}), "what is retired is not"
    assert mermaid(SHIPPED["birthday"]) in draw(config(url_of(live), edited), Asked("birthday", live=True))[0]
    with pytest.raises(CannotDraw, match="did you mean 'welcome'"):
        draw(config(url_of(live), edited), Asked("wellcome", live=True))


def test_where_nothing_was_applied_that_is_said(database: Database) -> None:
    for asked in (Asked(live=True), Asked(counts=True)):
        with pytest.raises(CannotDraw, match="no journeys have been applied"):
            draw(config(url_of(database)), asked)


def test_where_all_are_retired_that_is_said(live: Database) -> None:
    with live.write() as connection:
        connection.execute(table(LiveJourney).update().values(retired=True))
    with pytest.raises(CannotDraw, match="is retired: name one"):
        draw(config(url_of(live)), Asked(live=True, format="svg"))


def walk(database: Database, number: int, **more: Any) -> None:
    """One customer's walk through win-back."""
    name = f"w{number}"
    version = version_of(BOOK.journeys["dormant_winback"])
    customer: dict[str, Any] = {
        "id": name,
        "asserted_at": AT,
        "created_at": AT,
        "tags": [],
        "asserted": {},
        "orders": 0,
    }
    customer |= dict.fromkeys(
        ("email", "phone", "first_name", "last_name", "locale", "country", "province", "timezone")
    )
    customer |= {"spent_minor": 0, "currency": None, "last_order_at": None}
    row: dict[str, Any] = {"id": name, "party_id": name, "journey": "dormant_winback", "version": version}
    row |= {"customer_id": name, "key": name, "state": "walking", "due_at": AT, "entered_at": AT, "visit": 1}
    row |= dict.fromkeys(("start_event_id", "step", "phase", "wake_at", "goal_at", "leaving", "outcome", "reason"))
    with database.write() as connection:
        add(connection, Customer, [customer])
        add(connection, Enrollment, [{**row, "closed_at": None, **more}])


def sent(database: Database, number: int, state: str) -> None:
    name = f"w{number}"
    row: dict[str, Any] = dict.fromkeys(column.name for column in table(Message).columns)
    row |= {"id": name, "send_key": name, "enrollment_id": name, "customer_id": name, "journey": "dormant_winback"}
    row |= {"version": "v", "step": "we_miss_you", "visit": 1, "channel": "email", "purpose": "marketing"}
    row |= {"priority": 1, "state": state, "template": "dormant_winback/we_miss_you", "due_at": AT}
    row |= {"attempts": 0, "ready_at": AT}
    with database.write() as connection:
        add(connection, Message, [row])


def test_how_many_are_where_is_counted_as_the_desk_counts(live: Database) -> None:
    for number in range(3):
        walk(live, number, step="wait_for_1", phase="waiting", wake_at=AT)
    walk(live, 3, step="gone", phase="waiting", wake_at=AT)
    walk(live, 4, state="closed", outcome="left", reason="enough", step="wait_1", closed_at=AT)
    walk(live, 5, state="closed", outcome="held_out", closed_at=AT)
    walk(live, 6, state="closed", outcome="goal", goal_at=AT, step="wait_1", closed_at=AT)
    sent(live, 0, "accepted")
    sent(live, 1, "accepted")
    sent(live, 2, "skipped")
    for asked in (Asked("dormant_winback", counts=True), Asked("dormant_winback", counts=True, live=True)):
        text, _ = draw(config(url_of(live)), asked)
        told = "6 entered, 4 inside now, 1 reached the goal, 0 walked to the end, 1 left, 1 held out"
        assert f" in New York: {told}, 1 at steps of older versions.\n\n```mermaid\n" in text
        lines = {line.split("[")[0].split("(")[0].split("{")[0].strip(): line for line in text.splitlines()}
        assert '<br/>3 here"' in lines["step_wait_for_1"]
        assert "<br/>2 sent, 1 skipped" in lines["step_we_miss_you"]
        assert "<br/>1 left" in lines["step_wait_1"]
        assert "<br/>1 held out" in lines["rule_holdout"] and "<br/>1 reached it" in lines["rule_goal"]
        assert '<br/>6 entered"' in lines["at_start"]
    picture = draw(config(url_of(live)), Asked("dormant_winback", format="svg", counts=True))[0]
    assert ">3 here<" in picture and ">2 sent, 1 skipped<" in picture and "6 entered, 4 inside now" in picture
    assert "<a " not in picture, "a file has no desk to lead to"
    assert "here<" not in draw(config(url_of(live)), Asked("dormant_winback", format="svg", live=True))[0]


def test_the_command_prints_the_picture_and_fails_plainly(tmp_path: Path) -> None:
    def regulars(*words: str) -> tuple[int, str]:
        told = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": NOWHERE,
            "JOURNEYS_FILE": str(ROOT / "journeys.yaml"),
        }
        command = [sys.executable, "-m", "regulars.cli.main", "draw", *words]
        ran = subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, timeout=60, check=False)
        return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8")

    assert regulars("welcome") == (0, draw(config(), Asked("welcome"))[0])
    assert regulars("--format", "svg", "--out", "pictures/") == (
        0,
        "".join(f"{Path('pictures') / name}.svg\n" for name in SHIPPED),
    )
    code, said = regulars("wellcome")
    assert (code, said.startswith("there is no journey 'wellcome'"), "Traceback" in said) == (1, True, False), said
    code, said = regulars("welcome", "--out", "not/there/w.svg")
    assert (code, "No such file or directory" in said, "Traceback" in said) == (1, True, False), said
