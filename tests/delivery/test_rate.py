"""Does a vendor's line go at its rate, whoever sends, and does it rest?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from delivery_shop import Shop, dispatch, journey

from regulars.delivery.rate import AHEAD, GRAIN, Place, Rest, Slot, reserve, rest
from regulars.store.database import Database
from regulars.walks.turn import Verdict


def ask(database: Database, count: int, now: float, line: str = "sms", per_second: float = 8) -> list[Place]:
    with database.write() as connection:
        return reserve(connection, [Slot(line, per_second, now)] * count)


def test_messages_go_at_the_lines_rate_across_transactions(database: Database) -> None:
    waits = [place.wait for asked in range(4) for place in ask(database, 2, 1000.0)]
    assert waits == [place / 8 for place in range(8)]


def test_nobody_reserves_further_ahead_than_a_second_and_the_rest_are_told_when(database: Database) -> None:
    places = ask(database, 12, 1000.0)
    assert [place.reserved for place in places] == [True] * 9 + [False] * 3
    assert [place.wait for place in places[8:]] == [AHEAD, 1.125, 1.25, 1.375]
    assert ask(database, 1, 1000.5) == [Place(0.625, True)]


def test_a_line_that_was_idle_owes_nothing(database: Database) -> None:
    ask(database, 1, 1000.0)
    assert ask(database, 1, 2000.0) == [Place(0.0, True)]


def test_lines_do_not_wait_for_each_other(database: Database) -> None:
    ask(database, 9, 1000.0)
    assert ask(database, 1, 1000.0, "email") == [Place(0.0, True)]


def test_a_line_that_rests_takes_nothing_till_then(database: Database) -> None:
    with database.write() as connection:
        rest(connection, [Rest("sms", 1060.0)])
    first, second = ask(database, 2, 1000.0)
    assert (first, second.reserved) == (Place(60.0, False), False)
    assert ask(database, 1, 1060.0) == [Place(0.0, True)]


def test_a_rest_never_shortens_another(database: Database) -> None:
    with database.write() as connection:
        rest(connection, [Rest("sms", 1060.0)])
        rest(connection, [Rest("sms", 1030.0)])
    assert ask(database, 1, 1030.0) == [Place(30.0, False)]


def test_who_is_at_most_a_grain_ahead_goes_at_once_and_the_line_is_owed_it(shop: Shop) -> None:
    shop.apply(journey())
    claims = [shop.claimed(shop.want(shop.enter(f"p{number}"))) for number in range(4)]
    slot = Slot("email", 1.5 / GRAIN, 1000.0)
    with shop.database.write() as connection:
        said = shop.ledger.dispatch(connection, [replace(dispatch(claim), slot=slot) for claim in claims])
        (following,) = reserve(connection, [slot])
    first, second, third, fourth = said
    assert (first, second) == (Verdict("go"), Verdict("go"))
    assert isinstance(third, Place) and isinstance(fourth, Place)
    assert [third.wait, fourth.wait, following.wait] == pytest.approx(
        [2 * GRAIN / 1.5, 3 * GRAIN / 1.5, 4 * GRAIN / 1.5]
    )
    rows = [shop.message(claim.want) for claim in claims]
    assert [row["state"] for row in rows if row] == ["dispatching", "dispatching", "claimed", "claimed"]
