"""Does each page of an audience go on where the last one ended, and none after the last?"""

from __future__ import annotations

import pytest
from agenda_shop import MINUTE, Shop

from regulars.agenda.pages import Page, Turn
from regulars.store.audiences import Audience
from regulars.store.enrollments import Enrollment

RELEASE = "  release:\n    start: {event: Product Released, to: %s, again: always}\n    steps: [wait: 1 day]\n"
FULL = 500  # a page of customers


def ask(shop: Shop) -> Page:
    """For the next page of the only audience."""
    audience = shop.one(Audience)
    with shop.database.write() as connection:
        (page,) = shop.pages.let_in(connection, [Turn(audience["id"], shop.now)])
    return page


def close_all(shop: Shop) -> None:
    """Whoever is asked for again could enter again."""
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'closed'")


@pytest.mark.parametrize(("segment", "known"), [("everyone", False), ("vip", True), ("vip", False)])
def test_a_page_begins_behind_the_last_one(shop: Shop, segment: str, known: bool) -> None:
    shop.apply(RELEASE % segment)
    crowd = sorted(shop.crowd(FULL + 1, orders=3, spent_minor=3))
    if known:
        shop.tick()
    shop.tell(None, "Product Released")
    assert ask(shop) == Page(FULL, 0, done=False)
    assert shop.one(Audience)["cursor"] == crowd[FULL - 1]
    close_all(shop)
    assert ask(shop) == Page(FULL + 1, 0, done=True)
    assert sorted(row["customer_id"] for row in shop.rows(Enrollment)) == crowd


def test_the_empty_page_behind_a_full_one_is_the_last_and_takes_nothing_back(shop: Shop) -> None:
    shop.apply(RELEASE % "everyone")
    crowd = sorted(shop.crowd(FULL))
    shop.tell(None, "Product Released")
    assert [ask(shop), ask(shop)] == [Page(FULL, 0, done=False), Page(FULL, 0, done=True)]
    assert shop.one(Audience)["cursor"] == crowd[-1]


def test_an_audience_that_is_done_stays_so_however_often_it_is_asked_for(shop: Shop) -> None:
    shop.apply(RELEASE % "everyone")
    shop.crowd(3)
    shop.tell(None, "Product Released")
    finished = []
    for _ in range(4):
        assert ask(shop) == Page(3, 0, done=True)
        finished.append(shop.one(Audience)["finished_at"])
        close_all(shop)
        shop.now += MINUTE
    assert len(shop.rows(Enrollment)) == 3
    assert len(set(finished)) == 1
