"""Does a party coalesce what is equal, and does one member's trouble stay its own?"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from journey_strategies import BEGIN

from regulars.engine.act import Answer
from regulars.engine.member import Answered, Go, Hint, Leave, Member, Resume
from regulars.journeys.graph import Graph
from workflows.party import Party
from workflows.walk import REASONS, Order


def _party(graph: Graph, count: int) -> Party:
    party = Party({graph.version: graph}, {f"m{n}": Member(graph.version, "UTC") for n in range(count)})
    for who in party.members:
        assert party.move(who, Go(), BEGIN) is None
    return party


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40))
@settings(max_examples=100, deadline=None)
def test_members_who_drifted_apart_by_moments_wake_together_and_never_early(drifts: list[int]) -> None:
    from regulars.journeys.graph import graph_of
    from regulars.journeys.happening import Start
    from regulars.journeys.model import Journey, Send, Wait
    from regulars.journeys.span import Span

    steps = (Wait("wait", "pause", "pause", Span(3, "day")), Send("email", "letter", "letter", "j/letter"))
    graph = graph_of(Journey("j", "Journey", Start("Began"), steps))
    party = Party({graph.version: graph}, {f"m{n}": Member(graph.version, "UTC") for n in range(len(drifts))})
    for who, drift in zip(party.members, drifts, strict=True):
        party.move(who, Go(), BEGIN + timedelta(seconds=drift))
    found = party.next()
    assert found is not None
    at, _ = found
    due = party.due(at)
    assert all(member.wake is not None for member in party.members.values())
    assert all((party.members[who].wake or at) <= at for who, _ in due)
    exact = [member.wake for member in party.members.values() if member.wake]
    assert at - min(exact) <= timedelta(seconds=60)
    later = {-(-wake.timestamp() // 60) for wake in exact}
    assert len(due) == len(exact) if len(later) == 1 else due


def test_a_customer_alone_wakes_to_the_instant(wait_graph: Graph) -> None:
    found = _party(wait_graph, 1).next()
    assert found is not None
    assert found[0] == BEGIN + timedelta(days=3)


def test_equal_acts_are_one_and_unequal_ones_are_not(wait_graph: Graph) -> None:
    party = _party(wait_graph, 3)
    party.members["m2"] = replace(party.members["m2"], wake=BEGIN)
    for who in ("m0", "m1"):
        party.move(who, Hint(), BEGIN)
    for who, happening in party.due(BEGIN + timedelta(minutes=1)):
        party.move(who, happening, BEGIN)
    wanted = party.launch()
    assert sorted((act.kind, len(who)) for act, who in wanted.items()) == [("look", 2), ("send", 1)]
    assert {member.phase for member in party.members.values()} == {"acting"}
    assert party.launch() == {}


def test_a_member_that_cannot_be_moved_is_parked_and_the_others_walk_on(wait_graph: Graph) -> None:
    party = _party(wait_graph, 3)
    party.members["m1"] = replace(party.members["m1"], zone=None)  # type: ignore[arg-type]
    party.move("m1", Hint(), BEGIN)
    party.launch()
    act = party.members["m1"].act
    assert act is not None
    error = party.move("m1", Answered(act, Answer("silent", BEGIN, None)), BEGIN)  # type: ignore[arg-type]
    assert error is not None
    assert party.members["m1"].phase == "parked"
    assert {party.members[who].phase for who in ("m0", "m2")} == {"waiting"}
    assert "!parked" in party.steps("!parked")
    party.members["m1"] = replace(party.members["m1"], zone="UTC")
    party.move("m1", Resume(), BEGIN)
    assert [party.members[who].phase for who in ("m0", "m1")] == ["waiting", "ready"]


def test_a_member_whose_version_or_step_is_unknown_is_parked_from_the_start(wait_graph: Graph) -> None:
    members = {
        "good": Member(wait_graph.version, "UTC"),
        "astray": Member(wait_graph.version, "UTC", step="gone", wake=BEGIN),
        "old": Member("000000000000", "UTC"),
    }
    party = Party({wait_graph.version: wait_graph}, members)
    assert [members[who].phase for who in ("good", "astray", "old")] == ["waiting", "parked", "parked"]
    assert {one.phase for one in party.positions()} == {"parked"}
    party.move("old", Leave("support"), BEGIN)
    assert [one.enrollment for one in party.gone(set(), BEGIN)] == ["old"]


def test_a_stranger_is_ignored(wait_graph: Graph) -> None:
    party = _party(wait_graph, 1)
    before = dict(party.members)
    assert party.move("stranger", Hint(), BEGIN) is None
    assert party.members == before


def test_the_reasons_for_taking_somebody_out_are_plain_words_and_the_usual_one_is_among_them() -> None:
    assert all(re.fullmatch(r"[a-z ]{1,40}", reason) for reason in REASONS)
    assert Order("x").reason in REASONS
