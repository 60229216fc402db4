"""Does `regulars why` answer the marketer's two questions as docs/why.md shows, and refuse what it cannot answer?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from test_why_kinds import PAGE, plain
from why_shop import DAY, HOUR, MINUTE, NOW, Shop

from regulars.delivery import book as books
from regulars.store import shelf

ROOT = Path(__file__).parents[2]
EXAMPLES = dict(re.findall(r"```console\n\$ (regulars why [^\n]+)\n(.*?)```", PAGE, re.S))


@pytest.fixture
def told(shop: Shop) -> Shop:
    """The shipped journeys, and two who left a checkout: Mei was reminded and clicked, Tom took his consent back."""
    book, templates = books.read(ROOT / "journeys.yaml", ROOT / "templates")
    with shop.database.write() as connection:
        shelf.apply(connection, book, NOW - DAY, templates.sources)
    shop.meet("Mei", consents="email sms", phone="+8613800138000", timezone="Asia/Shanghai", country="CN")
    shop.meet("Tom", consents="email sms", phone="+4915123456789", timezone="Europe/Berlin", country="DE")
    walks = {}
    for number, name in enumerate(("Mei", "Tom")):
        shop.tell(name, "Checkout Started", checkout_id=f"c{number}")
    shop.now += 45 * MINUTE
    for name in ("Mei", "Tom"):
        walks[name] = shop.begin(name)
        claim = shop.sends(walks[name], "reminder")
        shop.now += MINUTE
        shop.reports("delivered", claim)
    shop.now += DAY
    offers = {name: shop.sends(walk, "offer") for name, walk in walks.items()}
    shop.now += HOUR
    shop.reports("clicked", offers["Mei"])
    shop.turns(walks["Mei"], "look", "wait_for_1")
    shop.closes(walks["Mei"], "finished")
    shop.now = NOW + 2 * DAY + 4 * HOUR + 30 * MINUTE  # half past eight in the evening, in Berlin
    shop.turns(walks["Tom"], "look", "wait_for_1")
    shop.asks(walks["Tom"], "last_call")
    shop.now += 11 * HOUR
    shop.consent("Tom", "sms", False)
    shop.now += 1 * HOUR + 30 * MINUTE
    shop.asks(walks["Tom"], "last_call")
    shop.closes(walks["Tom"], "finished")
    return shop


def command(shop: Shop, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command, over the shop's database, in a process of its own."""
    given = {"DATABASE_URL": shop.database.url.render_as_string(hide_password=False), **settings}
    run = [sys.executable, "-m", "regulars.cli.main", "why", *words]
    return subprocess.run(run, env={**os.environ, **given}, capture_output=True, text=True, timeout=60, cwd=ROOT)


def split(line: str) -> Sequence[str]:
    return line.removeprefix("regulars why ").split()


@pytest.mark.parametrize("line", list(EXAMPLES))
def test_an_example_of_the_page_is_what_the_command_says(told: Shop, line: str) -> None:
    done = command(told, *split(line))
    assert (done.returncode, done.stderr) == (0, "")
    assert plain(done.stdout) == plain(EXAMPLES[line])


def test_both_questions_of_a_marketer_are_on_the_page() -> None:
    assert "## Why did she get it?" in PAGE
    assert "## Why did he not?" in PAGE
    assert len(EXAMPLES) >= 2


def test_the_same_is_told_as_json_with_kinds_instants_and_values(told: Shop) -> None:
    done = command(told, "+4915123456789", "abandoned_cart/last_call", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["customer"]["email"] == "tom@example.com"
    (way,) = found["journeys"][0]["ways"]
    (case,) = way["messages"]
    assert (case["step"], case["answer"], case["channel"]) == ("last_call", "not sent", "sms")
    assert [one["kind"] for one in case["reasons"]] == ["quiet_hours", "consent_withdrawn"]
    assert case["reasons"][0]["seen"]["quiet_hours"] == "20:00-09:00"
    assert case["reasons"][1]["seen"]["source"] == "shopify consent"
    assert way["run"]


def test_a_customer_is_found_by_id_e_mail_and_phone_and_a_message_by_its_id(told: Shop) -> None:
    tom = told.id_of("Tom")
    said = {command(told, who, "abandoned_cart", "--at", "2026-03-05T12:00").stdout for who in (tom, "Tom@example.com")}
    assert len(said) == 1
    message = told.message("last_call")["id"]
    assert "text last_call: not sent" in command(told, tom, message).stdout
    assert "e-mail" not in command(told, tom, message).stdout


def test_the_run_is_linked_where_it_is_known_where_the_ui_is(told: Shop) -> None:
    ui = "http://127.0.0.1:8233/namespaces/default"
    said = command(told, "tom@example.com", "abandoned_cart", TEMPORAL_UI_URL=ui).stdout
    assert re.search(rf"Run in Temporal: {ui}/workflows/[0-9a-z]{{13}}\n", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["nobody@example.com"],
            "there is no customer 'nobody@example.com': expected an id, an e-mail or a phone number",
        ),
        (["tom@example.com", "abandoned_card"], "did you mean 'abandoned_cart'?"),
        (["tom@example.com", "abandoned_cart/last_cal"], "did you mean 'last_call'?"),
        (["tom@example.com", "--at", "yesterday"], "'yesterday' is no time: expected one as 2026-03-10T16:00"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line_with_exit_code_1(told: Shop, words: list[str], said: str) -> None:
    done = command(told, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_shop_it_says_how_to_come_by_one(told: Shop, tmp_path: Path) -> None:
    done = command(told, "tom@example.com", DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 1
    assert "run `regulars up`" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_as_of_an_earlier_hour_the_text_was_held_back_and_consent_still_stood(told: Shop) -> None:
    at = NOW + 2 * DAY + 6 * HOUR
    (way,) = next(one for one in told.why("abandoned_cart", at=at).stories).ways
    case = next(one for one in way.cases if one.step == "last_call")
    assert (case.fate, [one.kind for one in case.reasons]) == ("not yet", ["quiet_hours"])
    before = told.why("abandoned_cart", at=NOW - HOUR)
    assert [one.kind for one in before.stories[0].refused] == ["no_event"]
