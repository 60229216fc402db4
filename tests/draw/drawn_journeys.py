"""Which journeys can there be to draw? Random ones: every kind of step, nested branches, empty ones, any texts."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from regulars.draw.chart import Chart, chart_of
from regulars.journeys.call import Call
from regulars.journeys.happening import Goal, Happening, Start
from regulars.journeys.load import load_book
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
from regulars.journeys.play import Play
from regulars.journeys.span import Span

ROOT = Path(__file__).parents[2]
BOOK = load_book(ROOT / "journeys.yaml")
SHIPPED = {name: chart_of(Play(journey), BOOK.house.holdout) for name, journey in BOOK.journeys.items()}
DAY = Span(1, "day")
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that has more to do
TEXTS = st.one_of(
    st.sampled_from(
        [
            '"#quot;" <b>&amp;</b>; #35;',
            "你好，世界" * 9,
            "🍵👩‍👩‍👧",
            "style: x;#;",
            "x" * 90,
            "```",
            "%%{init}%%",
            "a\x00b",
        ]
    ),
    st.text(max_size=40),
)
_CONDITIONS = st.sampled_from([None, None, "customer.phone", 'customer.tags == "<#;你好>" and customer.orders > 12'])
_PLAIN = ("email", "sms", "wait", "until", "leave", "tag", "set", "journey", "webhook")
_DIVIDING = ("if", "for", "split", "date")


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Journeys as the language can write them; what stands behind a `leave` is reached by nothing."""
    names = (f"s{number}" for number in count(1))

    def steps(depth: int, looped: bool, least: int = 0) -> tuple[Step, ...]:
        return tuple(step(depth, looped) for _ in range(draw(st.integers(least, 3))))

    def step(depth: int, looped: bool) -> Step:
        kinds = _PLAIN if depth > 2 else (*_PLAIN, *_DIVIDING, *(() if looped else ("repeat",)))
        name, condition, within = next(names), draw(_CONDITIONS), depth + 1
        match draw(st.sampled_from(kinds)):
            case kind if kind in _PLAIN:
                return _plain(kind, name, condition, draw(TEXTS))
            case "if":
                return If("if", name, name, "customer.phone", steps(within, looped), steps(within, looped))
            case "for":
                ways = (steps(within, looped), steps(within, looped))
                return WaitFor("wait_for", name, name, Happening("Email Clicked"), DAY, *ways, condition=condition)
            case "date":
                other = steps(within, looped)
                return WaitUntil("wait_until", name, name, None, (), condition, "event.due", otherwise=other)
            case "split":
                share = draw(st.sampled_from([1, 1250, 5000]))
                ways = (Way("a" * draw(st.integers(1, 60)), share, steps(within, looped)), Way("b", 10_000 - share))
                return Split("split", name, name, (*ways, Way("c", 0, steps(within, looped))), condition)
            case _:
                until = draw(_CONDITIONS)
                return Repeat("repeat", name, name, 3, DAY, steps(within, True, least=1), until, condition)

    goal = draw(st.sampled_from([None, Goal("Order Completed", DAY)]))
    leave = tuple(Happening("Order Cancelled") for _ in range(draw(st.integers(0, 2))))
    start = Start("Order Completed", where=draw(_CONDITIONS))
    found = steps(0, False)
    guard, holdout = draw(_CONDITIONS), draw(st.sampled_from([0, 1250]))
    return Journey("j", draw(TEXTS) or "J", start, found, goal, leave, guard, holdout=holdout)


def _plain(kind: str, name: str, condition: str | None, text: str) -> Step:
    """A step with no steps inside."""
    match kind:
        case "email" | "sms" as kind:
            return Send(kind, name, name, "a/b", condition=condition)
        case "wait":
            return Wait("wait", name, name, DAY, condition)
        case "until":
            return WaitUntil("wait_until", name, name, "10:00", (), condition)
        case "leave":
            return Leave("leave", name, name, text, condition)
        case "tag":
            return Tag("tag", name, name, (text,), condition)
        case "set":
            return Set("set", name, name, (Change("traits.x", text),), condition)
        case "journey":
            return Begin("journey", name, name, "other", condition)
        case "webhook":
            return Call("webhook", name, name, "https://erp.example", condition=condition)
    raise AssertionError(kind)


charts: st.SearchStrategy[Chart] = journeys().map(lambda journey: chart_of(Play(journey)))
