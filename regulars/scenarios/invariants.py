"""Which rules hold for whatever happens to whomever? Each reckoned from what the record shows, not by the gates' code.

The rules: caps in any rolling window, quiet and legal hours, consent, addresses that are dead, holdouts, nothing after
the goal or after leaving, no step twice, no dead end, and a clock that runs forward.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from regulars.journeys.channels import CHANNELS, Channel, is_channel
from regulars.journeys.happening import Happening
from regulars.journeys.model import Book, Repeat, Send, Step, Wait, WaitFor, branches, walk_steps
from regulars.journeys.span import Span
from regulars.scenarios.hours import forbidden
from regulars.scenarios.standing import Standing, address_of, standing_of
from regulars.simulate.record import Entry, Record, Walk, local
from regulars.simulate.scenario import Profile, Script

_SLACK = timedelta(hours=26)  # by which calendars and zones make a span longer than it says
RULES = (
    *("cap", "quiet hours", "consent", "dead address", "holdout", "after the goal", "after the walk", "sent twice"),
    *("dead end", "time", "endless"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that did not hold, and how."""

    rule: str
    said: str


def broken(book: Book, profile: Profile, script: Script, record: Record) -> list[Broken]:
    """Every rule of the house that did not hold."""
    judge = _Judge(book, profile, script, record)
    rules: tuple[Callable[[], Iterator[Broken]], ...] = (
        *(judge.caps, judge.hours, judge.consent, judge.holdout, judge.after_goal, judge.after_walk),
        *(judge.twice, judge.dead_end, judge.time),
    )
    return [one for rule in rules for one in rule()]


@dataclass(frozen=True)
class _Judge:
    book: Book
    profile: Profile
    script: Script
    record: Record

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.book.house, self.profile, self.script, self.record)

    @cached_property
    def marketing(self) -> list[tuple[Entry, Channel]]:
        """Marketing that was sent, with its channel."""
        found = []
        for entry in self.record.sent:
            send = self._send(entry)
            if send is not None and send.purpose == "marketing" and is_channel(send.kind):
                found.append((entry, send.kind))
        return found

    def caps(self) -> Iterator[Broken]:
        """No more than so many in any stretch of time, wherever it begins."""
        for channel in CHANNELS:
            cap, mine = self.book.house.caps.get(channel), [one for one, how in self.marketing if how == channel]
            if cap is None:
                continue
            for first, over in zip(mine, mine[cap.most :], strict=False):
                if over.at - first.at < cap.per.elapsed:
                    said = f"{channel} is capped at {cap.most} per {cap.per}: {_named(first)}, and {_named(over)}"
                    yield Broken("cap", said)

    def hours(self) -> Iterator[Broken]:
        """The house's hold for every message, the law's for marketing."""
        for entry in self.record.sent:
            send = self._send(entry)
            if send is None or not is_channel(send.kind):
                continue
            sells, there = send.purpose == "marketing", self.standing.places_near(entry.at)
            laws = [(one.country, one.province) if sells else (None, None) for one in there]
            why = [
                forbidden(self.book.house, send.kind, entry.at, one.zone, *law)
                for one, law in zip(there, laws, strict=True)
            ]
            if why and all(why):
                yield Broken("quiet hours", f"{_named(entry)}: {why[-1]}")

    def consent(self) -> Iterator[Broken]:
        for entry, channel in self.marketing:
            if not self.standing.consents(channel, entry.at):
                yield Broken("consent", f"{_named(entry)}: no consent for {channel}")
        for entry in self.record.sent:
            message, send = entry.message, self._send(entry)
            if message is None or send is None or not is_channel(send.kind):
                continue
            there = self.standing.places_near(entry.at)
            if message.to not in [address_of(one, send.kind) for one in there]:
                yield Broken("dead address", f"{_named(entry)}: to {message.to}, which is not the customer's")
            if self.standing.is_dead(send.kind, message.to, entry.at):
                yield Broken("dead address", f"{_named(entry)}: to {message.to}, which bounced or complained")

    def holdout(self) -> Iterator[Broken]:
        house, who = self.book.house, self.record.customer["id"]
        for entry in self.record.sent:
            share = self.book.journeys[entry.journey].holdout
            if share and _lot(who, entry.journey) < share:
                yield Broken("holdout", f"{_named(entry)}: the customer is held out of {entry.journey}")
        for entry, _ in self.marketing:
            if house.holdout and _lot(who, "") < house.holdout:
                yield Broken("holdout", f"{_named(entry)}: the customer is held out of all marketing")

    def after_goal(self) -> Iterator[Broken]:
        """Reckoned from the event itself where any such event is the goal, or the reason to leave."""
        for walk in self.record.walks:
            journey = self.book.journeys[walk.journey]
            goal, ends = journey.goal, [one.event for one in journey.leave if _is_any(one)]
            over = [walk.goal_at] if walk.goal_at is not None and goal is not None and not goal.stay else []
            over += [at for event in ends for at in self._told(event) if at > walk.entered_at]
            if goal is not None and not goal.stay and goal.where is None and goal.about is None:
                last = walk.entered_at + goal.within.elapsed - _SLACK
                over += [at for at in self._told(goal.event) if walk.entered_at < at < last]
            for entry in self._sent_by(walk):
                if over and entry.at > min(over):
                    yield Broken("after the goal", f"{_named(entry)}: it was over by {local(min(over), entry.zone)}")

    def after_walk(self) -> Iterator[Broken]:
        for walk in self.record.walks:
            for entry in self._sent_by(walk):
                if walk.closed_at is not None and entry.at > walk.closed_at:
                    yield Broken("after the walk", f"{_named(entry)}: it was over, {walk.outcome}")
                if entry.at < walk.entered_at:
                    yield Broken("after the walk", f"{_named(entry)}: it had not begun")

    def twice(self) -> Iterator[Broken]:
        """A message of a step goes once in a run; inside a repeat, once in each round."""
        gone = Counter((entry.journey, entry.run, entry.step) for entry in self.record.sent)
        for (journey, run, step), times in gone.items():
            most = self._rounds.get((journey, step), 1)
            if times > most:
                yield Broken("sent twice", f"{journey} ({run}) {step}: sent {times} times, at most {most}")

    def dead_end(self) -> Iterator[Broken]:
        """Whoever is inside waits at a step that there is, for what is to come, and no longer than it says."""
        if self.record.truncated:
            yield Broken("endless", "it goes on and on, and was stopped")
            return
        for walk in self.record.walks:
            if walk.outcome is not None or walk.entered_at > self.record.until:
                continue
            if walk.step not in self._steps[walk.journey]:
                yield Broken("dead end", f"{walk.journey} ({walk.run}) is at {walk.step!r}, which is no step of it")
            elif walk.wake is None or walk.wake < self.record.until:
                yield Broken("dead end", f"{walk.journey} ({walk.run}) waits at {walk.step} for nothing to come")
        yield from self._too_long()

    def time(self) -> Iterator[Broken]:
        last: datetime = self.record.start
        for entry in self.record.entries:
            if entry.at < last or entry.at > self.record.until:
                yield Broken("time", f"{entry.what}: it is {local(entry.at, 'UTC')} UTC after {local(last, 'UTC')} UTC")
            last = max(last, entry.at)
            if entry.kind == "rest" and entry.until is not None and entry.until < entry.at:
                yield Broken("time", f"{entry.journey} {entry.step} waits until before now")

    # What there is.

    def _told(self, event: str) -> list[datetime]:
        """When such an event came."""
        return [one.at for one in self.record.entries if one.kind == "event" and one.what == event]

    def _too_long(self) -> Iterator[Broken]:
        for entry in self.record.entries:
            span = _span(self._steps[entry.journey].get(entry.step)) if entry.kind == "rest" else None
            if span is not None and entry.until is not None and entry.until - entry.at > span.elapsed + _SLACK:
                yield Broken("dead end", f"{entry.journey} {entry.step} waits for longer than {span}")

    @cached_property
    def _steps(self) -> dict[str, dict[str, Step]]:
        journeys = self.book.journeys.values()
        return {journey.id: {step.id: step for step in walk_steps(journey.steps)} for journey in journeys}

    @cached_property
    def _rounds(self) -> dict[tuple[str, str], int]:
        """How often a step inside of repeats may come."""
        found: dict[tuple[str, str], int] = defaultdict(lambda: 1)
        for journey, steps in self._steps.items():
            for step in steps.values():
                if isinstance(step, Repeat):
                    for inner in walk_steps(branches(step)[0]):
                        found[journey, inner.id] *= step.times
        return found

    def _send(self, entry: Entry) -> Send | None:
        step = self._steps[entry.journey].get(entry.step)
        return step if isinstance(step, Send) else None

    def _sent_by(self, walk: Walk) -> list[Entry]:
        return [one for one in self.record.sent if (one.journey, one.run) == (walk.journey, walk.run)]


def _is_any(happening: Happening) -> bool:
    """Is it any event of its name?"""
    return happening.where is None and happening.of is None and happening.about is None


def _span(step: Step | None) -> Span | None:
    """For how long a step rests at most, where it says so."""
    match step:
        case Wait():
            return step.span
        case WaitFor():
            return step.within
        case Repeat():
            return step.every
        case _:
            return None


def _named(entry: Entry) -> str:
    return f"{entry.journey}.{entry.step} at {entry.local}"


def _lot(customer: str, journey: str) -> int:
    """The lot by which holdouts are drawn: of ten thousand, by customer and journey ("": of the house)."""
    return int.from_bytes(hashlib.sha256(f"{customer}/{journey}/*holdout*".encode()).digest()[:8], "big") % 10_000
