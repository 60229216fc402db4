"""Does `regulars apply` make live what is right, and tell everything that is not?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from demo_commands import ROOT
from sqlalchemy import select

from regulars.store.database import Database
from regulars.store.schema import METADATA

HELLO = "templates/email/welcome/hello.en.mjml"
CALL = "templates/sms/abandoned_cart/last_call.en.txt"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the journeys, segments and templates that come with Regulars."""
    for name in ("journeys.yaml", "segments.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path


def apply(shop: Path) -> tuple[int, str]:
    """The exit code, and what was said."""
    told = {"DATABASE_URL": f"sqlite:///{shop / 'shop.db'}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "regulars.cli.main", "apply"]
    ran = subprocess.run(
        command, cwd=shop, env={**os.environ, **told}, capture_output=True, text=True, timeout=60, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def books(shop: Path) -> dict[str, list[Any]]:
    """Everything that stands in the database."""
    database = Database(f"sqlite:///{shop / 'shop.db'}")
    try:
        with database.read() as connection:
            return {of.name: list(connection.execute(select(of))) for of in METADATA.sorted_tables}
    finally:
        database.close()


def test_an_apply_with_mistakes_tells_them_all_and_changes_nothing(shop: Path) -> None:
    code, said = apply(shop)
    assert (code, "live: " in said) == (0, True), said
    before = books(shop)
    assert len(before["template_set"]) == 1

    edit(shop / "journeys.yaml", "settle:", "setle:")  # in abandoned_cart
    edit(shop / HELLO, "customer.", "custmer.")
    edit(shop / CALL, "{{", "{{ unheard_of }} {{")
    code, said = apply(shop)
    assert code == 1
    assert "Traceback" not in said
    assert "setle" in said and "unknown name 'custmer'; did you mean 'customer'?" in said, said
    assert "unheard_of" not in said  # what it may name is not known before its journey is right
    assert said.index("journeys.yaml:") < said.index(HELLO)
    assert books(shop) == before

    edit(shop / "journeys.yaml", "setle:", "settle:")
    code, said = apply(shop)
    assert code == 1
    assert "custmer" in said and "unheard_of" in said, said
    assert books(shop) == before


def test_an_edit_of_a_text_alone_is_made_live(shop: Path) -> None:
    apply(shop)
    (before,) = books(shop)["live"]
    edit(shop / CALL, "{{", "Psst, {{")
    assert apply(shop)[0] == 0
    found = books(shop)
    (after,), (kept,) = found["live"], found["template_set"]
    assert (after.revision, after.templates) == (before.revision + 1, kept.digest)
    assert "Psst, {{" in kept.sources[CALL.removeprefix("templates/")]


def test_a_message_in_no_language_of_the_house_is_a_mistake_and_what_editors_leave_is_none(shop: Path) -> None:
    folder = shop / "templates" / "email" / "welcome"
    (folder / "hello.en.mjml~").write_text("an editor's", "utf-8")
    (folder / "hello.en.mjml.bak").write_text("an editor's", "utf-8")
    assert apply(shop)[0] == 0
    (folder / "hello.en.mjml").unlink()
    code, said = apply(shop)
    assert code == 1
    assert "templates/email/welcome/hello.zh.mjml:1:1: there is none in the house's language, en: " in said
    assert "expected templates/email/welcome/hello.en.mjml beside it" in said
