"""How long may a walk last? By its longest way: for how long somebody is taken to be inside who was never let in."""

from __future__ import annotations

from datetime import timedelta

from regulars.journeys.model import Repeat, Step, Wait, WaitFor, WaitUntil, branches

_DAY = timedelta(days=1)


def longest(steps: tuple[Step, ...]) -> timedelta:
    """Of steps one after the other. A day is 24 hours; a clock time is a day away, a day of the week seven, and a date
    that only the customer's profile tells is not waited for."""
    return sum((_takes(step) for step in steps), timedelta())


def _takes(step: Step) -> timedelta:
    inner = max((longest(branch) for branch in branches(step)), default=timedelta())
    match step:
        case Wait():
            return step.span.elapsed
        case WaitFor():
            return step.within.elapsed + inner
        case WaitUntil():
            return (timedelta() if step.date is not None else _DAY * (7 if step.days else 1)) + inner
        case Repeat():
            return max(step.every.elapsed, inner) * (step.times - 1) + inner
        case _:
            return inner
