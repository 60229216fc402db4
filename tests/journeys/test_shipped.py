"""Is the file that ships the one that is meant, and does no slip of the pen in it do worse than be refused?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.journeys.graph import Node, graph_of
from regulars.journeys.happening import Goal, Happening, OnDate, Start
from regulars.journeys.load import load_book, read_book
from regulars.journeys.mistakes import Mistake, Mistakes
from regulars.journeys.model import Cap, Journey, QuietHours, Send, walk_steps
from regulars.journeys.names import template_names
from regulars.journeys.span import Span

PATH = Path(__file__).parents[2] / "journeys.yaml"
SCRAPS = [
    *"{}[]:,\t\"'#&*!|>?%@`\x00\u2028\r\n-~<ä",
    *(
        "- ",
        "\n  ",
        "---\n",
        "null",
        "on",
        "0",
        "10:00",
        "1e999",
        "if: ",
        "was: ",
        "id: ",
        "then:\n",
        "not ",
        "(",
        "none",
    ),
    *("customer.", "\\x", "9" * 50, "<<: ", "&a ", "*a", "!x "),
]


@cache
def text() -> str:
    return PATH.read_text("utf-8")


def ways(node: Node) -> tuple[str | None, str | None, str | None]:
    return node.next, node.then, node.otherwise


def test_the_house_rules_that_ship_are_these() -> None:
    house = load_book(PATH).house
    assert (house.name, house.timezone, house.locale, house.currency) == (
        "Mori & Me",
        "America/New_York",
        "en-US",
        "USD",
    )
    assert {code: (market.timezone, market.locale, market.currency) for code, market in house.markets.items()} == {
        "CN": ("Asia/Shanghai", "zh-CN", "CNY"),
        "DE": ("Europe/Berlin", "de-DE", "EUR"),
        "JP": ("Asia/Tokyo", "ja-JP", "JPY"),
    }
    assert house.quiet_hours == {"sms": QuietHours("20:00", "09:00")}
    assert house.caps == {"email": Cap(1, Span(16, "hour")), "sms": Cap(2, Span(7, "day"))}
    assert house.valid_for == {"email": Span(2, "day"), "sms": Span(12, "hour")}


def test_the_welcome_begins_with_the_first_order_and_asks_for_a_phone_before_it_texts() -> None:
    journey = load_book(PATH).journeys["welcome"]
    assert journey.start == Start("Order Completed", "customer.orders == 1", again="never")
    assert journey.goal == Goal("Order Completed", Span(30, "day"), "event.order_id != start.order_id")
    assert journey.leave == (Happening("Order Cancelled", "event.order_id == start.order_id"),)
    graph = graph_of(journey)
    assert graph.first == "hello"
    assert {node: ways(graph.nodes[node]) for node in graph.nodes} == {
        "hello": ("wait_1", None, None),
        "wait_1": ("if_1", None, None),
        "if_1": ("wait_until_1", "care", "wait_until_1"),
        "care": ("wait_2", None, None),
        "wait_2": ("wait_until_1", None, None),
        "wait_until_1": ("story", None, None),
        "story": (None, None, None),
    }


def test_the_abandoned_cart_texts_those_alone_who_did_not_click_the_offer() -> None:
    journey = load_book(PATH).journeys["abandoned_cart"]
    assert journey.start == Start("Checkout Started", None, "checkout_id", Span(45, "minute"), Span(7, "day"))
    assert journey.goal == Goal("Order Completed", Span(7, "day"))
    assert journey.priority == "high"
    graph = graph_of(journey)
    assert graph.first == "reminder"
    assert {node: ways(graph.nodes[node]) for node in graph.nodes} == {
        "reminder": ("wait_1", None, None),
        "wait_1": ("offer", None, None),
        "offer": ("wait_for_1", None, None),
        "wait_for_1": (None, None, "last_call"),
        "last_call": (None, None, None),
    }
    offer = journey.steps[2]
    assert isinstance(offer, Send)
    assert offer.valid_for == Span(6, "hour")


def test_segments_a_date_and_an_event_of_the_shops_let_in_as_they_are_meant() -> None:
    book = load_book(PATH)
    assert {name: book.journeys[name].start for name in ("dormant_winback", "birthday", "vip_new_release")} == {
        "dormant_winback": Start("Segment Entered", again=Span(180, "day"), about=("segment", "dormant")),
        "birthday": Start(
            *("Date Reached", None, "occurrence"),
            about=("journey", "birthday"),
            on=OnDate("date", "customer.traits.birthday", "09:00", yearly=True),
        ),
        "vip_new_release": Start("Product Released", to="vip"),
    }
    assert book.journeys["dormant_winback"].while_ == 'in_segment("dormant")'
    assert book.journeys["dormant_winback"].holdout == 1000
    assert {name: segment.where for name, segment in book.house.segments.items()} == {
        "dormant": 'customer.orders > 0 and not did("Order Completed", within="90 days")',
        "vip": "customer.orders >= 3",
    }


def test_every_template_that_ships_is_used() -> None:
    steps = [step for journey in load_book(PATH).journeys.values() for step in walk_steps(journey.steps)]
    shipped = {
        (folder.name, f"{file.parent.name}/{file.name.split('.')[0]}")
        for folder in (PATH.parent / "templates").iterdir()
        for file in folder.glob("*/*")
    }
    assert {(step.kind, step.template) for step in steps if isinstance(step, Send)} == shipped


def test_every_message_that_ships_has_names_for_its_template() -> None:
    for journey in load_book(PATH).journeys.values():
        for step in walk_steps(journey.steps):
            assert {"customer", "event", "start", "shop", "message"} <= set(template_names(journey, step.id).roots)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """The shipped text with a few slips: something typed, deleted, doubled, moved or indented otherwise."""
    written = text()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(written)))
        match draw(st.sampled_from(["type", "delete", "double", "swap", "indent"])):
            case "type":
                written = written[:at] + draw(st.sampled_from(SCRAPS)) + written[at:]
            case "delete":
                written = written[:at] + written[at + draw(st.integers(1, 30)) :]
            case "double":
                written = written[:at] + written[at : at + draw(st.integers(1, 60))] + written[at:]
            case _ as move:
                lines = written.split("\n")
                one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
                if move == "swap":
                    lines[one], lines[other] = lines[other], lines[one]
                else:
                    lines[one] = " " * draw(st.integers(0, 12)) + lines[one].strip()
                written = "\n".join(lines)
    return written


@given(slips())
@settings(max_examples=250, deadline=None)
def test_no_slip_of_the_pen_does_worse_than_be_refused_in_a_place_of_the_file(written: str) -> None:
    found: tuple[Mistake, ...] = ()
    journeys: dict[str, Journey] = {}
    try:
        journeys = read_book(written, "journeys.yaml").journeys
    except Mistakes as mistakes:
        found = mistakes.found
    assert bool(found) != bool(journeys)
    assert all(1 <= one.line <= written.count("\n") + 2 and one.column >= 1 and one.message for one in found)
    assert all(graph_of(journey).first in graph_of(journey).nodes for journey in journeys.values())
