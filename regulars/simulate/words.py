"""How does a simulation read? Its timeline in plain words, for a terminal and for a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from regulars.simulate.record import Entry, Record, Walk, local

Row = dict[str, Any]
_LONGEST = 100  # characters of a value
_HIDDEN = frozenset({"until", "items", "products", "occurrence", "event", "rules"})


def lines(record: Record, intro: str = "") -> Iterator[str]:
    """The whole, line by line."""
    zone = record.entries[0].zone if record.entries else "UTC"
    yield f"{record.journey} for {name(record.customer)}, from {local(record.start, zone)} ({zone})"
    if intro:
        yield intro
    day = ""
    for entry in record.entries:
        shown, clock = entry.local.rsplit(" ", 1)
        if shown != day:
            yield ""
            yield shown
            day = shown
        yield f"  {clock}  {sentence(entry, record.journey)}"
        for more in details(entry):
            yield f"         {more}"
    yield ""
    yield from endings(record)


def sentence(entry: Entry, journey: str = "") -> str:
    """One entry in a few words. `journey`: the one that is asked about, which need not be named."""
    where = "" if entry.journey in ("", journey) else f"[{entry.journey}] "
    step = f"{entry.step}: " if entry.step and entry.what != "walk" else ""
    match entry.kind:
        case "event":
            ahead = f", which is on {local(entry.until, entry.zone)}" if entry.until else ""
            return f"{entry.what}{ahead}"
        case "profile":
            return "the profile changes"
        case "sent":
            message = entry.message
            said = f"“{message.subject}”" if message and message.subject else ""
            return f"{where}{step}{entry.what.split(' ')[0]} goes out {said}".rstrip()
        case "rest":
            return f"{where}{step}{entry.what}, until {local(entry.until, entry.zone) if entry.until else ''}"
        case "call":
            return f"{where}{step}would call {entry.what}"
        case "note":
            return entry.what
        case "decision":
            return f"{where}{step}{_decision(entry)}"


def _decision(entry: Entry) -> str:
    if entry.what == "walk":
        return f"the walk is over: {entry.verdict}"
    said = f"{entry.what}: {entry.verdict}" if not entry.verdict.startswith(entry.what) else entry.verdict
    if entry.what == "wait_for":
        return "it came" if entry.verdict == "heard" else "it did not come"
    if entry.verdict.startswith("later: "):
        held = entry.verdict.removeprefix("later: ")
        return f"held back: {held}" + (f", until {local(entry.until, entry.zone)}" if entry.until else "")
    if entry.verdict.startswith("skipped: "):
        return f"not sent: {entry.verdict.removeprefix('skipped: ')}"
    return said


def details(entry: Entry) -> Iterator[str]:
    """What a decision saw, what an event carried, what a text says."""
    if entry.message is not None and entry.message.html is None:
        yield entry.message.text
    if entry.kind == "rest" and entry.seen:
        yield f"if it comes: {entry.seen['then']}; if not: {entry.seen['otherwise']}"
        return
    if entry.what == "wait_for":
        return
    shown = [f"{key} = {_said(value)}" for key, value in entry.seen.items() if key not in _HIDDEN]
    if entry.kind == "event" and shown:
        yield ", ".join(shown)
    else:
        yield from shown


def endings(record: Record) -> Iterator[str]:
    """How each walk stands in the end."""
    for walk in record.walks:
        yield f"{walk.journey}{f' ({walk.run})' if walk.run > 1 else ''}: {ending(walk, record.entries[-1].zone)}"
    if not any(walk.journey == record.journey for walk in record.walks):
        yield f"{record.journey}: never entered"
    if record.truncated:
        yield "stopped: it goes on and on"


def ending(walk: Walk, zone: str) -> str:
    if walk.outcome is None:
        return f"inside, at {walk.step}" + (f", until {local(walk.wake, zone)}" if walk.wake else "")
    goal = ", goal reached" if walk.goal_at and walk.outcome != "goal" else ""
    return str(walk.outcome).replace("_", " ") + (f": {walk.reason}" if walk.reason else "") + goal


def name(customer: Row) -> str:
    """What to call somebody."""
    return str(customer["first_name"] or customer["email"] or customer["phone"] or customer["id"])


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
