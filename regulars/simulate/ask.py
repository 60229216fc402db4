"""What is asked of a simulation, and from which texts? Profile, script and dates together, read and walked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.engine import calendar
from regulars.journeys.nearest import instead
from regulars.simulate.beginning import natural
from regulars.simulate.books import Books
from regulars.simulate.load_profile import profile_of
from regulars.simulate.load_script import names_of, script_of
from regulars.simulate.record import Record
from regulars.simulate.scenario import Profile, Script
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate, zone_of

MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a file, and its name for mistakes."""

    text: str
    file: str


class Unanswerable(ValueError):
    """What is asked for is not there. Says the nearest right word."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """`intro`: what was invented, or that nothing was."""

    record: Record
    intro: str


@dataclass(frozen=True, slots=True)
class Question:
    """`customer`: from the database, or the text of a profile. `start`: an instant, or a day, which begins where the
    customer is; None takes the script's own, else `now`."""

    journey: str
    customer: Books | Text
    script: Text | None
    start: datetime | date | None
    days: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read: all that a walk needs. `intro`: what was invented, or that nothing was."""

    customer: Profile | Books
    script: Script
    start: datetime
    until: datetime
    journey: str
    intro: str


def answer(shop: Shop, question: Question, learnt: Collection[str] = ()) -> Simulated:
    """Walk. Raises Mistakes, of profile and script, and Unanswerable."""
    asked = read(shop, question, learnt)
    record = simulate(shop, asked.customer, asked.script, start=asked.start, until=asked.until, journey=asked.journey)
    return Simulated(record, asked.intro)


def read(shop: Shop, question: Question, learnt: Collection[str] = ()) -> Asked:
    """Who, what and when. Raises Mistakes, of profile and script, and Unanswerable."""
    plays = shop.shown.plays
    if question.journey not in plays:
        raise Unanswerable(f"there is no journey {question.journey!r}{instead(question.journey, sorted(plays))}")
    if not 0 < question.days <= MOST_DAYS:
        raise Unanswerable(f"days: expected a number from 1 to {MOST_DAYS}, found {question.days}")
    book = names_of(shop, learnt)
    if question.script is not None:
        script, intro = script_of(question.script.text, question.script.file, book), ""
    else:
        script, intro = natural(shop, plays[question.journey])
    asked = question.start or script.start or question.now
    start = asked if isinstance(asked, datetime) else calendar.midnight(asked, shop.house.timezone)
    told = question.customer
    who = profile_of(told.text, told.file, start, book.events) if isinstance(told, Text) else told
    if not isinstance(asked, datetime):
        start = calendar.midnight(asked, zone_of(shop, who, start))
    return Asked(who, script, start, start + timedelta(days=question.days), question.journey, intro)
