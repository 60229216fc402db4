"""Is each way to let customers in, and to take them out, read as it is meant?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.journeys.happening import Goal, Happening, OnBroadcast, OnDate, OnSchedule, Start
from regulars.journeys.load import load_book, read_book
from regulars.journeys.model import Journey, Segment, WaitFor
from regulars.journeys.span import Span

Place = Callable[..., str]
SEGMENTS = "segments:\n  vip: {title: Our best, where: customer.orders >= 3}\n  at_risk: {where: not customer.phone}\n"
BIRTHDAY = "customer.traits.birthday"
OF_FIRST = ("journey", "first")

STARTS: dict[str, Start] = {
    "{enters: vip, again: after 180 days}": Start("Segment Entered", again=Span(180, "day"), about=("segment", "vip")),
    "{leaves: vip, again: never, where: customer.phone}": Start(
        "Segment Left", "customer.phone", again="never", about=("segment", "vip")
    ),
    "{event: Product Released, to: vip, again: always, where: event.price > 5}": Start(
        "Product Released", "event.price > 5", to="vip"
    ),
    "{event: Tea Ceremony Booked, to: everyone, again: never}": Start(
        "Tea Ceremony Booked", again="never", to="everyone"
    ),
    f'{{date: {BIRTHDAY}, every: year, at: "10:00"}}': Start(
        "Date Reached", None, "occurrence", about=OF_FIRST, on=OnDate("date", BIRTHDAY, "10:00", yearly=True)
    ),
    "{date: customer.last_order_at, plus: 3 weeks, again: never}": Start(
        *("Date Reached", None, "occurrence", None, "never", OF_FIRST),
        on=OnDate("date", "customer.last_order_at", plus=Span(3, "week")),
    ),
    '{date: "2026-12-24", minus: 2 days, where: in_segment("vip")}': Start(
        *("Date Reached", 'in_segment("vip")', "occurrence"),
        about=OF_FIRST,
        on=OnDate("date", "'2026-12-24'", minus=Span(2, "day")),
    ),
    '{schedule: {at: "08:30"}, to: everyone}': Start(
        "Schedule Due", about=OF_FIRST, to="everyone", on=OnSchedule("schedule", "08:30")
    ),
    '{schedule: {at: "10:00", days: [monday, friday]}, to: vip, again: after 20 days}': Start(
        *("Schedule Due", None, None, None, Span(20, "day"), OF_FIRST, "vip"),
        on=OnSchedule("schedule", "10:00", ("monday", "friday")),
    ),
    '{schedule: {at: "10:00", day: 28}, to: vip, where: customer.phone}': Start(
        "Schedule Due", "customer.phone", about=OF_FIRST, to="vip", on=OnSchedule("schedule", "10:00", day=28)
    ),
    '{broadcast: "2026-12-01 10:00", to: at_risk}': Start(
        "Broadcast Due", again="never", about=OF_FIRST, to="at_risk", on=OnBroadcast("broadcast", "2026-12-01T10:00")
    ),
    '{broadcast: "2028-02-29T23:59", to: everyone, again: always}': Start(
        "Broadcast Due", about=OF_FIRST, to="everyone", on=OnBroadcast("broadcast", "2028-02-29T23:59")
    ),
}


def first(text: str) -> Journey:
    learnt = ["Tea Ceremony Booked"]
    return read_book(text, "journeys.yaml", segments=SEGMENTS, learnt=learnt).journeys["first"]


@pytest.mark.parametrize("start", STARTS)
def test_a_start_is_read_as_it_is_meant(start: str, whole: Place) -> None:
    assert first(whole("start", start)).start == STARTS[start]


def test_segments_are_part_of_the_house_with_their_conditions_and_titles(whole: Place) -> None:
    house = read_book(whole("journey"), "journeys.yaml", segments=SEGMENTS).house
    assert house.segments == {
        "vip": Segment("vip", "Our best", "customer.orders >= 3"),
        "at_risk": Segment("at_risk", "At risk", "not customer.phone"),
    }


@pytest.mark.parametrize(
    ("start", "words", "guard"),
    [
        ("enters: vip", "", 'in_segment("vip")'),
        ("leaves: vip", "", 'not in_segment("vip")'),
        ("enters: vip", "    while: always\n", None),
        ("enters: vip", "    while: customer.phone\n", "customer.phone"),
        ("event: Order Paid", "", None),
    ],
)
def test_whom_a_segment_let_in_stays_as_long_as_that_holds_unless_another_while_is_written(
    whole: Place, start: str, words: str, guard: str | None
) -> None:
    text = whole("start", f"{{{start}, again: never}}").replace("    steps:", f"{words}    steps:")
    assert first(text).while_ == guard


def test_segments_may_end_a_journey_and_be_waited_for(whole: Place) -> None:
    journey = first(
        whole("steps", "      - wait_for: {leaves: at_risk, within: 2 days}\n").replace(
            "    steps:",
            "    goal: {enters: vip, within: 30 days, stay: true}\n"
            "    leave: [{enters: at_risk, where: customer.phone}]\n"
            "    holdout: 12.5%\n    steps:",
        )
    )
    assert journey.goal == Goal("Segment Entered", Span(30, "day"), stay=True, about=("segment", "vip"))
    assert journey.leave == (Happening("Segment Entered", "customer.phone", about=("segment", "at_risk")),)
    (step,) = journey.steps
    assert isinstance(step, WaitFor)
    assert step.happening == Happening("Segment Left", about=("segment", "at_risk"))
    assert journey.holdout == 1250


def test_conditions_ask_for_segments_and_tags(whole: Place) -> None:
    condition = 'in_segment("vip") and not tagged("wholesale")'
    assert first(whole("journey", f"    while: {condition}\n")).while_ == condition


def test_the_house_may_hold_some_out_of_everything(whole: Place) -> None:
    assert read_book(whole("house", "  holdout: 5%\n"), "journeys.yaml").house.holdout == 500
    assert read_book(whole("house"), "journeys.yaml").house.holdout == 0


def test_the_segments_that_ship_are_read_with_the_journeys() -> None:
    house = load_book(Path(__file__).parents[2] / "journeys.yaml").house
    assert {"dormant", "vip"} <= house.segments.keys()
