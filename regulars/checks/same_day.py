"""May two journeys write to the same person on the same day? Where no cap of the channel stands between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import get_args

from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.checks.truth import Fact, Said, answers
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule, Weekday
from regulars.journeys.model import (
    CHANNELS,
    EVERYONE,
    Book,
    Channel,
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
)

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_FAR = 3650.0  # days: a date, which may be any


@dataclass(frozen=True, slots=True)
class _When:
    """From how many days after the start on, and until how many."""

    first: float = 0.0
    last: float = 0.0

    def __add__(self, other: _When) -> _When:
        return _When(self.first + other.first, self.last + other.last)

    def meets(self, other: _When) -> bool:
        return self.first - other.last < 1 and other.first - self.last < 1


def found(looked: Looked) -> Iterator[Finding]:
    book = looked.book
    for channel in CHANNELS:
        if channel in book.house.caps:
            continue
        sent = {name: list(_sent(journey.steps, channel)) for name, journey in book.journeys.items()}
        for one, other in combinations(book.journeys.values(), 2):
            meet = any(mine.meets(theirs) for mine in sent[one.id] for theirs in sent[other.id])
            if meet and (why := _together(book, one, other)):
                message = f"{why} as journey {one.id}, so both may send the same person {channel} on the same day"
                yield looked.in_journey(other, "start", "same-day", message)


def _together(book: Book, one: Journey, other: Journey) -> str | None:
    """Why one person may begin both on one day, if they may."""
    if _apart(book, one, other):
        return None
    mine, theirs = one.start, other.start
    match mine.on, theirs.on:
        case None, None:
            same = (mine.event, mine.about) == (theirs.event, theirs.about)
            return "it starts by the same event" if same else None
        case OnDate(), OnDate():
            same = (mine.on.term, mine.on.minus, mine.on.plus) == (theirs.on.term, theirs.on.minus, theirs.on.plus)
            return "it starts on the same date" if same else None
        case ((OnSchedule() | OnBroadcast() as a), (OnSchedule() | OnBroadcast() as b)):
            return "it starts on the same day" if _same_day(a, b) else None
        case _:
            return None


def _same_day(one: OnSchedule | OnBroadcast, other: OnSchedule | OnBroadcast) -> bool:
    match one, other:
        case OnBroadcast(), OnBroadcast():
            return one.at[:10] == other.at[:10]
        case OnSchedule(), OnSchedule():
            days = not one.days or not other.days or bool(set(one.days) & set(other.days))
            return days and (one.day is None or other.day is None or one.day == other.day)
        case OnSchedule(), OnBroadcast():
            return _on(one, other)
        case OnBroadcast(), OnSchedule():
            return _on(other, one)
        case _:
            return False


def _on(schedule: OnSchedule, broadcast: OnBroadcast) -> bool:
    day = date.fromisoformat(broadcast.at[:10])
    weekly = not schedule.days or WEEKDAYS[day.weekday()] in schedule.days
    return weekly and schedule.day in (None, day.day)


def _apart(book: Book, one: Journey, other: Journey) -> bool:
    """Whether whom one lets in the other does not: their conditions and segments contradict, or one asks for the
    other."""
    for mine, theirs in ((one, other), (other, one)):
        asked = (f"in_journey('{theirs.id}')", f'in_journey("{theirs.id}")')
        if any(ask in (text or "") for ask in asked for text in (mine.start.where, mine.while_)):
            return True
    sources = [source for journey in (one, other) for source in _lets_in(book, journey)]
    said = [Said.of(source) for source in sources]
    return any(
        answers(each, [Fact(part) for another in said if another is not each for part in another.parts()])
        == frozenset({False})
        for each in said
    )


def _lets_in(book: Book, journey: Journey) -> Iterator[str]:
    """The conditions of whom the journey lets in, its segment's among them."""
    start = journey.start
    if start.where:
        yield start.where
    if start.to and start.to != EVERYONE and start.to in book.house.segments:
        yield book.house.segments[start.to].where


def _sent(steps: tuple[Step, ...], channel: Channel, begun: _When | None = None) -> Iterator[_When]:
    """When each marketing message of the channel goes."""
    at = begun or _When()
    for step in steps:
        if isinstance(step, Send) and step.kind == channel and step.purpose == "marketing":
            yield at
        inside = at + _When(0, step.within.elapsed.days) if isinstance(step, WaitFor) else at
        for branch in branches(step):
            yield from _sent(branch, channel, inside)
        at += _takes(step)


def _takes(step: Step) -> _When:
    """How long a step takes, at least and at most."""
    match step:
        case Wait():
            days = step.span.elapsed.total_seconds() / 86_400
            return _When(0 if step.condition else days, days)
        case WaitUntil():
            return _When(0, _FAR) if step.date else _When(0, 7 if step.days else 1)
        case WaitFor():
            within = step.within.elapsed.total_seconds() / 86_400
            return _widest(step, _When(0, within))
        case If() | Split():
            return _widest(step, _When())
        case Repeat():
            return _When(0, step.times * step.every.elapsed.total_seconds() / 86_400)
        case _:
            return _When()


def _widest(step: Step, own: _When) -> _When:
    ways = []
    for branch in branches(step):
        taken = own
        for inner in branch:
            taken += _takes(inner)
        ways.append(taken)
    ways = ways or [own]
    return _When(min(way.first for way in ways), max(way.last for way in ways))
