"""Is there an hour at which each message may go? Quiet hours, legal hours and `valid_for`, market by market."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.delivery.legal_hours import provinces
from regulars.delivery.locales import parts_of
from regulars.delivery.quiet import NeverOpen, held_until
from regulars.journeys.happening import OnDate, Weekday
from regulars.journeys.model import House, Journey, Market, Send, Step, Wait, WaitUntil, branches

_MONDAY: Final = date(2026, 1, 12)  # of a week in which no clock is put forward or back
_DAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a step is come to: at that local time, on one of those days of the week."""

    at: time
    days: tuple[Weekday, ...] = _DAYS


def found(looked: Looked) -> Iterator[Finding]:
    for journey in looked.book.journeys.values():
        on = journey.start.on
        at = _Clock(time.fromisoformat(on.at)) if isinstance(on, OnDate) and on.at else None
        for send, clock in _sends(journey.steps, at):
            yield from _shut(looked, journey, send, clock)


def _shut(looked: Looked, journey: Journey, send: Send, clock: _Clock | None) -> Iterator[Finding]:
    house = looked.book.house
    never, late = list[str](), list[str]()
    for market in _markets(house):
        for place in (None, *provinces(send.kind, market.country)) if send.purpose == "marketing" else (None,):
            called = f"{market.country}-{place}" if place else market.country
            match _opens(house, market, place, send, clock):
                case "never":
                    never.append(called)
                case "late":
                    late.append(called)
    said = f"{send.kind} to {{}} is never sent: "
    if never:
        message = said.format(_named(never)) + "quiet hours and legal hours leave no hour of the week"
        yield looked.in_step(journey, send, "never-open", message, send.kind)
    if late and clock:
        valid = send.valid_for or house.valid_for[send.kind]
        message = said.format(_named(late)) + f"at {clock.at:%H:%M} it is held back for longer than its {valid}"
        yield looked.in_step(journey, send, "never-open", message, send.kind)


def _opens(house: House, market: Market, province: str | None, send: Send, clock: _Clock | None) -> str:
    """Whether it may go: "never" in any week, too "late" whenever it comes to be due, or "open"."""
    zone = market.timezone or house.timezone
    law = (market.country, province) if send.purpose == "marketing" else (None, None)
    quiet, valid = house.quiet_hours.get(send.kind), send.valid_for or house.valid_for.get(send.kind)
    known = clock or _Clock(time(12))
    held: list[timedelta] = []
    for day in known.days:
        due = datetime.combine(_MONDAY + timedelta(days=_DAYS.index(day)), known.at, ZoneInfo(zone))
        try:
            until = held_until(due, zone, quiet, send.kind, *law)
        except NeverOpen:
            return "never"
        held.append(until - due if until else timedelta())
    return "late" if clock and valid and all(span >= valid.elapsed for span in held) else "open"


def _markets(house: House) -> Iterator[Market]:
    """Those of the house, and the country that its own locale names."""
    yield from house.markets.values()
    home = parts_of(house.locale)[2]
    if home and home not in house.markets:
        yield Market(home)


def _named(places: list[str]) -> str:
    """Countries, and of some the states: all of them are the country."""
    whole = [place for place in places if "-" not in place]
    parts = [place for place in places if place.partition("-")[0] not in whole]
    named = [*whole, *parts]
    return ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")


def _sends(steps: tuple[Step, ...], clock: _Clock | None) -> Iterator[tuple[Send, _Clock | None]]:
    """Each message, and when it is due where that is the same for everybody."""
    for step in steps:
        if isinstance(step, Send):
            yield step, clock
        for branch in branches(step):
            yield from _sends(branch, _inside(step, clock))
        clock = _after(step, clock)


def _inside(step: Step, clock: _Clock | None) -> _Clock | None:
    return clock if step.kind in ("if", "split") else None


def _after(step: Step, clock: _Clock | None) -> _Clock | None:
    match step:
        case WaitUntil() if step.condition is None and step.best_hour is None and step.date is None and step.at:
            return _Clock(time.fromisoformat(step.at), step.days or _DAYS)
        case Wait() if clock and step.condition is None:
            if step.span.days is not None:
                return replace(clock, days=_DAYS)
            moved = datetime.combine(_MONDAY, clock.at) + step.span.elapsed
            return _Clock(moved.time())
        case _ if step.kind in ("tag", "untag", "set", "journey", "leave"):
            return clock
        case _ if step.kind in ("if", "split"):
            quick = all(_after(inner, clock) == clock for branch in branches(step) for inner in branch)
            return clock if quick else None
        case _:
            return None
