"""Is a customer or a message found by whatever support has of it, and by an index?"""

from __future__ import annotations

import pytest
from desk_shop import Shop
from sqlalchemy import event

from regulars.desk import customer, figures, journeys, message, timeline
from regulars.desk import find as finding
from regulars.store.shelf import Shelf


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("tom1", "/desk/customers/tom1"),
        ("  tom1 ", "/desk/customers/tom1"),
        ("m2", "/desk/messages/m2"),
        ("v1", "/desk/messages/m1"),
        ("w1", "/desk/customers/tom1"),
        ("tom@example.com", "/desk/customers/tom1"),
        (" Tom@Example.COM", "/desk/customers/tom1"),
        ("tom.old@example.com", "/desk/customers/tom1"),
        ("207119551", "/desk/customers/tom1"),
    ],
)
def test_one_thing_is_gone_to_at_once(shop: Shop, asked: str, place: str) -> None:
    answer = shop.find(asked)
    assert (answer.status, answer.headers.get("location")) == (303, place)


@pytest.mark.parametrize("asked", ["+4915123456789", "+49 1512 3456789", "01512 3456789"])
def test_a_number_that_two_have_asks_which_of_them(shop: Shop, asked: str) -> None:
    answer = shop.find(asked)
    page = answer.body.decode()
    assert answer.status == 200
    assert "/desk/customers/tom1" in page and "/desk/customers/ana1" in page


@pytest.mark.parametrize(
    "asked", ["", "nobody@example.com", "+14155550199", "x" * 300, "%", "tom", "a@b@c", "\x00", "😀"]
)
def test_nobody_is_a_page_that_says_what_can_be_asked(shop: Shop, asked: str) -> None:
    answer = shop.find(asked)
    assert answer.status == 404
    assert b"Nothing is known by" in answer.body


def test_too_long_a_question_is_not_read(quick: Shop) -> None:
    assert quick.find("x" * 5_000).status == 413


def test_what_was_searched_for_stands_in_no_address(quick: Shop) -> None:
    assert "tom@" not in quick.find("tom@example.com").headers["location"]
    assert quick.get("/desk/find?q=tom%40example.com").status == 405
    assert 'method="post" action="/desk/find"' in quick.page("/desk")


def test_no_page_reads_a_whole_table(quick: Shop) -> None:
    """By SQLite's own plans, of every statement that the pages send."""
    database, sent = quick.web.database, []

    def note(connection: object, cursor: object, statement: str, given: object, *_: object) -> None:
        sent.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    shelf = Shelf()
    with database.read() as connection:
        for asked in ("tom@example.com", "+4915123456789", "207119551", "nobody"):
            finding.find(connection, shelf, asked)
        timeline.read(connection, "tom1", timeline.Mark.read("1773155000000000.x"))
        customer.read(connection, shelf, "tom1")
        message.read(connection, shelf, "m1")
        journeys.people(connection, "welcome", "wait_1", "here", "a")
        figures.count(connection)
    event.remove(database.engine, "before_cursor_execute", note)
    big = ("customer", "identity", "consent", "event", "enrollment", "decision", "message", "short_link")
    whole = []
    with database.engine.connect() as connection:
        for statement, given in sent:
            if not statement.startswith("SELECT"):
                continue
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given):
                words = row[-1].split()
                if words[0] == "SCAN" and words[1] in big and "COVERING" not in words:
                    whole.append((row[-1], statement))
    assert whole == []
    assert len(sent) > 20


def test_figures_are_counted_from_indexes_alone(quick: Shop) -> None:
    """Also where nobody ever had the database analysed, as is so with SQLite."""
    wanted = {figures._WALKS: "enrollment_at", figures._GOALS: "enrollment_goal", figures._MESSAGES: "message_ended"}
    with quick.web.database.engine.connect() as connection:
        for query, index in wanted.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.compile(connection)}").all()
            assert [(row[-1].split()[0], row[-1].split(" INDEX ")[-1]) for row in plan] == [("SCAN", index)]
            assert "COVERING" in plan[0][-1]


@pytest.mark.parametrize("mark", ["", ".", "1", "x.y", "-1.a", "1e3.a", "9" * 18 + ".a", "²3.a"])
def test_a_mark_that_is_none_of_ours_is_none(mark: str) -> None:
    assert timeline.Mark.read(mark) is None


def test_a_mark_comes_back_as_it_was() -> None:
    mark = timeline.Mark.read("1773155000123456.06g1x")
    assert mark is not None
    assert str(mark) == "1773155000123456.06g1x"
