"""Does a wait for a date last until the date, go with it where it is moved, and never send at once?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from journey_strategies import BEGIN

from regulars.engine import calendar
from regulars.engine.act import Answer, Result
from regulars.engine.advance import advance, started
from regulars.engine.member import Answered, Go, Happening, Hint, Member, Skip, Time
from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Start
from regulars.journeys.model import Journey, Send, Step, WaitUntil

DAY = timedelta(days=1)
JUNE = BEGIN + 80 * DAY
LETTER, SORRY = Send("email", "letter", "letter", "j/letter"), Send("email", "sorry", "sorry", "j/sorry")


def graph(otherwise: tuple[Step, ...] = (SORRY,), best: bool = False) -> Graph:
    wait = WaitUntil("wait_until", "pause", "pause", None, date="event.due", otherwise=otherwise)
    if best:
        wait = WaitUntil("wait_until", "pause", "pause", "11:00", best_hour="email")
    return graph_of(Journey("j", "Journey", Start("Began"), (wait, LETTER)))


class Guest:
    def __init__(self, walked: Graph) -> None:
        self.graphs, self.now = {walked.version: walked}, BEGIN
        self.member = Member(walked.version, "UTC")
        self.hear(Go())

    def hear(self, happening: Happening) -> Guest:
        self.member = advance(self.graphs, self.member, happening, self.now)
        return self

    def told(self, until: datetime | None, result: Result = "until") -> Guest:
        """The walk asks until when, and hears."""
        assert self.member.act is not None
        assert self.member.act.kind == "when"
        act, self.member = self.member.act, started(self.member)
        return self.hear(Answered(act, Answer(result, self.now, "UTC", until, "no date")))

    def at(self, now: datetime) -> Guest:
        self.now = now
        return self.hear(Time())

    @property
    def asks(self) -> str:
        act = self.member.act
        return f"{act.kind} {act.step}" if act else ""


def test_what_changes_while_it_asks_is_asked_for_again_before_it_rests() -> None:
    guest = Guest(graph())
    act, guest.member = guest.member.act, started(guest.member)
    guest.hear(Hint())
    assert act is not None
    guest.hear(Answered(act, Answer("until", guest.now, "UTC", JUNE)))
    assert (guest.member.phase, guest.asks) == ("ready", "when pause")
    assert guest.told(JUNE + DAY).member.wake == JUNE + DAY


def test_it_rests_until_the_date_asks_once_more_and_goes_on() -> None:
    guest = Guest(graph()).told(JUNE)
    assert (guest.member.phase, guest.member.wake) == ("waiting", JUNE)
    assert guest.at(JUNE - timedelta(seconds=1)).asks == ""
    assert guest.at(JUNE).told(JUNE).asks == "send letter"
    assert guest.member.due == JUNE


@pytest.mark.parametrize("moved", [JUNE - 10 * DAY, JUNE + 10 * DAY])
def test_a_date_that_is_moved_moves_the_wait(moved: datetime) -> None:
    guest = Guest(graph()).told(JUNE).hear(Hint()).told(moved)
    assert guest.member.wake == moved
    assert guest.at(moved).told(moved).asks == "send letter"


def test_a_date_that_was_moved_on_in_silence_is_found_out_when_it_would_have_come() -> None:
    guest = Guest(graph()).told(JUNE).at(JUNE).told(JUNE + DAY)
    assert (guest.member.phase, guest.member.wake) == ("waiting", JUNE + DAY)


def test_a_date_that_is_moved_into_the_past_sends_nothing_at_once() -> None:
    guest = Guest(graph()).told(JUNE)
    guest.now = JUNE - DAY
    assert guest.hear(Hint()).told(JUNE - 5 * DAY).asks == "send sorry"


@pytest.mark.parametrize(("until", "result"), [(BEGIN - DAY, "until"), (BEGIN, "until"), (None, "missing")])
def test_a_date_that_is_missing_or_past_takes_otherwise_or_leaves(until: datetime | None, result: Result) -> None:
    assert Guest(graph()).told(until, result).asks == "send sorry"
    gone = Guest(graph(otherwise=())).told(until, result).member
    assert (gone.phase, gone.ending) == ("gone", "left")
    assert gone.reason == ("no date" if until is None else "the date has passed")


def test_what_fails_when_the_date_comes_is_asked_again_and_the_date_is_not_taken_for_past() -> None:
    guest = Guest(graph()).told(JUNE).at(JUNE).told(JUNE + timedelta(minutes=5), "later")
    assert guest.at(JUNE + timedelta(minutes=5)).told(JUNE).asks == "send letter"


def test_support_may_end_the_wait() -> None:
    assert Guest(graph()).told(JUNE).hear(Skip()).asks == "send letter"


def test_the_best_hour_is_asked_once_and_an_hour_that_is_late_is_no_reason_to_leave() -> None:
    hour = BEGIN + timedelta(hours=3)
    assert Guest(graph(best=True)).told(hour).at(hour).asks == "send letter"
    assert Guest(graph(best=True)).told(BEGIN - timedelta(seconds=1)).asks == "send letter"


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("Asia/Kathmandu", "2026-03-20", "2026-03-19T18:15"),
        ("Australia/Lord_Howe", "2026-01-01", "2025-12-31T13:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # a day that Apia never had begins with the one after
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),  # no midnight: the clock went on to one
        ("Not/AZone", "2026-03-20", "2026-03-20T00:00"),
    ],
)
def test_a_day_begins_at_midnight_where_the_customer_is(zone: str, day: str, utc: str) -> None:
    found = calendar.midnight(date.fromisoformat(day), zone)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_an_hour_of_the_day_is_found_by_the_clock_there() -> None:
    late = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)
    assert calendar.at_clock(late, "10:00", "UTC") == datetime(2026, 3, 20, 10, tzinfo=UTC)
    assert calendar.at_clock(late, "10:00", "Asia/Kathmandu") == datetime(2026, 3, 21, 4, 15, tzinfo=UTC)
    gap = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert calendar.at_clock(gap, "02:30", "America/New_York") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
