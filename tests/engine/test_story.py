"""Can support read what a walk does, and does it always fit?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from journey_strategies import BEGIN, ZONES, graphs

from regulars.engine import story
from regulars.engine.act import Act
from regulars.engine.advance import advance, parked
from regulars.engine.member import Go, Member, Phase
from regulars.journeys.graph import Graph

SUMMARY, PAGE = 200, 20_000  # bytes: what Temporal shows of a summary, and keeps of a page
texts = st.text(max_size=400)
phases: st.SearchStrategy[Phase] = st.sampled_from(["ready", "acting", "waiting", "parked", "gone"])


@st.composite
def members(draw: st.DrawFn, graph: Graph) -> Member:
    """Any member, one in no sound position too."""
    step = draw(st.sampled_from([None, "nowhere", *graph.nodes]))
    act = Act("send", graph.version, step or "", step or "", 1) if draw(st.booleans()) else None
    wake = draw(st.sampled_from([None, BEGIN + timedelta(days=3)]))
    zone, version = draw(st.sampled_from([*ZONES, "", "x" * 50])), draw(st.sampled_from([graph.version, "unknown"]))
    return Member(
        version,
        zone,
        draw(phases),
        step,
        act,
        BEGIN,
        BEGIN,
        wake,
        {},
        reason=draw(texts),
        last=draw(texts),
        ending="left",
    )


@given(graphs(), texts, st.lists(texts, min_size=1, max_size=120), st.data())
@settings(max_examples=200, deadline=None)
def test_no_story_is_ever_too_long_or_fails(graph: Graph, title: str, names: list[str], data: st.DataObject) -> None:
    graph = replace(graph, title=title, nodes={k: replace(v, title=v.title + title) for k, v in graph.nodes.items()})
    found = data.draw(st.lists(members(graph), min_size=1, max_size=3))
    walkers = {f"{n}{name}": found[n % len(found)] for n, name in enumerate(names)}
    assert len(story.party({graph.version: graph}, walkers).encode()) <= PAGE
    assert len(story.headline(graph, names).encode()) <= SUMMARY
    for member in found:
        act = member.act or Act("look", graph.version, member.step or "", "", 1)
        assert len(story.waiting(graph, member).encode()) <= SUMMARY
        assert len(story.doing(graph, act, data.draw(st.integers(1, 10**6))).encode()) <= SUMMARY


def test_a_page_says_where_a_customer_is_and_until_when_in_their_own_time(wait_graph: Graph) -> None:
    graphs = {wait_graph.version: wait_graph}
    member = advance(graphs, Member(wait_graph.version, "Asia/Tokyo"), Go(), BEGIN)
    page = story.party(graphs, {"06g1x": replace(member, last="hello: done")})
    assert page == (
        "**06g1x**: Journey, step 1 of 2, *pause*: wait 3 days, then letter,"
        " until Mon 23 Mar 2026 17:30 Asia/Tokyo. Last message: hello: done."
    )


def test_whoever_needs_a_person_stands_first_on_a_crowded_page(wait_graph: Graph) -> None:
    member = Member(wait_graph.version, "UTC")
    crowd = {f"m{n}": member for n in range(100)} | {"stuck": parked(member, "KeyError")}
    page = story.party({wait_graph.version: wait_graph}, crowd)
    assert page.startswith("**stuck**: parked, needs a person: KeyError.")
    assert page.endswith("… and 81 more")
