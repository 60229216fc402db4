"""Is a difference found, whatever it is? Records that differ in one thing, and such as are equal to the minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from rehearsed_side_by_side import rehearsal, simulated
from test_rehearsed_journeys import NATURAL

from regulars.cli.rehearse import Rehearsed, told
from regulars.rehearse.compare import differences
from regulars.simulate.record import Entry, Record

SECOND = timedelta(seconds=1)
Change = Callable[[Entry], Entry]


@cache
def record() -> Record:
    return simulated(rehearsal(NATURAL["abandoned_cart"], 7, "abandoned_cart"))


def number_of(kind: str, what: str = "") -> int:
    return next(n for n, one in enumerate(record().entries) if one.kind == kind and what in one.what)


def changed(number: int, change: Change) -> Record:
    entries = list(record().entries)
    entries[number] = change(entries[number])
    return replace(record(), entries=tuple(entries))


def test_a_record_is_equal_to_itself_in_whatever_order_one_instant_is_told() -> None:
    assert differences(record(), replace(record(), entries=tuple(reversed(record().entries)))) == []


def test_less_than_a_minute_is_no_difference_and_a_minute_is() -> None:
    sent = number_of("sent")

    def later(seconds: int) -> Change:
        return lambda one: replace(one, at=one.at + seconds * SECOND)

    assert differences(record(), changed(sent, later(59))) == []
    assert differences(record(), changed(sent, later(-59))) == []
    assert len(differences(record(), changed(sent, later(60)))) == 2
    assert len(differences(record(), changed(sent, later(-60)))) == 2


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("decision", lambda one: replace(one, verdict="another")),
        ("decision", lambda one: replace(one, journey="welcome")),
        ("decision", lambda one: replace(one, run=2)),
        ("decision", lambda one: replace(one, what="caps")),
        ("event", lambda one: replace(one, seen={**one.seen, "total": "10.00"})),
        ("event", lambda one: replace(one, what="Order Completed")),
        ("rest", lambda one: replace(one, until=one.until + timedelta(minutes=1))),
        ("rest", lambda one: replace(one, step="wait_2")),
        ("sent", lambda one: replace(one, message=replace(one.message, text="other words"))),
        ("sent", lambda one: replace(one, message=replace(one.message, to="mei@example.com"))),
        ("sent", lambda one: replace(one, message=None)),
    ],
)
def test_what_is_otherwise_is_told_of_both_sides(kind: str, change: Change) -> None:
    found = differences(record(), changed(number_of(kind), change))
    assert len(found) == 2
    assert sum("the rehearsal has not" in one for one in found) == 1
    assert sum("the simulation has not" in one for one in found) == 1


def test_what_is_missing_on_either_side_is_told_once_with_its_local_time() -> None:
    sent = number_of("sent")
    less = replace(record(), entries=record().entries[:sent] + record().entries[sent + 1 :])
    (away,) = differences(record(), less)
    assert away.startswith("Mon 02 Mar 2026 10:45  the rehearsal has not: ")
    (new,) = differences(less, record())
    assert new.startswith("Mon 02 Mar 2026 10:45  the simulation has not: ")


def test_what_happened_twice_is_not_what_happened_once() -> None:
    sent = record().entries[number_of("sent")]
    assert len(differences(record(), replace(record(), entries=(*record().entries, sent)))) == 1


def test_how_and_when_a_walk_ended_is_compared() -> None:
    (walk,) = record().walks
    assert walk.closed_at is not None
    for other in (
        replace(walk, outcome="goal"),
        replace(walk, reason="support"),
        replace(walk, closed_at=walk.closed_at + timedelta(minutes=2)),
        replace(walk, entered_at=walk.entered_at + timedelta(minutes=2)),
    ):
        assert len(differences(record(), replace(record(), walks=(other,)))) == 2
    assert len(differences(record(), replace(record(), walks=()))) == 1


def test_what_goes_on_and_on_is_never_equal() -> None:
    assert differences(record(), replace(record(), truncated=True)) == ["it goes on and on"]


def test_a_difference_is_printed_and_ends_with_one() -> None:
    same, other = Rehearsed(record(), "", []), Rehearsed(record(), "", ["Mon: something", "Tue: something"])
    assert (same.code, other.code) == (0, 1)
    assert list(told(same, in_json=False))[-1] == "as simulated: every step, decision and outcome, to the minute"
    assert list(told(other, in_json=False))[-3:] == [
        "2 differences from what is simulated:",
        "  Mon: something",
        "  Tue: something",
    ]
    assert '"differences": [' in "".join(told(other, in_json=True))
