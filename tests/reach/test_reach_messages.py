"""Whom could a message be sent to now? What the gate would say, and in which language they would read it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from reach_shop import HOUSE, ReachShop
from typer.testing import CliRunner, Result
from why_shop import DAY

from regulars.cli.main import app
from regulars.clock import Clock, identity
from regulars.delivery.dossier import Pauses
from regulars.reach.contacts import Contacts
from regulars.reach.gates import Contact, UnknownGate, named
from regulars.settings import settings
from regulars.store import shop_clock
from regulars.store.customers import Customer, Suppression
from regulars.store.statements import add

ALL = "{event: Product Released, to: everyone, again: always}"
BOTH = "steps: [{email: a/hello}, {sms: a/text}, {email: a/hello, id: bill, purpose: service}]"


@pytest.fixture
def met(shop: ReachShop) -> ReachShop:
    """Ana may be written to; Ben never consented; Cem took it back; Dan's address bounced; Eve has no address."""
    shop.write(ALL, BOTH)
    for name in ("Ana", "Ben", "Cem", "Dan"):
        shop.meet(name, consents="" if name == "Ben" else "email")
    shop.meet("Eve", consents="", email=None, phone="+14155550199")
    shop.consent("Cem", "email", False)
    gone = {
        "channel": "email",
        "address": "dan@example.com",
        "reason": "bounced",
        "source": "t",
        "occurred_at": shop.now,
    }
    with shop.database.write() as connection:
        add(connection, Suppression, [gone])
    return shop


def test_consent_addresses_and_suppression_are_those_of_the_gate(met: ReachShop) -> None:
    assert met.contacts() == {"reached": 1, "no-consent": 1, "withdrawn": 1, "suppressed": 1, "no-address": 1}
    assert met.contacts("text") == {"no-address": 4, "no-consent": 1}
    assert met.contacts("bill") == {"reached": 3, "suppressed": 1, "no-address": 1}, "service needs no consent"


def test_ids_are_listed_by_gate_of_any_message_or_of_one(met: ReachShop) -> None:
    who = {name: met.id_of(name) for name in ("Ana", "Ben", "Cem", "Dan", "Eve")}
    assert met.listed("in") == set(who.values())
    assert met.listed("reached") == {who["Ana"], who["Ben"], who["Cem"]}
    assert met.listed("hello/reached") == {who["Ana"]}
    assert met.listed("withdrawn") == {who["Cem"]}
    assert met.listed("text/no-consent") == {who["Eve"]}
    assert met.listed("suppressed") == {who["Dan"]}


def test_those_who_are_not_let_in_are_counted_for_no_message(met: ReachShop) -> None:
    met.write(ALL.replace("again", "where: customer.first_name == 'Ana', again"))
    assert met.contacts() == {"reached": 1}
    assert met.entries() == {"in": 1, "where": 4}


def test_without_a_sender_a_message_reaches_nobody(quick: ReachShop) -> None:
    quick.write(ALL, "steps: [{sms: a/text}]")
    quick.meet("Ana", phone="+4915123456789")
    asked = quick.asked()
    house = replace(asked.house, senders={"email": "Leaf <hello@leaf.example>"})
    contacts = Contacts(asked.play, house, asked.templates, Pauses.of(identity()), quick.now)
    with quick.database.read() as connection:
        (touched,) = contacts.of(connection, quick.rows(Customer))
    assert touched["text"].contact is Contact.no_sender


def test_who_gets_no_marketing_by_lot_is_held_out_of_the_message_where_the_journey_serves(quick: ReachShop) -> None:
    quick.write(ALL, BOTH, house=HOUSE + "  holdout: 50%\n")
    for number in range(20):
        quick.meet(f"N{number}")
    hello, bill = quick.contacts(), quick.contacts("bill")
    assert bill == {"reached": 20}
    assert set(hello) == {"reached", "held-out"}
    assert quick.entries() == {"in": 20}


def test_the_language_is_the_one_they_would_read(quick: ReachShop) -> None:
    quick.write(ALL)
    for name, locale in (("Ana", "de-AT"), ("Ben", "fr-FR"), ("Cem", None), ("Dan", "de")):
        quick.meet(name, locale=locale)
    quick.meet("Eve", consents="", locale="de")
    assert dict(quick.reach().messages["hello"].locales) == {"de": 2, "en": 2}, "of those reached alone"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("reachd", "nothing comes to 'reachd'; did you mean 'reached'?"),
        ("helo/reached", "the journey has no message 'helo'; did you mean 'hello'?"),
        ("hello/where", "nothing comes to 'where'"),
    ],
)
def test_a_word_that_nothing_comes_to_is_refused_with_the_nearest(word: str, said: str) -> None:
    with pytest.raises(UnknownGate) as error:
        named(word, ["hello"])
    assert said in str(error.value)


def run(shop: ReachShop, *words: str, monkeypatch: pytest.MonkeyPatch, url: str | None = None) -> Result:
    """The command over the shop's files and database, at the shop's time."""
    monkeypatch.setenv("DATABASE_URL", url or shop.database.url.render_as_string(hide_password=False))
    settings.cache_clear()
    with shop.database.write() as connection:
        shop_clock.fix(connection, Clock(shop.now, 1e-9))
    said = CliRunner().invoke(app, ["reach", *words, "--file", str(shop.file)])
    settings.cache_clear()
    return said


def test_the_command_prints_tables_json_or_ids_and_changes_nothing(
    met: ReachShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run(met, "j", monkeypatch=monkeypatch)
    assert said.exit_code == 0, said.output
    assert "j: who of everyone would enter now, as of " in said.stdout
    lines = [line.split() for line in said.stdout.splitlines()]
    assert ["in", "5", "5", "let", "in"] in lines
    assert "email hello        1  no-address 1, no-consent 1, suppressed 1, withdrawn 1  en 1" in said.stdout
    found = json.loads(run(met, "j", "--json", monkeypatch=monkeypatch).stdout)
    assert found["customers"] == {"on_record": 5, "concerned": 5}
    assert (found["starts"], found["entered"], found["not_entered"]) == (5, {"times": 5, "customers": 5}, {})
    assert found["messages"][0] == {
        **{"step": "hello", "channel": "email", "template": "a/hello", "purpose": "marketing", "reached": 1},
        "not_reached": {"no-address": 1, "no-consent": 1, "suppressed": 1, "withdrawn": 1},
        "languages": {"en": 1},
    }
    assert run(met, "j", "--list", "hello/reached", monkeypatch=monkeypatch).stdout == f"{met.id_of('Ana')}\n"


def test_days_are_looked_back_on(quick: ReachShop, monkeypatch: pytest.MonkeyPatch) -> None:
    quick.write("{event: Checkout Started, again: always}")
    quick.meet("Ana")
    quick.tell("Ana", "Checkout Started")
    quick.now += 10 * DAY
    assert "in the last 9 days" in run(quick, "j", "--days", "9", monkeypatch=monkeypatch).stdout
    for days, many in (("9", 0), ("11", 1)):
        said = json.loads(run(quick, "j", "--json", "--days", days, monkeypatch=monkeypatch).stdout)
        assert said["entered"]["times"] == many


def test_what_cannot_be_answered_is_said_plainly_and_ends_with_one(
    quick: ReachShop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick.write(ALL)
    nobody = run(quick, "j", monkeypatch=monkeypatch)
    assert (nobody.exit_code, nobody.stderr) == (1, "there are no customers on record: nobody can be reached\n")
    quick.meet("Ana")
    nowhere = f"sqlite:///{tmp_path}/none.db"
    gone = run(quick, "j", monkeypatch=monkeypatch, url=nowhere)
    assert (gone.exit_code, "there is no shop in" in gone.stderr) == (1, True)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    empty = run(quick, "j", monkeypatch=monkeypatch, url=f"sqlite:///{tmp_path}/empty.db")
    assert (empty.exit_code, "there is no shop in" in empty.stderr) == (1, True)
    unknown = run(quick, "jj", monkeypatch=monkeypatch)
    assert (unknown.exit_code, unknown.stderr) == (1, "there is no journey 'jj'; did you mean 'j'?\n")
    word = run(quick, "j", "--list", "reachd", monkeypatch=monkeypatch)
    assert (word.exit_code, "did you mean 'reached'?" in word.stderr) == (1, True)
    quick.write(ALL, "steps: [{email: a/helo}]")
    wrong = run(quick, "j", monkeypatch=monkeypatch)
    assert (wrong.exit_code, "1 mistake" in wrong.stderr) == (1, True)
