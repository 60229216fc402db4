"""Does a walk hold whatever happens? Random journeys under random happenings, late and stale ones among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from journey_strategies import BEGIN, HARMLESS, ZONES, answers, graphs

from regulars.engine.act import Act, Answer
from regulars.engine.advance import advance, parked, started
from regulars.engine.member import Answered, Go, Happening, Hint, Leave, Member, Resume, Skip, Time
from regulars.journeys.graph import Graph

MOVES: list[Happening] = [Go(), Time(), Hint(), Skip(), Resume(), Leave("asked")]
happenings = st.sampled_from(MOVES)
STALE = Act("send", "none", "nowhere", "nowhere", 1)


class Traveller:
    """One customer on the way, and what can be seen of the journey from outside."""

    def __init__(self, graph: Graph, zone: str) -> None:
        self.graphs, self.now = {graph.version: graph}, BEGIN
        self.member = Member(graph.version, zone)
        self.done: list[tuple[str, int]] = []
        self.asked: list[Act] = []

    def hear(self, happening: Happening) -> None:
        before = self.member
        self.member = advance(self.graphs, before, happening, self.now)
        if before.phase == "gone":
            assert self.member == before

    def answer(self, answer: Answer) -> None:
        act = self.member.act
        assert act is not None
        if answer.result in ("done", "skipped", "failed"):
            self.done.append((act.key, act.visit))
        self.hear(Answered(act, answer))

    def launch(self) -> None:
        if self.member.phase == "ready":
            assert self.member.act is not None
            self.asked.append(self.member.act)
            self.member = started(self.member)


def _stumble(data: st.DataObject, traveller: Traveller) -> None:
    """One random thing happens."""
    member = traveller.member
    choice = data.draw(st.sampled_from(["happening", "answer", "stale", "pass", "launch", "launch", "answer"]))
    if choice == "pass":
        traveller.now += timedelta(seconds=data.draw(st.integers(0, 5 * 86400)))
        traveller.hear(Time())
    elif choice == "launch":
        traveller.launch()
    elif choice == "answer" and member.phase == "acting" and member.act is not None:
        traveller.answer(data.draw(answers(member.act, traveller.now)))
    elif choice == "stale":
        stale = Answered(STALE, Answer("done", traveller.now, "Asia/Tokyo"))
        traveller.hear(stale)
        assert traveller.member == member
    elif choice == "happening":
        traveller.hear(data.draw(happenings))


def _finish(data: st.DataObject, traveller: Traveller) -> int:
    """Answers come and time passes: how many turns it takes to the end."""
    for turn in range(500):
        member = traveller.member
        if member.phase == "gone":
            return turn
        if member.phase == "ready":
            traveller.launch()
        elif member.phase == "acting" and member.act is not None:
            traveller.answer(data.draw(answers(member.act, traveller.now, HARMLESS)))
        elif member.step is None:
            traveller.hear(Go())
        else:
            assert member.phase == "waiting"
            assert member.wake is not None
            traveller.now = max(traveller.now, member.wake)
            traveller.hear(Time())
    raise AssertionError(f"no end: {traveller.member}")


@given(graphs(), st.sampled_from(ZONES), st.data())
@settings(max_examples=200, deadline=None)
def test_a_walk_never_raises_and_ends_once_answers_come_and_time_passes(
    graph: Graph, zone: str, data: st.DataObject
) -> None:
    traveller = Traveller(graph, zone)
    for _ in range(data.draw(st.integers(0, 15))):
        _stumble(data, traveller)
    _finish(data, traveller)
    assert traveller.member.ending in ("finished", "left", "goal")
    assert len(traveller.done) == len(set(traveller.done))
    most = {node.key: graph.nodes[node.loop].times if node.loop else node.times or 1 for node in graph.nodes.values()}
    assert all(visits <= most[key] for key, visits in traveller.member.visits.items())
    assert all(act.visit <= most[act.key] for act in traveller.asked)
    assert {key for key, _ in traveller.done} <= set(traveller.member.visits)


@given(graphs(), st.sampled_from(ZONES), st.data())
@settings(max_examples=200, deadline=None)
def test_what_was_held_back_asks_the_very_same_act_again_and_goes_no_further(
    graph: Graph, zone: str, data: st.DataObject
) -> None:
    traveller = Traveller(graph, zone)
    traveller.hear(Go())
    while traveller.member.phase != "gone":
        if traveller.member.phase == "waiting":
            assert traveller.member.wake is not None
            traveller.now = max(traveller.now, traveller.member.wake)
            traveller.hear(Time())
            continue
        traveller.launch()
        act, step = traveller.member.act, traveller.member.step
        assert act is not None
        if data.draw(st.booleans()):
            until = traveller.now + timedelta(minutes=data.draw(st.integers(-5, 600)))
            traveller.hear(Answered(act, Answer("later", traveller.now, zone, until)))
            assert (traveller.member.phase, traveller.member.wake, traveller.member.step) == ("waiting", until, step)
            traveller.now = max(traveller.now, until)
            traveller.hear(data.draw(st.sampled_from(MOVES[1:4])))
            assert (traveller.member.phase, traveller.member.act) == ("ready", act)
            traveller.launch()
        traveller.answer(data.draw(answers(act, traveller.now, HARMLESS)))


@given(graphs(), st.sampled_from(ZONES), st.data())
@settings(max_examples=100, deadline=None)
def test_nobody_who_waits_moves_before_the_wake(graph: Graph, zone: str, data: st.DataObject) -> None:
    traveller = Traveller(graph, zone)
    traveller.hear(Go())
    while (member := traveller.member).phase != "gone":
        if member.phase == "waiting":
            assert member.wake is not None
            if member.wake > traveller.now:
                early = member.wake - timedelta(microseconds=1)
                assert advance(traveller.graphs, member, Time(), early) is member
            traveller.now = max(traveller.now, member.wake)
            traveller.hear(Time())
        else:
            traveller.launch()
            assert traveller.member.act is not None
            traveller.answer(data.draw(answers(traveller.member.act, traveller.now, HARMLESS)))


@given(graphs(), st.sampled_from(ZONES), st.data())
@settings(max_examples=100, deadline=None)
def test_a_parked_member_resumes_where_it_stood_or_leaves(graph: Graph, zone: str, data: st.DataObject) -> None:
    traveller = Traveller(graph, zone)
    for _ in range(data.draw(st.integers(0, 10))):
        _stumble(data, traveller)
    before = traveller.member
    if before.phase == "gone":
        return
    stuck = parked(before, "KeyError")
    for happening in (Go(), Time(), Hint(), Skip(), Answered(STALE, Answer("done", BEGIN, "UTC"))):
        assert advance(traveller.graphs, stuck, happening, traveller.now) is stuck
    left = advance(traveller.graphs, stuck, Leave("asked"), traveller.now)
    assert (left.phase, left.ending, left.reason) == ("gone", "left", "asked")
    traveller.member = advance(traveller.graphs, stuck, Resume(), traveller.now)
    assert before.step is None or traveller.member.step == before.step
    assert before.act is None or traveller.member.act == before.act
    _finish(data, traveller)


@given(graphs(), st.data())
@settings(max_examples=100, deadline=None)
def test_who_is_asked_to_leave_during_an_act_leaves_after_it_has_decided(graph: Graph, data: st.DataObject) -> None:
    traveller = Traveller(graph, "UTC")
    for _ in range(data.draw(st.integers(0, 12))):
        _stumble(data, traveller)
    if traveller.member.phase != "acting" or traveller.member.act is None:
        return
    member = replace(traveller.member, leaving="")
    leaving = advance(traveller.graphs, member, Leave("asked"), traveller.now)
    assert (leaving.phase, leaving.act) == ("acting", member.act)
    answer = data.draw(answers(traveller.member.act, traveller.now))
    gone = advance(traveller.graphs, leaving, Answered(traveller.member.act, answer), traveller.now)
    if answer.result == "later" and member.act.kind == "send":  # the vendor may have it: that is found out first
        assert gone.act is not None
        assert gone.act.final
        assert gone.phase == ("waiting" if member.act.final else "ready")
        return
    assert gone.phase == "gone"
    if answer.result == "goal":
        assert gone.ending == "goal"


def test_an_early_look_that_fails_does_not_end_the_wait(wait_graph: Graph) -> None:
    now: datetime = BEGIN
    traveller = Traveller(wait_graph, "UTC")
    traveller.hear(Go())
    deadline = traveller.member.wake
    assert deadline == now + timedelta(days=3)
    traveller.hear(Hint())
    traveller.launch()
    assert traveller.member.act is not None
    until = now + timedelta(minutes=5)
    traveller.hear(Answered(traveller.member.act, Answer("later", now, "UTC", until, "activity failed")))
    traveller.now = until
    traveller.hear(Time())
    assert (traveller.member.phase, traveller.member.act and traveller.member.act.kind) == ("ready", "look")
    traveller.launch()
    assert traveller.member.act is not None
    traveller.hear(Answered(traveller.member.act, Answer("silent", until, "UTC")))
    assert (traveller.member.phase, traveller.member.wake) == ("waiting", deadline)
