"""Does a repeat make its rounds, each step once a round, and rest in between?"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from journey_strategies import BEGIN

from regulars.engine.act import Answer, Result
from regulars.engine.advance import advance, started
from regulars.engine.member import Answered, Go, Happening, Hint, Member, Skip, Time
from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Start
from regulars.journeys.model import If, Journey, Repeat, Send, Step, Wait
from regulars.journeys.span import Span

DAY = timedelta(days=1)
WEEK = Span(7, "day")


def letter(name: str) -> Send:
    return Send("email", name, name, "j/t")


def graph(*inside: Step, until: str | None = None, guard: str | None = None) -> Graph:
    rounds = Repeat("repeat", "r", "r", 3, WEEK, inside, until)
    return graph_of(Journey("j", "Journey", Start("Began"), (rounds, letter("end")), while_=guard))


class Guest:
    def __init__(self, walked: Graph) -> None:
        self.graphs, self.now, self.asked = {walked.version: walked}, BEGIN, list[str]()
        self.member = Member(walked.version, "UTC")
        self.hear(Go())

    def hear(self, happening: Happening) -> Guest:
        self.member = advance(self.graphs, self.member, happening, self.now)
        return self

    def answers(self, *results: Result) -> Guest:
        for result in results:
            act = self.member.act
            assert act is not None
            assert self.member.phase == "ready"
            self.asked.append(f"{act.kind} {act.step} {act.visit}")
            self.member = started(self.member)
            self.hear(Answered(act, Answer(result, self.now, "UTC")))
        return self

    def at(self, now: datetime) -> Guest:
        self.now = now
        return self.hear(Time())


def test_each_round_begins_a_week_after_the_one_before_began() -> None:
    guest = Guest(graph(letter("a"), Wait("wait", "w", "w", Span(2, "day")), letter("b")))
    for n in range(3):
        start = BEGIN + n * 7 * DAY
        assert guest.member.phase == "ready"
        guest.at(start).answers("done").at(start + 2 * DAY).answers("done")
        if n < 2:
            assert (guest.member.phase, guest.member.step, guest.member.wake) == ("waiting", "r", start + 7 * DAY)
            guest.at(start + 7 * DAY)
    guest.answers("done")
    sends = ["send a 1", "send b 1", "send a 2", "send b 2", "send a 3", "send b 3", "send end 1"]
    assert (guest.asked, guest.member.ending) == (sends, "finished")


def test_a_round_that_took_longer_is_followed_by_a_whole_rest() -> None:
    guest = Guest(graph(letter("a"), Wait("wait", "w", "w", Span(10, "day"))))
    guest.answers("done").at(BEGIN + 10 * DAY)
    assert guest.member.wake == BEGIN + 17 * DAY


def test_until_is_judged_before_every_round_and_ends_them() -> None:
    assert Guest(graph(letter("a"), until="x")).answers("then").answers("done").asked == ["until r 1", "send end 1"]
    guest = Guest(graph(letter("a"), until="x")).answers("else", "done").at(BEGIN + 7 * DAY).answers("then", "done")
    assert guest.asked == ["until r 1", "send a 1", "until r 2", "send end 1"]


@pytest.mark.parametrize("until", [None, "x"])
def test_a_hint_while_it_rests_between_rounds_changes_nothing_about_the_next(until: str | None) -> None:
    guest = Guest(graph(letter("a"), until=until)).answers(*(["else"] if until else []), "done")
    guest.now += DAY
    guest.hear(Hint()).answers("silent")
    assert (guest.member.step, guest.member.wake) == ("r", BEGIN + 7 * DAY)


def test_support_may_end_the_rest_between_rounds() -> None:
    assert Guest(graph(letter("a"))).answers("done").hear(Skip()).answers("done").asked == ["send a 1", "send a 2"]


def test_while_is_judged_when_a_round_begins_with_a_wait() -> None:
    guest = Guest(graph(Wait("wait", "w", "w", Span(1, "day")), letter("a"), guard="x"))
    guest.at(BEGIN + DAY).answers("done").at(BEGIN + 7 * DAY).answers("silent")
    assert guest.asked[-1] == "look r 2"
    assert (guest.member.step, guest.member.wake) == ("w", BEGIN + 8 * DAY)


def test_what_was_skipped_in_one_round_is_its_own_visit_in_the_next() -> None:
    fork = If("if", "f", "f", "x", (letter("a"),), (letter("b"),))
    guest = Guest(graph(fork)).answers("then", "done").at(BEGIN + 7 * DAY).answers("else", "done")
    guest.at(BEGIN + 14 * DAY).answers("then", "done", "done")
    assert [one for one in guest.asked if one.startswith("send")] == ["send a 1", "send b 2", "send a 3", "send end 1"]
