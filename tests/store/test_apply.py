"""Does an apply change all of what is live or nothing, and does it keep what people decided?"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from regulars.journeys.graph import version_of
from regulars.journeys.happening import Start
from regulars.journeys.model import Book, House, Journey, Send
from regulars.store import shelf, template_sets
from regulars.store.database import Database
from regulars.store.journeys import JourneyVersion, Live, LiveJourney, TemplateSet
from regulars.store.shelf import Shelf
from regulars.store.statements import table

NOW = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
HOUSE = House("UTC", "en", "EUR", "Leaf", "Ring 1", {"email": "Leaf <a@leaf.example>", "sms": "LEAF"})


def book(*names: str, title: str = "") -> Book:
    step = Send("email", "hello", "hello", "a/hello")
    journeys = {name: Journey(name, title or name, Start("Order Completed"), (step,)) for name in names}
    return Book(HOUSE, journeys)


def apply(database: Database, of: Book, **templates: str) -> bool:
    with database.write() as connection:
        return shelf.apply(connection, of, NOW, templates)


def rows(database: Database, model: Any) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(table(model))).mappings()]


def entered(database: Database) -> set[str]:
    """The journeys that let new customers in."""
    with database.read() as connection:
        return set(Shelf().live(connection).plays)


@pytest.mark.parametrize("state", ["on", "paused", "off"])
def test_a_journey_put_back_into_the_file_is_as_it_was(database: Database, state: str) -> None:
    apply(database, book("cart", "welcome"))
    with database.write() as connection:
        of = table(LiveJourney)
        connection.execute(of.update().where(of.c.journey == "cart").values(state=state))
    apply(database, book("welcome"))
    assert entered(database) == {"welcome"}
    assert apply(database, book("cart", "welcome"))
    assert {row["journey"]: row["state"] for row in rows(database, LiveJourney)} == {"cart": state, "welcome": "on"}
    assert entered(database) == ({"cart", "welcome"} if state == "on" else {"welcome"})


def test_an_edit_does_not_switch_on_what_is_paused(database: Database) -> None:
    apply(database, book("cart"))
    with database.write() as connection:
        connection.execute(table(LiveJourney).update().values(state="paused"))
    apply(database, book("cart", title="Another"))
    assert [row["state"] for row in rows(database, LiveJourney)] == ["paused"]


def test_an_apply_is_noticed_when_templates_change_and_only_then(database: Database) -> None:
    found = Shelf()
    revisions, digests = [], []
    for text, changes in (("one", True), ("one", False), ("two", True)):
        assert apply(database, book("cart"), a=text) == changes
        with database.read() as connection:
            shown = found.live(connection)
        revisions.append(shown.revision)
        digests.append(shown.templates)
    assert revisions == [1, 1, 2]
    assert digests == [template_sets.digest_of({"a": text}) for text in ("one", "one", "two")]


def test_a_version_keeps_the_set_it_was_last_live_with_and_other_sets_are_forgotten(database: Database) -> None:
    old = book("cart")
    for number in range(20):
        apply(database, old, a=f"text {number}")
    for number in range(20):
        apply(database, book("cart", title="New"), a=f"new {number}")
    assert sorted(row["sources"]["a"] for row in rows(database, TemplateSet)) == ["new 19", "text 19"]
    with database.read() as connection:
        kept = template_sets.of_version(connection, "cart", version_of(old.journeys["cart"]))
        assert kept is not None and template_sets.sources(connection, kept) == {"a": "text 19"}


def test_an_apply_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    apply(database, book("cart"), a="one")
    kept = {model: rows(database, model) for model in (Live, LiveJourney, JourneyVersion, TemplateSet)}

    def apply_and_fail() -> None:
        with database.write() as connection:
            shelf.apply(connection, book("welcome"), NOW, {"a": "two"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        apply_and_fail()
    assert {model: rows(database, model) for model in kept} == kept


def test_of_applies_at_the_same_time_one_is_live_as_a_whole(database: Database) -> None:
    """Each in turn, also when there is nothing yet; a reader sees one of them and never a mixture."""
    count, gate, wrong = 6, threading.Barrier(6), []

    def one(number: int) -> None:
        gate.wait()
        try:
            for turn in range(4):
                apply(database, book("cart", f"own_{number}", title=f"{number}"), text=f"{number}/{turn}")
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with database.read() as connection:
        shown = Shelf().live(connection)
        sources = template_sets.sources(connection, shown.templates)
    assert sources is not None
    winner = sources["text"].partition("/")[0]
    assert set(shown.plays) == {"cart", f"own_{winner}"}
    assert shown.plays["cart"].journey.title == winner
    assert shown.revision == count * 4  # none was lost
    assert {row["templates"] for row in rows(database, JourneyVersion)} <= {
        row["digest"] for row in rows(database, TemplateSet)
    }
