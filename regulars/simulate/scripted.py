"""When does what a script says happen? Its lines as instants, and its reactions as the messages that they wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.engine import calendar
from regulars.simulate.scenario import Happens, Reaction, Script, When

Row = dict[str, Any]


@dataclass(slots=True)
class Scripted:
    """`fixed`: lines with their instants. `waiting`: reactions whose message has not gone yet."""

    fixed: list[tuple[datetime, Happens]]
    waiting: list[tuple[Happens, Reaction]] = field(default_factory=list)

    @staticmethod
    def of(script: Script, start: datetime, zone: str) -> Scripted:
        """Spans and clocks are the customer's in `zone`, where they are at the start; each line counts from the one
        before that is no reaction, the first from `start`."""
        found, before = Scripted([]), start
        for one in script.happens:
            if isinstance(one.what, Reaction):
                found.waiting.append((one, one.what))
            else:
                before = instant(one.when, before, zone)
                found.fixed.append((before, one))
        return found

    def reactions(self, message: Row, zone: str) -> Iterator[tuple[datetime, Happens]]:
        """Those to a message that has just gone, with their instants; of an instant that has passed nothing becomes."""
        mine = [pair for pair in self.waiting if _is_of(pair[1], message)]
        for pair in mine:
            self.waiting.remove(pair)
            at = instant(pair[0].when, message["accepted_at"], zone)
            yield max(at, message["accepted_at"]), pair[0]

    def spares(self, message: Row) -> bool:
        """Is the message one that the script does not have bounce?"""
        return not any(_is_of(one, message) and one.kind in ("bounced", "failed") for _, one in self.waiting)


def instant(when: When, before: datetime, zone: str) -> datetime:
    """The instant that is meant, counted from `before`."""
    if when.at is not None:
        return when.at
    at = calendar.after(before, when.after, zone) if when.after else before
    if when.clock is None:
        return at
    return calendar.at_clock(at, when.clock, zone) if when.after else calendar.next_at(at, when.clock, (), zone)


def _is_of(reaction: Reaction, message: Row) -> bool:
    return (
        reaction.step == message["step"]
        and reaction.journey in (None, message["journey"])
        and reaction.channel == message["channel"]
    )


def impossible(waiting: Iterable[tuple[Happens, Reaction]]) -> Iterator[tuple[int, str]]:
    """What to say of reactions to messages that never went, with their lines."""
    for one, reaction in waiting:
        name = f"{reaction.journey}.{reaction.step}" if reaction.journey else reaction.step
        yield one.line, f"{reaction.channel} {reaction.kind} of {name} could not be: the message was not sent"
