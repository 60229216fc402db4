"""Which journeys and answers can there be? Random ones: nested branches, waits of all kinds, every answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from regulars.engine.act import Act, Answer, Result
from regulars.journeys.call import Call
from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Happening, Start
from regulars.journeys.model import (
    Begin,
    Change,
    If,
    Journey,
    Leave,
    Repeat,
    Send,
    Set,
    Split,
    Step,
    Tag,
    Wait,
    WaitFor,
    WaitUntil,
    Way,
)
from regulars.journeys.span import Span

BEGIN = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Apia", "Australia/Lord_Howe", "UTC", "Not/AZone")
RESULTS: dict[str, tuple[Result, ...]] = {
    "send": ("done", "skipped", "failed", "later", "left", "goal"),
    "branch": ("then", "else", "later", "left", "goal"),
    "call": ("done", "skipped", "failed", "later", "left", "goal"),
    "split": ("way", "later", "left", "goal"),
    "change": ("done", "skipped", "later", "left", "goal"),
    "when": ("until", "missing", "later", "left", "goal"),
    "until": ("then", "else", "later", "left", "goal"),
    "look": ("heard", "silent", "later", "left", "goal"),
}
HARMLESS: dict[str, tuple[Result, ...]] = {
    "send": ("done", "skipped", "failed"),
    "branch": ("then", "else"),
    "call": ("done", "skipped", "failed"),
    "split": ("way",),
    "change": ("done", "skipped"),
    "when": ("until", "missing"),
    "until": ("then", "else"),
    "look": ("heard", "silent"),
}

spans = st.builds(Span, st.integers(1, 30), st.sampled_from(["minute", "hour", "day", "week"]))
conditions = st.sampled_from([None, "customer.phone"])
clocks = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
weekdays = st.sets(st.sampled_from(["monday", "tuesday", "friday", "sunday"]), max_size=3).map(
    lambda days: tuple(sorted(days))
)
instants = st.integers(31_536_000, 2_143_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 1971-2037

Shape = tuple[Any, ...]
leaves = st.one_of(
    st.tuples(st.just("email"), conditions),
    st.tuples(st.just("sms"), conditions),
    st.tuples(st.just("wait"), spans, conditions),
    st.tuples(st.just("until"), clocks, weekdays, conditions),
    st.tuples(st.just("leave"), conditions),
    st.tuples(st.just("best"), clocks, conditions),
    st.tuples(st.sampled_from(["tag", "untag", "set", "journey", "webhook"]), conditions),
)


def _branches(steps: st.SearchStrategy[list[Shape]]) -> st.SearchStrategy[list[Shape]]:
    fork = st.one_of(
        st.tuples(st.just("if"), steps, steps),
        st.tuples(st.just("for"), spans, steps, steps, conditions),
        st.tuples(st.just("split"), steps, steps, conditions),
        st.tuples(st.just("date"), steps, conditions),
    )
    return st.lists(st.one_of(leaves, fork), max_size=4)


inside = st.recursive(st.lists(leaves, max_size=3), _branches, max_leaves=4)  # of a repeat: none is inside of another
rounds = st.tuples(st.just("repeat"), st.integers(2, 4), spans, inside, conditions, conditions)
shapes = st.recursive(st.lists(st.one_of(leaves, rounds), max_size=4), _branches, max_leaves=8)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A control graph, through the language's own `graph_of`."""
    numbers = count(1)
    steps = tuple(_step(shape, numbers) for shape in draw(shapes))
    guard = draw(st.sampled_from([None, "customer.phone"]))
    return graph_of(Journey("j", "Journey", Start("Began"), steps, while_=guard))


def _step(shape: Shape, numbers: count[int]) -> Step:
    name = f"s{next(numbers)}"
    match shape:
        case ("email" | "sms" as kind, condition):
            return Send(kind, name, name, "j/t", condition=condition)
        case ("wait", span, condition):
            return Wait("wait", name, name, span, condition)
        case ("until", at, days, condition):
            return WaitUntil("wait_until", name, name, at, days, condition)
        case ("repeat", times, span, steps, until, condition):
            return Repeat("repeat", name, name, times, span, _steps(steps, numbers), until, condition)
        case ("date", steps, condition):
            otherwise = _steps(steps, numbers)
            return WaitUntil("wait_until", name, name, None, (), condition, "event.due", otherwise=otherwise)
        case ("best", at, condition):
            return WaitUntil("wait_until", name, name, at, (), condition, best_hour="email")
        case ("if", then, otherwise):
            return If("if", name, name, "customer.phone", _steps(then, numbers), _steps(otherwise, numbers))
        case ("for", span, then, otherwise, condition):
            happening = Happening("Product Reviewed")
            ways = (_steps(then, numbers), _steps(otherwise, numbers))
            return WaitFor("wait_for", name, name, happening, span, *ways, condition=condition)
        case ("split", a, b, condition):
            split = (Way("a", 2_500, _steps(a, numbers)), Way("b", 7_500, _steps(b, numbers)))
            return Split("split", name, name, split, condition)
        case ("tag" | "untag" as kind, condition):
            return Tag(kind, name, name, ("vip",), condition)
        case ("journey", condition):
            return Begin("journey", name, name, "other", condition)
        case ("set", condition):
            return Set("set", name, name, (Change("traits.colour", "green"),), condition)
        case ("webhook", condition):
            return Call("webhook", name, name, "https://erp.example/hook", condition=condition)
        case ("leave", condition):
            return Leave("leave", name, name, "enough", condition)
    raise AssertionError(shape)


def _steps(shapes: list[Shape], numbers: count[int]) -> tuple[Step, ...]:
    return tuple(_step(shape, numbers) for shape in shapes)


def answers(act: Act, now: datetime, results: dict[str, tuple[Result, ...]] = RESULTS) -> st.SearchStrategy[Answer]:
    """What may come of an act. A `later` may name a time that has passed, or none."""
    until = st.one_of(st.none(), st.integers(-3600, 10 * 86400).map(lambda seconds: now + timedelta(seconds=seconds)))
    return st.builds(
        Answer,
        st.sampled_from(results[act.kind]),
        st.just(now),
        st.sampled_from(ZONES),
        until,
        st.sampled_from(["", "why"]),
        st.sampled_from(["a", "b", "of an older version"]),
    )
