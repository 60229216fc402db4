"""May journeys speak of the shop's own events once they have come in? And is nothing made where nothing is yet?"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.intake.arrival import Arrival, Happened
from regulars.intake.learnt import Learnt
from regulars.journeys.load import load_book
from regulars.journeys.mistakes import Mistakes
from regulars.store import event_names
from regulars.store.database import Database

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SHIPPED = Path(__file__).resolve().parents[2] / "journeys.yaml"


def _arrival(*names: str) -> Arrival:
    return Arrival("segment", "1", "track", events=tuple(Happened(name, NOW, {}) for name in names))


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_a_name_is_learnt_once_and_what_is_known_anyway_is_not(database: Database) -> None:
    learnt = Learnt()
    named = learnt.new([_arrival("Tea Tasted", "Order Completed"), _arrival("Cup Broken", "Tea Tasted")], NOW)
    assert [name for name, _ in named] == ["Cup Broken", "Tea Tasted"]
    for _ in range(2):  # another process may have been quicker
        with database.write() as connection:
            learnt.record(connection, [*named, *named])
    learnt.know(named)
    assert learnt.new([_arrival("Tea Tasted")], NOW) == []
    assert event_names.learnt(_url(database)) == {"Cup Broken", "Tea Tasted"}


def test_a_journey_may_start_by_what_was_learnt_and_by_nothing_else(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "journeys.yaml"
    shutil.copy(SHIPPED.with_name("segments.yaml"), tmp_path)
    file.write_text(SHIPPED.read_text("utf-8").replace("event: Checkout Started", "event: Tea Tasted"), "utf-8")
    with pytest.raises(Mistakes, match="Tea Tasted"):
        load_book(file, learnt=event_names.learnt(_url(database)))
    with database.write() as connection:
        Learnt().record(connection, [("Tea Tasted", NOW)])
    assert load_book(file, learnt=event_names.learnt(_url(database))).journeys


def test_where_there_is_no_store_yet_nothing_is_known_and_nothing_is_made(tmp_path: Path) -> None:
    assert event_names.learnt(f"sqlite:///{tmp_path / 'none.db'}") == frozenset()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    assert event_names.learnt(f"sqlite:///{tmp_path / 'empty.db'}") == frozenset()
