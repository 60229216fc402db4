"""Does an answer belong to the right message, hold what held then, and cost the same however much there is?"""

from __future__ import annotations

from typing import Any

import pytest
from scenes import FORKED
from sqlalchemy import event
from why_shop import CART, DAY, HOUR, NOW, Shop

from regulars.customers import consent_history, consents
from regulars.store.customers import Customer
from regulars.store.messages import MessageState
from regulars.walks.lots import lot_of
from regulars.why.answer import Case
from regulars.why.kinds import Kind

ROUNDS = """\
  rounds:
    start: {event: Checkout Started, again: always}
    steps: [{repeat: {times: 3, every: 1 day}, steps: [{email: rounds/letter}]}]
"""


def cases(shop: Shop, about: str, **more: Any) -> list[Case]:
    return [case for story in shop.why(about, **more).stories for way in story.ways for case in way.cases]


def test_each_round_of_a_message_has_the_decisions_of_its_own(shop: Shop) -> None:
    shop.open(ROUNDS).meet()
    walk = shop.enter()
    shop.brake("email")
    shop.asks(walk, "letter")
    shop.unbrake()
    shop.now += HOUR
    shop.sends(walk, "letter")
    shop.now += DAY
    shop.consent("Tom", "email", False)
    shop.asks(walk, "letter", visit=2)
    first, second = cases(shop, "rounds")
    assert (first.fate, first.reasons[0].kind, first.reasons[-1].kind) == ("sent", Kind.stopped, Kind.sent)
    assert Kind.consent_withdrawn not in {one.kind for one in first.reasons}
    assert (second.fate, [one.kind for one in second.reasons]) == ("not sent", [Kind.consent_withdrawn])


def test_a_message_behind_a_turn_that_led_elsewhere_is_told_by_that_turn_and_one_ahead_is_not_yet(shop: Shop) -> None:
    shop.open(FORKED)
    drawn = next(name for n in range(99) if lot_of(shop.meet(name := f"Tom{n}"), "forked", "split_1") >= 5_000)
    walk = shop.enter(name=drawn)
    shop.turns(walk, "split", "split_1")
    shop.turns(walk, "branch", "if_1")
    told = {case.step: case for case in cases(shop, "forked", name=drawn)}
    assert list(told) == ["one", "text", "two"], "in the order of the file"
    assert (told["one"].fate, told["one"].reasons[0].kind) == ("never came to it", Kind.way)
    assert (told["text"].fate, told["text"].reasons[0].kind) == ("never came to it", Kind.branch)
    assert (told["two"].fate, told["two"].reasons[0].kind) == ("not yet", Kind.under_way)


def test_what_was_in_the_air_then_is_told_as_it_was_then(shop: Shop) -> None:
    shop.open(CART).meet()
    claim = shop.wires(shop.enter(), "reminder")
    shop.now += HOUR
    shop.comes_to(claim, MessageState.accepted, vendor_id="v1")
    shop.now += HOUR
    shop.reports("clicked", claim)
    (then,) = cases(shop, "cart", at=NOW + HOUR / 2)
    assert [one.kind for one in then.reasons] == [Kind.consent, Kind.claimed, Kind.on_the_wire]
    (later,) = cases(shop, "cart", at=NOW + 1.5 * HOUR)
    assert [one.kind for one in later.reasons][-1] == Kind.sent
    (now,) = cases(shop, "cart")
    assert [one.kind for one in now.reasons][-1] == Kind.clicked
    before = shop.why("cart", at=NOW - HOUR).stories[0]
    assert (before.ways, [one.kind for one in before.refused]) == ((), [Kind.not_live])


def test_what_held_of_consent_is_as_the_gate_has_it_whoever_took_it_back(shop: Shop) -> None:
    shop.open(CART)
    ids = [shop.meet(name, consents="", email="both@example.com") for name in ("Tom", "Ana")]
    whom: consents.Whom = (ids[0], "email", "both@example.com")
    known = []
    for name, granted in (("Tom", True), ("Ana", True), ("Ana", False), ("Tom", True), ("Tom", False), ("Ana", True)):
        shop.now += HOUR
        shop.consent(name, "email", granted)
        with shop.database.read() as connection:
            known.append((shop.now, consents.standing(connection, [whom]).get(whom)))
    with shop.database.read() as connection:
        history = consent_history.read(connection, ids[0], [("email", "both@example.com")])
    assert [history.standing(whom, at) for at, _ in known] == [standing for _, standing in known]
    assert history.standing(whom, NOW) is None
    assert {standing.granted for _, standing in known if standing} == {True, False}


@pytest.mark.parametrize("about", ["cart", None])
def test_it_takes_as_many_statements_for_much_as_for_little(shop: Shop, about: str | None) -> None:
    shop.open(CART).meet()
    said: list[str] = []
    shop.closes(shop.enter(), "finished")
    shop.why(about)
    event.listen(shop.database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    shop.why(about)
    few = len(said)
    for _ in range(12):
        shop.now += DAY
        walk = shop.enter()
        shop.sends(walk, "reminder")
        shop.tell("Tom", "Checkout Started")
        shop.closes(walk, "finished")
    said.clear()
    assert len(cases(shop, "cart")) == 13
    said.clear()
    shop.why(about)
    assert len(said) == few < 30
    assert shop.rows(Customer)
