"""Does `regulars check` tell everything that is wrong, say what is there where nothing is, and change nothing?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from demo_commands import ROOT
from jsonschema import Draft202012Validator

from regulars.store import migrate
from regulars.store.database import Database
from regulars.store.events import LearntEvent
from regulars.store.statements import table


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the journeys, segments and templates that come with Regulars."""
    for name in ("journeys.yaml", "segments.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path


def regulars(folder: Path, *words: str, **told: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "regulars.cli.main", *words]
    environment = {**own, "PYTHONPATH": str(ROOT), **told}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_what_is_good_is_counted_and_nothing_is_made(shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    code, said = regulars(shop, "check")
    assert code == 0, said
    journeys, segments, templates = (int(part.split()[0]) for part in said.splitlines()[-1].split(":")[0].split(", "))
    assert said.endswith(f"{journeys} journeys, {segments} segments, {templates} templates: good, 2 pieces of advice\n")
    assert (journeys, segments, templates) > (1, 1, 1)
    assert sorted(shop.rglob("*")) == before


def test_every_mistake_of_journeys_segments_and_templates_is_told_in_its_place(shop: Path) -> None:
    edit(shop / "journeys.yaml", "settle:", "setle:")
    edit(shop / "segments.yaml", "customer.orders", "customer.ordrs")
    edit(shop / "templates" / "email" / "welcome" / "hello.en.mjml", "customer.", "custmer.")
    code, said = regulars(shop, "check")
    assert code == 1
    assert "Traceback" not in said and "good" not in said
    assert said.endswith(": 3 errors\n"), said
    assert "journeys.yaml:" in said and "no word 'setle'; did you mean 'settle'?" in said
    assert "segment dormant: 'customer' has no 'ordrs'; did you mean 'orders'?" in said
    assert "unknown name 'custmer'; did you mean 'customer'?" in said


def test_a_file_elsewhere_goes_with_what_stands_beside_it(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    edit(shop / "segments.yaml", "customer.orders", "customer.ordrs")
    code, said = regulars(elsewhere, "check", str(shop / "journeys.yaml"))
    assert (code, said.endswith(": 1 error\n"), f"{shop / 'segments.yaml'}:" in said) == (1, True, True), said
    code, said = regulars(elsewhere, "check")
    assert (code, "journeys.yaml:1:1: error unreadable-file: the file cannot be read: No such file" in said) == (
        1,
        True,
    ), said


def test_events_of_the_shops_own_are_known_from_the_database_where_there_is_one(shop: Path) -> None:
    edit(shop / "journeys.yaml", "event: Order Cancelled", "event: Tea Ceremony Called Off")
    edit(shop / "journeys.yaml", "        where: event.order_id == start.order_id\n    steps", "    steps")
    code, said = regulars(shop, "check")
    assert (code, "unknown event 'Tea Ceremony Called Off'" in said) == (1, True), said
    url = f"sqlite:///{shop / 'shop.db'}"
    database = Database(url)
    try:
        migrate.upgrade(database)
        with database.write() as connection:
            row = {"name": "Tea Ceremony Called Off", "first_seen_at": datetime(2026, 1, 1, tzinfo=UTC)}
            connection.execute(table(LearntEvent).insert().values(row))
    finally:
        database.close()
    code, said = regulars(shop, "check", DATABASE_URL=url)
    assert code == 0, said
    code, said = regulars(shop, "check", DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/none")
    assert (code, said.startswith("DATABASE_URL: "), "Traceback" in said) == (1, True, False), said


def test_what_is_right_and_seldom_meant_is_advice(shop: Path) -> None:
    edit(shop / "journeys.yaml", "event: Email Clicked, of: offer", "event: Email Opened, of: offer")
    code, said = regulars(shop, "check")
    assert code == 0
    assert "advice hidden-opens: journey abandoned_cart, step wait_for_1: 'Email Opened' is not known" in said, said


def test_the_schema_is_printed_as_it_stands_in_the_repository(tmp_path: Path) -> None:
    code, said = regulars(tmp_path, "schema", "segments")
    assert (code, said) == (0, (ROOT / "docs" / "schema" / "segments.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(json.loads(said))
    assert list(tmp_path.iterdir()) == []
