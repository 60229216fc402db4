"""Who is to leave while a vendor may have their message: is that found out first, and nothing else sent?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from journey_strategies import BEGIN

from regulars.engine.act import Act, Answer
from regulars.engine.advance import advance, parked, started
from regulars.engine.member import Answered, Go, Happening, Hint, Leave, Member, Skip, Time
from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Start
from regulars.journeys.model import Journey, Send, Wait
from regulars.journeys.span import Span

MINUTE = timedelta(minutes=1)
STEPS = (Send("email", "letter", "letter", "j/letter"), Wait("wait", "pause", "pause", Span(3, "day")))


@pytest.fixture
def graph() -> Graph:
    return graph_of(Journey("j", "Journey", Start("Began"), STEPS))


def _moved(graph: Graph, member: Member, *happenings: Happening) -> Member:
    for happening in happenings:
        member = advance({graph.version: graph}, member, happening, BEGIN + MINUTE)
    return member


def _asking(graph: Graph) -> Member:
    """The letter is being sent."""
    return started(_moved(graph, Member(graph.version, "UTC"), Go()))


def _act(member: Member) -> Act:
    assert member.act is not None
    return member.act


def _answered(graph: Graph, member: Member, answer: Answer) -> Member:
    return _moved(graph, member, Answered(_act(member), answer))


LATER = Answer("later", BEGIN, "UTC", BEGIN + MINUTE, "fate unknown")


def _leaving(graph: Graph) -> Member:
    """Held back, and asked to leave."""
    return _moved(graph, _answered(graph, _asking(graph), LATER), Leave("support"))


def test_who_leaves_while_a_message_is_held_back_asks_first_what_became_of_it(graph: Graph) -> None:
    member = _leaving(graph)
    assert (member.phase, _act(member)) == ("ready", replace(_act(_asking(graph)), final=True))
    gone = _answered(graph, started(member), Answer("left", BEGIN, "UTC"))
    assert (gone.phase, gone.ending, gone.reason) == ("gone", "left", "support")


def test_who_leaves_waits_until_it_is_known_and_goes_no_further(graph: Graph) -> None:
    member = _answered(graph, started(_leaving(graph)), LATER)
    assert (member.phase, member.wake) == ("waiting", BEGIN + MINUTE)
    for happening in (Time(), Hint(), Skip(), Leave("support")):
        again = _moved(graph, member, happening)
        assert (again.phase, _act(again).final) == ("ready", True), happening
    gone = _answered(graph, started(_moved(graph, member, Time())), Answer("done", BEGIN, "UTC"))
    assert (gone.phase, gone.ending, gone.reason, gone.last) == ("gone", "left", "support", "letter: done")


def test_who_is_asked_to_leave_while_the_message_is_under_way_asks_once_more_where_it_is_in_doubt(graph: Graph) -> None:
    member = _answered(graph, _moved(graph, _asking(graph), Leave("support")), LATER)
    assert (member.phase, _act(member).final) == ("ready", True)
    done = _answered(graph, _moved(graph, _asking(graph), Leave("support")), Answer("done", BEGIN, "UTC"))
    assert (done.phase, done.ending) == ("gone", "left")


def test_who_rests_or_is_parked_leaves_at_once(graph: Graph) -> None:
    resting = _answered(graph, _asking(graph), Answer("done", BEGIN, "UTC"))
    assert (resting.phase, resting.step) == ("waiting", "pause")
    for member in (resting, parked(_leaving(graph), "KeyError")):
        gone = _moved(graph, member, Leave("support"))
        assert (gone.phase, gone.ending, gone.reason) == ("gone", "left", "support")


def test_a_first_step_is_due_when_the_walk_was_and_never_ahead_of_its_time(graph: Graph) -> None:
    for due, begun in ((BEGIN - timedelta(hours=2), BEGIN - timedelta(hours=2)), (BEGIN + 9 * MINUTE, BEGIN + MINUTE)):
        member = _moved(graph, Member(graph.version, "UTC"), Go(due))
        assert (member.since, member.due) == (begun, begun)
