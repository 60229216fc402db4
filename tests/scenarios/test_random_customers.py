"""Do invented customers find what is broken? Houses and engines that break one rule each, judged by the sound one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from scenario_shop import ROOT, Edit, loaded, shop

from regulars.scenarios.anybody import Anybody
from regulars.scenarios.hunt import Counterexample, Files, explained, hunted, tallied
from regulars.scenarios.invariants import broken
from regulars.scenarios.life import Life, Walker, book_of, walker
from regulars.scenarios.run import run
from regulars.scenarios.written import scenario_text
from regulars.simulate.record import Record

MOST = 400
HOUSES: dict[str, tuple[Edit, int]] = {
    "cap": (("  caps: {email: 1 per 16 hours, sms: 2 per 7 days}\n", ""), 2),
    "quiet hours": (('  quiet_hours: {sms: "20:00-09:00"}\n', ""), 3),
    "consent": (("- email: welcome/hello\n", "- email: welcome/hello\n        purpose: service\n"), 2),
    "holdout": (("    holdout: 10%", "    holdout: 1%"), 1),
    "after the goal": (("    goal: {event: Order Completed, within: 7 days}", "    #"), 2),
}


def found(walk: Walker, seed: int = 3) -> Counterexample:
    anybody, rules = Anybody.of(shop(), seed), book_of(shop())
    tally = tallied(anybody, rules, walk, range(MOST))
    assert tally.worst is not None, f"{tally.customers} customers, and nobody found it"
    return explained(anybody, rules, walk, tally.worst)


@pytest.mark.parametrize("rule", HOUSES)
def test_a_house_without_the_rule_is_found_out_and_told_as_a_short_scenario_that_fails(rule: str) -> None:
    edit, most = HOUSES[rule]
    loose = shop(edit)
    example = found(walker(loose))
    assert example.broken.rule == rule
    assert len(example.life.script.happens) <= most, example.text
    scenario = loaded(example.text, loose, Path("found.yaml"))[0]
    failures = run(scenario, loose, book_of(shop())).failures
    assert [failure.expected for failure in failures if rule in failure.expected]
    assert {failure.line for failure in failures} == {scenario.expect_line}
    assert example.text.splitlines()[failures[0].line - 1].strip() == "invariants: hold"
    assert run(scenario, shop()).failures == ()


def test_nothing_is_told_that_is_not_needed_for_it() -> None:
    edit, _ = HOUSES["consent"]
    least = found(walker(shop(edit))).life
    person, (order,) = least.profile.person, least.script.happens
    assert (person.phone, person.first_name, person.timezone, least.profile.past, least.days) == (*[None] * 3, (), 1)
    assert list(order.what.properties) == ["order_id"]  # type: ignore[union-attr]


def _twice(record: Record) -> Record:
    entries = [one for entry in record.entries for one in ((entry, entry) if entry.kind == "sent" else (entry,))]
    return replace(record, entries=tuple(entries))


def _backwards(record: Record) -> Record:
    return replace(record, entries=tuple(reversed(record.entries)))


def _forgotten(record: Record) -> Record:
    return replace(record, walks=tuple(replace(walk, wake=None) for walk in record.walks))


def _overdue(record: Record) -> Record:
    gone = record.start - timedelta(days=1)
    return replace(record, walks=tuple(replace(walk, wake=gone if walk.wake else None) for walk in record.walks))


def _nowhere(record: Record) -> Record:
    return replace(record, walks=tuple(replace(walk, step=walk.step and "nowhere") for walk in record.walks))


def _ending_at_once(record: Record) -> Record:
    return replace(
        record, walks=tuple(replace(walk, outcome="left", closed_at=walk.entered_at) for walk in record.walks)
    )


def _on_and_on(record: Record) -> Record:
    return replace(record, truncated=True)


def _to_a_stranger(record: Record) -> Record:
    wrong = [
        replace(one, message=replace(one.message, to="stranger@example.com")) if one.message else one
        for one in record.entries
    ]
    return replace(record, entries=tuple(wrong))


def _waiting_too_long(record: Record) -> Record:
    late = timedelta(days=9)
    return replace(
        record,
        entries=tuple(
            replace(one, until=one.until + late) if one.kind == "rest" and one.until else one for one in record.entries
        ),
    )


ENGINES = {
    "sent twice": (_twice, "sent twice"),
    "backwards": (_backwards, "time"),
    "forgotten": (_forgotten, "dead end"),
    "overdue": (_overdue, "dead end"),
    "nowhere": (_nowhere, "dead end"),
    "on and on": (_on_and_on, "endless"),
    "stranger": (_to_a_stranger, "dead address"),
    "too long": (_waiting_too_long, "dead end"),
    "over": (_ending_at_once, "after the walk"),
}


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_goes_wrong_is_found_out(name: str) -> None:
    breaks, rule = ENGINES[name]
    sound = walker(shop())
    example = found(lambda life: breaks(sound(life)))
    assert example.broken.rule == rule
    assert len(example.life.script.happens) <= 3


def test_the_house_as_shipped_keeps_its_rules() -> None:
    tally = tallied(Anybody.of(shop(), 11), book_of(shop()), walker(shop()), range(150))
    assert tally.worst is None
    assert tally.customers == 150
    assert tally.held > 0
    assert set(tally.walks) == set(shop().shown.plays), "a journey that nobody enters is not tested"


def test_a_seed_and_a_number_are_for_good_the_same_life() -> None:
    one, same, other = Anybody.of(shop(), 5), Anybody.of(shop(), 5), Anybody.of(shop(), 6)
    assert [one.life(n) for n in range(20)] == [same.life(n) for n in range(20)]
    assert one.life(1) != other.life(1)


@pytest.mark.parametrize("number", range(40))
def test_a_life_that_is_written_down_walks_the_same(number: int) -> None:
    life = Anybody.of(shop(), 8).life(number)
    text = scenario_text(life, "welcome", "a life", "said")
    scenario = loaded(text)[0]
    again = Life(scenario.customer, scenario.script, scenario.start, (scenario.until - scenario.start).days)
    walk = walker(shop())
    told, retold = walk(life), walk(again)
    assert [one.local for one in told.entries] == [one.local for one in retold.entries]
    assert [(one.what, one.verdict, one.step) for one in told.entries if one.kind != "note"] == [
        (one.what, one.verdict, one.step) for one in retold.entries if one.kind != "note"
    ]
    assert told.walks == retold.walks
    assert broken(book_of(shop()), scenario.customer, scenario.script, retold) == []


def test_two_processes_tell_the_same_as_one() -> None:
    files = Files(ROOT / "journeys.yaml", ROOT / "templates")
    many = hunted(files, shop(), 2, 400, days=7)
    one = tallied(Anybody.of(shop(), 2, 7), book_of(shop()), walker(shop()), range(1, 401))
    assert (many.customers, many.walks, many.messages, many.held) == (400, one.walks, one.messages, one.held)
