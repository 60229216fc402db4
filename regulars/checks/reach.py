"""Does anybody come to every step, and does it matter which way they took?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from regulars.checks.facts import ender
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.journeys.model import (
    If,
    Journey,
    Repeat,
    Send,
    Split,
    Step,
    Wait,
    WaitFor,
    WaitUntil,
    branches,
    walk_steps,
)


def found(looked: Looked) -> Iterator[Finding]:
    for journey in looked.book.journeys.values():
        yield from _unreached(looked, journey, journey.steps)
        for step in walk_steps(journey.steps):
            yield from _same(looked, journey, step)
            yield from _out_already(looked, journey, step)


def _unreached(looked: Looked, journey: Journey, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """What stands behind a step in which everybody leaves; behind a plain `leave` loading refuses it."""
    for before, step in pairwise(steps):
        if ender(before):
            message = f"nobody reaches this step: every way through {before.id!r} leaves"
            yield looked.in_step(journey, step, "unreached-step", message)
            break
    for step in steps:
        for branch in branches(step):
            yield from _unreached(looked, journey, branch)


def _same(looked: Looked, journey: Journey, step: Step) -> Iterator[Finding]:
    """Ways that do the same."""
    if not isinstance(step, If | WaitFor | Split):
        return
    ways = [tuple(_bare(inner) for inner in way) for way in branches(step)]
    if isinstance(step, WaitFor) and not any(ways):  # it waits, and goes on sooner where it hears
        return
    if len(set(ways)) == 1:
        words = {"if": "'then' and 'else' do", "wait_for": "'then' and 'otherwise' do", "split": "all its ways do"}
        yield looked.in_step(journey, step, "same-branches", f"{words[step.kind]} the same")


def _bare(step: Step) -> Step:
    """The step without its names."""
    bare = replace(step, id="", key="")
    match bare:
        case If() | WaitFor():
            return replace(bare, then=_all(bare.then), otherwise=_all(bare.otherwise))
        case WaitUntil():
            return replace(bare, otherwise=_all(bare.otherwise))
        case Repeat():
            return replace(bare, steps=_all(bare.steps))
        case Split():
            return replace(bare, ways=tuple(replace(way, steps=_all(way.steps)) for way in bare.ways))
        case _:
            return bare


def _all(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(_bare(step) for step in steps)


def _out_already(looked: Looked, journey: Journey, step: Step) -> Iterator[Finding]:
    """A `then` for what takes out of the journey in the moment it is heard."""
    if not isinstance(step, WaitFor) or not step.then:
        return
    heard, goal = step.happening, journey.goal
    out = [one for one in journey.leave if one.where is None and one.of is None]
    leaves = any((one.event, one.about) == (heard.event, heard.about) for one in out)
    reached = (
        goal is not None
        and not goal.stay
        and goal.where is None
        and (goal.event, goal.about) == (heard.event, heard.about)
        and _longest(journey.steps, step.id)[0] <= goal.within.elapsed
    )
    if leaves or reached:
        word = "leave" if leaves else "goal"
        message = f"nobody reaches this step: {heard.event!r} takes out of the journey at once, as its {word!r} says"
        yield looked.in_step(journey, step.then[0], "unreached-step", message)


def _longest(steps: tuple[Step, ...], until: str) -> tuple[timedelta, bool]:
    """How long the way to the end of a step can take, at most; and whether the step is on it."""
    whole = timedelta()
    for step in steps:
        whole += _takes(step)
        if step.id == until:
            return whole, True
        inside = [_longest(branch, until) for branch in branches(step)]
        for length, on_it in inside:
            if on_it:
                return whole + length, True
        whole += max((length for length, _ in inside), default=timedelta())
    return whole, False


def _takes(step: Step) -> timedelta:
    match step:
        case Wait():
            return step.span.elapsed
        case WaitFor():
            return step.within.elapsed
        case WaitUntil():
            return timedelta(days=7) if step.date is None else timedelta(days=3650)
        case Repeat():
            return step.every.elapsed * step.times
        case Send():
            return timedelta(days=1)  # held back by quiet hours or a cap, as a rule
        case _:
            return timedelta()
