"""Is everything of a journey in its chart? Every step once, every way that a walk can take, each rule."""

from __future__ import annotations

from collections.abc import Iterator

from drawn_journeys import PATIENT, journeys
from hypothesis import given

from regulars.draw.chart import END, GOAL, HOLDOUT, LEAVE, START, WHILE, Chart, Note, chart_of
from regulars.journeys.happening import Happening, Start
from regulars.journeys.model import (
    If,
    Journey,
    Leave,
    Repeat,
    Send,
    Split,
    Step,
    WaitFor,
    WaitUntil,
    walk_steps,
)
from regulars.journeys.play import Play
from regulars.journeys.span import Span

DAY = Span(1, "day")
HELLO = Send("email", "hello", "hello", "a/hello")
Edge = tuple[str, str, str, bool]


def ways_written(steps: tuple[Step, ...], after: str, loop: str = "") -> Iterator[Edge]:
    """Every way that the marketer wrote down, read from the steps themselves, not from the graph."""
    for step, following in zip(steps, [*(step.id for step in steps[1:]), after], strict=False):
        out = list(ways_of(step, following))
        if step.condition is not None and following not in (target for target, _ in out):
            out.append((following, "else"))
        yield from ((step.id, target, label, target in (loop, step.id)) for target, label in out)
        match step:
            case WaitFor() | If():
                yield from (*ways_written(step.then, following, loop), *ways_written(step.otherwise, following, loop))
            case WaitUntil():
                yield from ways_written(step.otherwise, following, loop)
            case Split():
                for way in step.ways:
                    yield from ways_written(way.steps, following, loop)
            case Repeat():
                yield from ways_written(step.steps, step.id, step.id)


def ways_of(step: Step, following: str) -> Iterator[tuple[str, str]]:
    def first(steps: tuple[Step, ...]) -> str:
        return steps[0].id if steps else following

    match step:
        case Leave():
            return
        case If():
            yield from ((first(step.then), "then"), (first(step.otherwise), "else"))
        case WaitFor() if step.then or step.otherwise:
            yield from ((first(step.then), "then"), (first(step.otherwise), "otherwise"))
        case WaitUntil() if step.otherwise:
            yield from ((following, ""), (first(step.otherwise), "otherwise"))
        case Split():
            yield from ((first(way.steps), f"{way.name} {way.share / 100:g}%") for way in step.ways)
        case Repeat():
            yield from ((following, ""), (step.steps[0].id, "a round"))
        case _:
            yield following, ""


def drawn(chart: Chart) -> list[Edge]:
    return sorted((way.source, way.target, way.label, way.back) for way in chart.ways)


@PATIENT
@given(journeys())
def test_every_way_that_is_written_is_drawn_once_and_no_other(journey: Journey) -> None:
    first = journey.steps[0].id if journey.steps else END
    assert drawn(chart_of(Play(journey))) == sorted([(START, first, "", False), *ways_written(journey.steps, END)])


@PATIENT
@given(journeys())
def test_every_step_stands_once_in_reading_order_and_the_end_where_something_leads_to_it(journey: Journey) -> None:
    chart = chart_of(Play(journey))
    ended = [END] if any(way.target == END for way in chart.ways) else []
    assert [box.id for box in chart.boxes] == [START, *(step.id for step in walk_steps(journey.steps)), *ended]
    assert [box.word for box in chart.boxes[1:]] == [
        *(step.kind for step in walk_steps(journey.steps)),
        *(["the end"] if ended else []),
    ]


@PATIENT
@given(journeys())
def test_every_rule_stands_once(journey: Journey) -> None:
    wanted = [GOAL] if journey.goal else []
    wanted += [LEAVE, f"{LEAVE} 2"][: len(journey.leave)]
    wanted += [WHILE] if journey.while_ else []
    wanted += [HOLDOUT] if journey.holdout else []
    assert [box.id for box in chart_of(Play(journey)).rules] == wanted


def test_the_holdout_of_the_house_is_said_of_marketing_alone() -> None:
    selling = Journey("j", "J", Start("Order Completed"), (HELLO,), holdout=1250)
    serving = Journey("j", "J", Start("Order Completed"), (Send("email", "m", "m", "a/m", purpose="service"),))
    assert [box.texts for box in chart_of(Play(selling), 500).rules] == [("12.5%", "5% of the house")]
    assert [box.texts for box in chart_of(Play(selling)).rules] == [("12.5%",)]
    assert chart_of(Play(serving), 500).rules == ()


def test_a_step_behind_a_leave_stands_there_and_nothing_leads_to_it() -> None:
    steps = (Leave("leave", "out", "out", "enough"), HELLO)
    chart = chart_of(Play(Journey("j", "J", Start("Order Completed"), steps)))
    assert drawn(chart) == [(START, "out", "", False), ("hello", END, "", False)]


def test_a_wait_that_is_skipped_goes_on_behind_its_branches() -> None:
    wait = WaitFor("wait_for", "w", "w", Happening("Email Clicked"), DAY, (HELLO,), (Leave("leave", "x", "x", "no"),))
    asked = WaitFor("wait_for", "w", "w", wait.happening, DAY, wait.then, wait.otherwise, condition="customer.phone")
    ways = [chart_of(Play(Journey("j", "J", Start("Order Completed"), (one,)))).ways for one in (wait, asked)]
    assert [(way.target, way.label) for way in ways[1] if way not in ways[0]] == [(END, "else")]


def test_what_is_known_of_the_people_stands_at_its_box() -> None:
    chart = chart_of(Play(Journey("j", "J", Start("Order Completed"), (HELLO,), leave=(Happening("Order Cancelled"),))))
    noted = chart.noted({"hello": Note("3 here"), LEAVE: Note(text="7 left"), "gone": Note("9 here")})
    said = [(box.id, box.note) for box in (*noted.rules, *noted.boxes) if box.note != Note()]
    assert said == [(LEAVE, Note(text="7 left")), ("hello", Note("3 here"))]
