"""What stands in a box? What the marketer wrote of a step, a start or a way out, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import assert_never

from regulars.journeys.call import CALL_VALID_FOR, Call
from regulars.journeys.happening import Goal, Happening, OnBroadcast, OnDate, OnSchedule, Start
from regulars.journeys.model import Begin, If, Leave, Repeat, Send, Set, Split, Step, Tag, Wait, WaitFor, WaitUntil

_MOVES = {"Segment Entered": "enters", "Segment Left": "leaves"}
_NUMBERED = re.compile(r"[a-z_]+_\d+")  # an id that nobody chose


def of_step(step: Step) -> Iterator[str]:
    """What a step says, beside its kind. A webhook's address is a secret now and then: it goes by its id."""
    match step:
        case Send():
            yield step.template
        case Call():
            yield step.id
        case Wait():
            yield str(step.span)
        case WaitUntil():
            yield from _until(step)
        case WaitFor():
            yield from of_happening(step.happening)
            yield f"within: {step.within}"
        case If():
            yield step.test
        case Split():
            pass  # its ways say it
        case Leave():
            yield step.reason
        case Tag():
            yield ", ".join(step.tags)
        case Set():
            for change in step.changes:
                value = json.dumps(change.value, ensure_ascii=False) if change.value is not None else ""
                yield f"{change.name}: {'{{ ' + change.term + ' }}' if change.term is not None else value}"
        case Repeat():
            yield from (f"times: {step.times}", f"every: {step.every}")
            yield from _said("until", step.until)
        case Begin():
            yield step.journey
        case _:
            assert_never(step)
    yield from _beside(step)


def of_start(start: Start) -> Iterator[str]:
    """What lets in."""
    match start.on:
        case OnDate() as on:
            yield f"date: {on.term}"
            yield from _said("every", "year" if on.yearly else None)
            yield from (*_said("minus", on.minus), *_said("plus", on.plus), *_said("at", on.at))
        case OnSchedule() as on:
            yield f"schedule: {on.at}"
            yield from (*_said("days", ", ".join(on.days)), *_said("day", on.day))
        case OnBroadcast() as on:
            yield f"broadcast: {on.at.replace('T', ' ')}"
        case None:
            yield _what(start.event, start.about)
        case _:
            assert_never(start.on)
    yield from (*_said("to", start.to), *_said("where", start.where), *_said("key", _key(start)))
    yield from _said("settle", start.settle)
    if start.again != "always":
        yield f"again: {start.again if isinstance(start.again, str) else f'after {start.again}'}"


def of_goal(goal: Goal) -> Iterator[str]:
    """What success is."""
    yield _what(goal.event, goal.about)
    yield from (*_said("where", goal.where), f"within: {goal.within}", *_said("stay", "true" if goal.stay else None))


def of_happening(happening: Happening) -> Iterator[str]:
    """What is listened for."""
    yield _what(happening.event, happening.about)
    yield from (*_said("of", happening.of), *_said("where", happening.where))


def share(parts: int) -> str:
    """ "12.5%", of parts of ten thousand."""
    return f"{parts / 100:g}%"


def _key(start: Start) -> str | None:
    """A date's key is ours, not the marketer's."""
    return None if start.on is not None or start.key is None else f"event.{start.key.removeprefix('event.')}"


def _what(event: str, about: tuple[str, str] | None) -> str:
    return f"{_MOVES[event]}: {about[1]}" if about is not None and event in _MOVES else f"event: {event}"


def _until(step: WaitUntil) -> Iterator[str]:
    yield from (*_said("date", step.date), *_said("minus", step.minus), *_said("plus", step.plus))
    yield from (*_said("best_hour", step.best_hour), *_said("at", step.at), *_said("days", ", ".join(step.days)))
    if step.date is not None and not step.otherwise:
        yield "or leaves, once it has passed"


def _beside(step: Step) -> Iterator[str]:
    """What may stand beside the word of any step."""
    own = isinstance(step, Call) or _NUMBERED.fullmatch(step.id)
    if not own and not (isinstance(step, Send) and step.template.rpartition("/")[2].replace("-", "_") == step.id):
        yield f"id: {step.id}"
    yield from _said("if", step.condition)
    if isinstance(step, Send):
        yield from _said("purpose", None if step.purpose == "marketing" else step.purpose)
        yield from (*_said("topic", step.topic), *_said("valid_for", step.valid_for))
    if isinstance(step, Call) and step.valid_for != CALL_VALID_FOR:
        yield f"valid_for: {step.valid_for}"


def _said(word: str, value: object) -> Iterator[str]:
    if value:
        yield f"{word}: {value}"
